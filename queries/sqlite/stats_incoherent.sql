-- name: stats_incoherent
-- purpose: how many links and edges were put in review or left out, lest a concept be in two disjoint classes
-- returns: n INTEGER
SELECT count(*) AS n FROM finding WHERE code IN ('W210', 'W211') ORDER BY n;
