// name: leaves
// kind: question
// purpose: concepts at or below one that have nothing below them, by subclass edges
// params: version TEXT version, concept TEXT concept
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, depth INTEGER longest subclass path from the root
MATCH (here:Concept {version: $version, id: $concept})
MATCH (here)<-[:SUBCLASS_OF*0..]-(c:Concept)
WITH DISTINCT c
WHERE NOT EXISTS { (c)<-[:SUBCLASS_OF]-(:Concept) }
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label, c.depth AS depth
 ORDER BY c.key;
