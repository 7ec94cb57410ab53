// name: doubtful_links
// kind: question
// purpose: links of a label set that are in review or whose confidence is low, the least sure first
// params: version TEXT version, label_set TEXT label-set, below REAL = 0.5 a confidence
// returns: label_id TEXT curie, name TEXT, predicate_id TEXT, object_id TEXT curie, wnid TEXT, pref_label TEXT,
//   confidence REAL, status TEXT review or accepted, mapping_justification TEXT
MATCH (:LabelSet {version: $version, id: $label_set})-[:HAS_LABEL]->(l:Label)-[m:MAPS_TO]->(o)
WHERE m.predicate_modifier = ''
  AND (m.status = 'review' OR (m.status = 'accepted' AND m.confidence < $below))
RETURN l.id AS label_id, l.name AS name, m.predicate_id AS predicate_id, o.id AS object_id,
       o.wnid AS wnid, o.pref_label AS pref_label, m.confidence AS confidence, m.status AS status,
       m.mapping_justification AS mapping_justification
 ORDER BY coalesce(confidence, -1.0), label_id, predicate_id, object_id, mapping_justification,
       status;
