// name: all_concept_ids
// purpose: the id of every concept
// params: version TEXT
// returns: id TEXT curie
MATCH (c:Concept {version: $version})
WHERE c.key >= 0
RETURN c.id AS id
 ORDER BY c.key;
