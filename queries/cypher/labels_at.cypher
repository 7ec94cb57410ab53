// name: labels_at
// purpose: the labels that stand at a concept
// params: version TEXT, id TEXT curie
// returns: label_set TEXT, label_id TEXT
MATCH (:Concept {version: $version, id: $id})<-[:PLACED_AT]-(l:Label)<-[:HAS_LABEL]-(s:LabelSet)
RETURN l.label_set AS label_set, l.label_id AS label_id
 ORDER BY s.key, l.position;
