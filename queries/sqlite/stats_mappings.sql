-- name: stats_mappings
-- purpose: how many mappings there are
-- returns: n INTEGER
SELECT count(*) AS n FROM mapping ORDER BY n;
