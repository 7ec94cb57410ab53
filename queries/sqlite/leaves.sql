-- name: leaves
-- kind: question
-- purpose: concepts at or below one that have nothing below them, by subclass edges
-- params: concept TEXT concept
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, depth INTEGER longest subclass path from the root
WITH RECURSIVE below(key) AS (
  SELECT key FROM concept WHERE id = :concept
  UNION
  SELECT e.narrower FROM below JOIN edge AS e ON e.broader = below.key WHERE e.kind = 0
)
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       c.depth
  FROM below
  JOIN concept AS c ON c.key = below.key
 WHERE NOT EXISTS (SELECT 1 FROM edge AS e WHERE e.broader = c.key AND e.kind = 0)
 ORDER BY c.key;
