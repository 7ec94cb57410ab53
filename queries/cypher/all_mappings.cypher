// name: all_mappings
// purpose: every mapping in the order written
// params: version TEXT
// returns: subject_id TEXT, predicate_id TEXT, object_id TEXT, mapping_justification TEXT,
//   confidence REAL, subject_label TEXT, object_label TEXT, subject_source TEXT, object_source
//   TEXT, mapping_tool TEXT, mapping_tool_version TEXT, match_string TEXT, similarity_measure
//   TEXT, similarity_score REAL, predicate_modifier TEXT, comment TEXT, status TEXT
MATCH (s)-[m:MAPS_TO {version: $version}]->(o)
WHERE m.key >= 0
RETURN s.id AS subject_id, m.predicate_id AS predicate_id, o.id AS object_id,
       m.mapping_justification AS mapping_justification, m.confidence AS confidence,
       m.subject_label AS subject_label, m.object_label AS object_label, m.subject_source AS
       subject_source, m.object_source AS object_source, m.mapping_tool AS mapping_tool,
       m.mapping_tool_version AS mapping_tool_version, m.match_string AS match_string,
       m.similarity_measure AS similarity_measure, m.similarity_score AS similarity_score,
       m.predicate_modifier AS predicate_modifier, m.comment AS comment, m.status AS status
 ORDER BY m.key;
