// name: stats_labels_placed
// purpose: how many labels have a placement of one kind
// params: version TEXT, placement TEXT exact; broader; excluded or unplaced
// returns: n INTEGER
MATCH (l:Label {version: $version})
WHERE l.placement = $placement
RETURN count(l) AS n
 ORDER BY n;
