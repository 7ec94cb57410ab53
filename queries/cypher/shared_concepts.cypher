// name: shared_concepts
// kind: question
// purpose: concepts that labels of several sets mean, those of the most sets first
// params: version TEXT version, at_least INTEGER = 2 label sets
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, label_sets INTEGER how many
MATCH (l:Label {version: $version})-[:PLACED_AT]->(c:Concept)
WHERE NOT EXISTS { (l)-[:PLACED_UNDER]->(c) }
WITH c, count(DISTINCT l.label_set) AS label_sets
WHERE label_sets >= $at_least
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label, label_sets
 ORDER BY label_sets DESC, c.key;
