-- name: stats_concepts_by_source
-- purpose: how many concepts each source gave
-- returns: source TEXT, n INTEGER
SELECT source, count(*) AS n FROM concept GROUP BY source ORDER BY source;
