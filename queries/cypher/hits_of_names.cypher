// name: hits_of_names
// purpose: folded names by their keys, with who has them
// params: version TEXT, keys LIST integers
// returns: key INTEGER, folded TEXT, id TEXT curie, position INTEGER
MATCH (n:Name {version: $version})<-[h:HAS_NAME]-(c:Concept)
WHERE n.key IN $keys
RETURN n.key AS key, n.folded AS folded, c.id AS id, h.position AS position
 ORDER BY n.key, c.key, h.position;
