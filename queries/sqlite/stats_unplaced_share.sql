-- name: stats_unplaced_share
-- purpose: the share of labels that have no place
-- returns: share REAL
SELECT coalesce(avg(placement = 'unplaced'), 0.0) AS share FROM label ORDER BY share;
