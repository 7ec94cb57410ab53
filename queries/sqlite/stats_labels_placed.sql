-- name: stats_labels_placed
-- purpose: how many labels have a placement of one kind
-- params: placement TEXT exact; broader; excluded or unplaced
-- returns: n INTEGER
SELECT count(*) AS n FROM label WHERE placement = :placement ORDER BY n;
