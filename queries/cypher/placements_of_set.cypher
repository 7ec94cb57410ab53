// name: placements_of_set
// purpose: where the labels of one set stand, or of all sets
// params: version TEXT, label_set TEXT NULL for all
// returns: label_set TEXT, label_id TEXT, placement TEXT, concept_id TEXT curie, broader_id TEXT
//   curie, reason TEXT, confidence REAL
MATCH (s:LabelSet {version: $version})-[:HAS_LABEL]->(l:Label)
WHERE $label_set IS NULL OR s.id = $label_set
OPTIONAL MATCH (l)-[:PLACED_AT]->(c:Concept)
OPTIONAL MATCH (l)-[:PLACED_UNDER]->(b:Concept)
RETURN l.label_set AS label_set, l.label_id AS label_id, l.placement AS placement,
       c.id AS concept_id, b.id AS broader_id, l.reason AS reason, l.confidence AS confidence
 ORDER BY s.key, l.position;
