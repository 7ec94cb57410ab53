-- name: shared_concepts
-- kind: question
-- purpose: concepts that labels of several sets mean, those of the most sets first
-- params: at_least INTEGER = 2 label sets
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, label_sets INTEGER how many
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       count(DISTINCT l.label_set) AS label_sets
  FROM label AS l
  JOIN concept AS c ON c.key = l.concept
 WHERE l.concept IS NOT l.broader
 GROUP BY c.key
HAVING count(DISTINCT l.label_set) >= :at_least
 ORDER BY label_sets DESC, c.key;
