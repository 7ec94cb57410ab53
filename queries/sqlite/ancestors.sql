-- name: ancestors
-- kind: question
-- purpose: everything above a concept by subclass edges, the deepest first
-- params: concept TEXT concept
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, depth INTEGER longest subclass path from the root
WITH RECURSIVE up(key) AS (
  SELECT e.broader
    FROM concept AS c
    JOIN edge AS e ON e.narrower = c.key
   WHERE c.id = :concept AND e.kind = 0
  UNION
  SELECT e.broader FROM up JOIN edge AS e ON e.narrower = up.key WHERE e.kind = 0
)
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       c.depth
  FROM up
  JOIN concept AS c ON c.key = up.key
 ORDER BY c.depth DESC, c.key;
