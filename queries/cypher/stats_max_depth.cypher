// name: stats_max_depth
// purpose: the longest path from the root to any concept
// params: version TEXT
// returns: n INTEGER
MATCH (c:Concept {version: $version})
RETURN coalesce(max(c.depth), 0) AS n
 ORDER BY n;
