-- name: labels_of_set
-- purpose: the labels of one set in its order
-- params: label_set TEXT
-- returns: label_set TEXT, label_id TEXT, name TEXT, parent TEXT, synonyms TEXT JSON array,
--   description TEXT, lang TEXT, wnid TEXT, synset TEXT, qid TEXT
SELECT s.id AS label_set, l.label_id, l.name, l.parent, l.synonyms, l.description, l.lang,
       l.wnid, l.synset, l.qid
  FROM label_set AS s JOIN label AS l ON l.label_set = s.key
 WHERE s.id = :label_set
 ORDER BY l.position;
