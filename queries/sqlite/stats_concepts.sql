-- name: stats_concepts
-- purpose: how many concepts there are
-- returns: n INTEGER
SELECT count(*) AS n FROM concept ORDER BY n;
