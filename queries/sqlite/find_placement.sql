-- name: find_placement
-- purpose: where one label stands
-- params: label_set TEXT, label_id TEXT
-- returns: label_set TEXT, label_id TEXT, placement TEXT, concept_id TEXT curie,
--   broader_id TEXT curie, reason TEXT, confidence REAL
SELECT s.id AS label_set, l.label_id, l.placement, c.id AS concept_id, b.id AS broader_id,
       l.reason, l.confidence
  FROM label_set AS s
  JOIN label AS l ON l.label_set = s.key
  LEFT JOIN concept AS c ON c.key = l.concept
  LEFT JOIN concept AS b ON b.key = l.broader
 WHERE s.id = :label_set AND l.label_id = :label_id
 ORDER BY l.position;
