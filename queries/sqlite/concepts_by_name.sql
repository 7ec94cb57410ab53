-- name: concepts_by_name
-- purpose: who has exactly this folded name
-- params: folded TEXT
-- returns: id TEXT curie, position INTEGER
SELECT c.id, n.position
  FROM folded_name AS f
  JOIN name AS n ON n.folded = f.key
  JOIN concept AS c ON c.key = n.concept
 WHERE f.folded = :folded
 ORDER BY n.concept, n.position;
