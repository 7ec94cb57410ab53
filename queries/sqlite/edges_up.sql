-- name: edges_up
-- purpose: the edges up from a concept, subclass edges first
-- params: id TEXT curie
-- returns: narrower_id TEXT curie, broader_id TEXT curie, kind INTEGER 0 subclass; 1 instance
SELECT n.id AS narrower_id, b.id AS broader_id, e.kind
  FROM concept AS n
  JOIN edge AS e ON e.narrower = n.key
  JOIN concept AS b ON b.key = e.broader
 WHERE n.id = :id
 ORDER BY e.kind, e.broader;
