-- name: edges_down
-- purpose: the edges down from a concept, subclass edges first
-- params: id TEXT curie
-- returns: narrower_id TEXT curie, broader_id TEXT curie, kind INTEGER 0 subclass; 1 instance
SELECT n.id AS narrower_id, b.id AS broader_id, e.kind
  FROM concept AS b
  JOIN edge AS e ON e.broader = b.key
  JOIN concept AS n ON n.key = e.narrower
 WHERE b.id = :id
 ORDER BY e.kind, e.narrower;
