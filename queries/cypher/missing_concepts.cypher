// name: missing_concepts
// kind: question
// purpose: concepts that labels of one set mean and no label of another does
// params: version TEXT version, label_set TEXT label-set, other TEXT label-set
// returns: id TEXT curie, wnid TEXT, pref_label TEXT
MATCH (:LabelSet {version: $version, id: $label_set})-[:HAS_LABEL]->(l:Label)-[:PLACED_AT]->(c:Concept)
WHERE NOT EXISTS { (l)-[:PLACED_UNDER]->(c) }
WITH DISTINCT c
WHERE NOT EXISTS {
  MATCH (:LabelSet {version: $version, id: $other})-[:HAS_LABEL]->(o:Label)-[:PLACED_AT]->(c)
  WHERE NOT EXISTS { (o)-[:PLACED_UNDER]->(c) }
}
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label
 ORDER BY c.key;
