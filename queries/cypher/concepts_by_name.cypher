// name: concepts_by_name
// purpose: who has exactly this folded name
// params: version TEXT, folded TEXT
// returns: id TEXT curie, position INTEGER
MATCH (n:Name {version: $version})<-[h:HAS_NAME]-(c:Concept)
WHERE n.start = left($folded, 100) AND n.folded = $folded AND n.key >= 0
RETURN c.id AS id, h.position AS position
 ORDER BY c.key, h.position;
