// name: names_of_concepts
// purpose: the names of some concepts in their order
// params: version TEXT, concepts LIST keys
// returns: concept INTEGER key, text TEXT, lang TEXT, kind TEXT, sense_number INTEGER, sense_count
//   INTEGER, lex_id INTEGER
MATCH (c:Concept {version: $version})-[h:HAS_NAME]->(:Name)
WHERE c.key IN $concepts
RETURN c.key AS concept, h.text AS text, h.lang AS lang, h.kind AS kind,
       h.sense_number AS sense_number, h.sense_count AS sense_count, h.lex_id AS lex_id
 ORDER BY c.key, h.position;
