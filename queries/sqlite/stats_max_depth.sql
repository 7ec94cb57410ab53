-- name: stats_max_depth
-- purpose: the longest path from the root to any concept
-- returns: n INTEGER
SELECT coalesce(max(depth), 0) AS n FROM concept ORDER BY n;
