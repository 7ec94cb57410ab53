// name: stats_labels
// purpose: how many labels there are, in all label sets
// params: version TEXT
// returns: n INTEGER
MATCH (l:Label {version: $version})
RETURN count(l) AS n
 ORDER BY n;
