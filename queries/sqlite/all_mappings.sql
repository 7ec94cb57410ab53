-- name: all_mappings
-- purpose: every mapping in the order written
-- returns: subject_id TEXT, predicate_id TEXT, object_id TEXT, mapping_justification TEXT,
--   confidence REAL, subject_label TEXT, object_label TEXT, subject_source TEXT,
--   object_source TEXT, mapping_tool TEXT, mapping_tool_version TEXT, match_string TEXT,
--   similarity_measure TEXT, similarity_score REAL, predicate_modifier TEXT, comment TEXT,
--   status TEXT
SELECT subject_id, predicate_id, object_id, mapping_justification, confidence,
       subject_label, object_label, subject_source, object_source,
       mapping_tool, mapping_tool_version, match_string, similarity_measure, similarity_score,
       predicate_modifier, comment, status
  FROM mapping
 ORDER BY key;
