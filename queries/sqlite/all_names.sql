-- name: all_names
-- purpose: the name table by folded name, concept and position
-- returns: folded TEXT, concept_id TEXT curie, position INTEGER, lang TEXT, kind TEXT,
--   sense_number INTEGER 0 where there is none, sense_count INTEGER 0 where unknown
SELECT f.folded, c.id AS concept_id, n.position, n.lang, n.kind,
       ifnull(n.sense_number, 0) AS sense_number, ifnull(n.sense_count, 0) AS sense_count
  FROM folded_name AS f
  JOIN name AS n ON n.folded = f.key
  JOIN concept AS c ON c.key = n.concept
 ORDER BY n.folded, n.concept, n.position;
