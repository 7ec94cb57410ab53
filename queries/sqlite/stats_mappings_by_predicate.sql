-- name: stats_mappings_by_predicate
-- purpose: how many mappings there are of each predicate and status
-- returns: predicate_id TEXT, status TEXT, n INTEGER
SELECT predicate_id, status, count(*) AS n
  FROM mapping
 GROUP BY predicate_id, status
 ORDER BY predicate_id, status;
