-- name: labels_below
-- kind: question
-- purpose: labels that stand at a concept or below it, by subclass edges
-- params: concept TEXT concept, label_set TEXT = NULL label-set
-- returns: label_id TEXT curie, name TEXT, placement TEXT exact or broader, concept_id TEXT where it stands,
--   wnid TEXT, pref_label TEXT
WITH RECURSIVE below(key) AS (
  SELECT key FROM concept WHERE id = :concept
  UNION
  SELECT e.narrower FROM below JOIN edge AS e ON e.broader = below.key WHERE e.kind = 0
)
SELECT s.id || ':' || l.label_id AS label_id,
       l.name,
       l.placement,
       c.id AS concept_id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label
  FROM below
  JOIN label AS l ON l.concept = below.key
  JOIN label_set AS s ON s.key = l.label_set
  JOIN concept AS c ON c.key = below.key
 WHERE :label_set IS NULL OR s.id = :label_set
 ORDER BY s.id || ':' || l.label_id;
