-- name: missing_concepts
-- kind: question
-- purpose: concepts that labels of one set mean and no label of another does
-- params: label_set TEXT label-set, other TEXT label-set
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label
  FROM concept AS c
 WHERE c.key IN (
         SELECT l.concept
           FROM label_set AS s
           JOIN label AS l ON l.label_set = s.key
          WHERE s.id = :label_set AND l.concept IS NOT NULL AND l.concept IS NOT l.broader
       )
   AND c.key NOT IN (
         SELECT l.concept
           FROM label_set AS s
           JOIN label AS l ON l.label_set = s.key
          WHERE s.id = :other AND l.concept IS NOT NULL AND l.concept IS NOT l.broader
       )
 ORDER BY c.key;
