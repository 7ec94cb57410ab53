-- name: labels_at
-- purpose: the labels that stand at a concept
-- params: id TEXT curie
-- returns: label_set TEXT, label_id TEXT
SELECT s.id AS label_set, l.label_id
  FROM concept AS c
  JOIN label AS l ON l.concept = c.key
  JOIN label_set AS s ON s.key = l.label_set
 WHERE c.id = :id
 ORDER BY l.label_set, l.position;
