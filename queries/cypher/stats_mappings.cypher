// name: stats_mappings
// purpose: how many mappings there are
// params: version TEXT
// returns: n INTEGER
MATCH ()-[m:MAPS_TO {version: $version}]->()
RETURN count(m) AS n
 ORDER BY n;
