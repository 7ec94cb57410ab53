-- name: labels_by_branch
-- kind: question
-- purpose: how many labels stand in each branch right below a concept, by the depth of where they stand
-- params: concept TEXT = wn30:00001740-n concept
-- returns: branch_id TEXT curie, wnid TEXT, branch_label TEXT, depth INTEGER, labels INTEGER
WITH RECURSIVE branch(top, key) AS (
  SELECT e.narrower, e.narrower
    FROM concept AS c
    JOIN edge AS e ON e.broader = c.key
   WHERE c.id = :concept AND e.kind = 0
  UNION
  SELECT b.top, e.narrower FROM branch AS b JOIN edge AS e ON e.broader = b.key WHERE e.kind = 0
)
SELECT c.id AS branch_id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label AS branch_label,
       at.depth,
       count(*) AS labels
  FROM branch AS b
  JOIN label AS l ON l.concept = b.key
  JOIN concept AS at ON at.key = b.key
  JOIN concept AS c ON c.key = b.top
 GROUP BY c.key, at.depth
 ORDER BY c.key, at.depth;
