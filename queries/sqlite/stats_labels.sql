-- name: stats_labels
-- purpose: how many labels there are, in all label sets
-- returns: n INTEGER
SELECT count(*) AS n FROM label ORDER BY n;
