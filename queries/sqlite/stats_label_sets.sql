-- name: stats_label_sets
-- purpose: the labels of each label set by placement
-- returns: id TEXT, labels INTEGER, exact INTEGER, broader INTEGER, excluded INTEGER,
--   unplaced INTEGER
SELECT s.id,
       count(l.label_id) AS labels,
       count(*) FILTER (WHERE l.placement = 'exact') AS exact,
       count(*) FILTER (WHERE l.placement = 'broader') AS broader,
       count(*) FILTER (WHERE l.placement = 'excluded') AS excluded,
       count(*) FILTER (WHERE l.placement = 'unplaced') AS unplaced
  FROM label_set AS s
  LEFT JOIN label AS l ON l.label_set = s.key
 GROUP BY s.key
 ORDER BY s.key;
