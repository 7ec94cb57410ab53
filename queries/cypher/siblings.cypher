// name: siblings
// kind: question
// purpose: concepts right below what is right above a concept, by subclass edges
// params: version TEXT version, concept TEXT concept
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, broader_id TEXT what both are right below, broader_label TEXT
MATCH (here:Concept {version: $version, id: $concept})-[:SUBCLASS_OF]->(b:Concept)
MATCH (b)<-[:SUBCLASS_OF]-(c:Concept)
WHERE c.key <> here.key
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label,
       b.id AS broader_id, b.pref_label AS broader_label
 ORDER BY b.key, c.key;
