// name: insert_mapping
// purpose: add mappings between what is there
// params: version TEXT, rows LIST of the slots in the order of all_mappings; key;
//   what the subject is; what the object is
// Nothing is looked up for an end that is none of a kind: its id is null there.
UNWIND $rows AS row
OPTIONAL MATCH (sc:Concept {version: $version, id: CASE row[18] WHEN 'concept' THEN row[0] END})
OPTIONAL MATCH (sl:Label {version: $version, id: CASE row[18] WHEN 'label' THEN row[0] END})
OPTIONAL MATCH (se:External {version: $version, id: CASE row[18] WHEN 'external' THEN row[0] END})
OPTIONAL MATCH (oc:Concept {version: $version, id: CASE row[19] WHEN 'concept' THEN row[2] END})
OPTIONAL MATCH (ol:Label {version: $version, id: CASE row[19] WHEN 'label' THEN row[2] END})
OPTIONAL MATCH (oe:External {version: $version, id: CASE row[19] WHEN 'external' THEN row[2] END})
WITH row, coalesce(sc, sl, se) AS s, coalesce(oc, ol, oe) AS o
CREATE (s)-[:MAPS_TO {key: row[17], version: $version, predicate_id: row[1], mapping_justification: row[3],
  confidence: row[4], subject_label: row[5], object_label: row[6], subject_source: row[7],
  object_source: row[8], mapping_tool: row[9], mapping_tool_version: row[10], match_string:
  row[11], similarity_measure: row[12], similarity_score: row[13], predicate_modifier:
  row[14], comment: row[15], status: row[16]}]->(o);
