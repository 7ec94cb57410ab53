-- name: stats_edges
-- purpose: how many edges there are, of both kinds
-- returns: n INTEGER
SELECT count(*) AS n FROM edge ORDER BY n;
