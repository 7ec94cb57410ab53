-- name: all_edges
-- purpose: every edge; of two between the same concepts the instance edge comes first
-- returns: narrower_id TEXT curie, broader_id TEXT curie, kind INTEGER 0 subclass; 1 instance
SELECT n.id AS narrower_id, b.id AS broader_id, e.kind
  FROM edge AS e
  JOIN concept AS n ON n.key = e.narrower
  JOIN concept AS b ON b.key = e.broader
 ORDER BY e.narrower, e.broader, e.kind DESC;
