// name: find_placement
// purpose: where one label stands
// params: version TEXT, label_set TEXT, label_id TEXT
// returns: label_set TEXT, label_id TEXT, placement TEXT, concept_id TEXT curie, broader_id TEXT
//   curie, reason TEXT, confidence REAL
MATCH (l:Label {version: $version, id: $label_set + ':' + $label_id})
WHERE l.label_set = $label_set
OPTIONAL MATCH (l)-[:PLACED_AT]->(c:Concept)
OPTIONAL MATCH (l)-[:PLACED_UNDER]->(b:Concept)
RETURN l.label_set AS label_set, l.label_id AS label_id, l.placement AS placement,
       c.id AS concept_id, b.id AS broader_id, l.reason AS reason, l.confidence AS confidence
 ORDER BY l.position;
