-- name: stats_edges_by_kind
-- purpose: how many edges there are of each kind
-- returns: kind TEXT, n INTEGER
SELECT CASE kind WHEN 0 THEN 'subclass' ELSE 'instance' END AS kind, count(*) AS n
  FROM edge
 GROUP BY edge.kind
 ORDER BY edge.kind;
