-- name: count_visual_tags
-- purpose: how many concepts have which tag, by source and lexname
-- returns: tag TEXT visual; non-visual; abstain or untagged, source TEXT wordnet; wikidata or labelset,
--   lexname TEXT, concepts INTEGER, by_curators INTEGER
SELECT coalesce(v.value, 'untagged') AS tag, c.source, c.lexname, count(*) AS concepts,
       count(v.curator) AS by_curators
  FROM concept AS c LEFT JOIN visual_tag AS v ON v.concept = c.key
 WHERE c.status = 'active'
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, coalesce(c.lexname, '');
