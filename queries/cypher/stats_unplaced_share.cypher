// name: stats_unplaced_share
// purpose: the share of labels that have no place
// params: version TEXT
// returns: share REAL
MATCH (l:Label {version: $version})
RETURN coalesce(avg(CASE l.placement WHEN 'unplaced' THEN 1.0 ELSE 0.0 END), 0.0) AS share
 ORDER BY share;
