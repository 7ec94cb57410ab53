// name: all_names
// purpose: the name table by folded name, concept and position
// params: version TEXT
// returns: folded TEXT, concept_id TEXT curie, position INTEGER, lang TEXT, kind TEXT,
//   sense_number INTEGER 0 where there is none, sense_count INTEGER 0 where unknown
MATCH (n:Name {version: $version})<-[h:HAS_NAME]-(c:Concept)
WHERE n.key >= 0
RETURN n.folded AS folded, c.id AS concept_id, h.position AS position, h.lang AS lang,
       h.kind AS kind, coalesce(h.sense_number, 0) AS sense_number,
       coalesce(h.sense_count, 0) AS sense_count
 ORDER BY n.key, c.key, h.position;
