-- name: stats_new_concepts
-- purpose: how many concepts only label sets know
-- returns: n INTEGER
SELECT count(*) AS n FROM concept WHERE source = 'labelset' ORDER BY n;
