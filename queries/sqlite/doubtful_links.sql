-- name: doubtful_links
-- kind: question
-- purpose: links of a label set that are in review or whose confidence is low, the least sure first
-- params: label_set TEXT label-set, below REAL = 0.5 a confidence
-- returns: label_id TEXT curie, name TEXT, predicate_id TEXT, object_id TEXT curie, wnid TEXT, pref_label TEXT,
--   confidence REAL, status TEXT review or accepted, mapping_justification TEXT
SELECT m.subject_id AS label_id,
       l.name,
       m.predicate_id,
       m.object_id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       m.confidence,
       m.status,
       m.mapping_justification
  FROM label_set AS s
  JOIN label AS l ON l.label_set = s.key
  JOIN mapping AS m ON m.subject_id = s.id || ':' || l.label_id
  LEFT JOIN concept AS c ON c.id = m.object_id
 WHERE s.id = :label_set
   AND m.predicate_modifier = ''
   AND (m.status = 'review' OR (m.status = 'accepted' AND m.confidence < :below))
 ORDER BY m.confidence, m.subject_id, m.predicate_id, m.object_id, m.mapping_justification, m.status;
