// name: ancestors
// kind: question
// purpose: everything above a concept by subclass edges, the deepest first
// params: version TEXT version, concept TEXT concept
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, depth INTEGER longest subclass path from the root
MATCH (here:Concept {version: $version, id: $concept})-[:SUBCLASS_OF*1..]->(c:Concept)
WITH DISTINCT c
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label, c.depth AS depth
 ORDER BY depth DESC, c.key;
