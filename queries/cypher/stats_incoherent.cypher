// name: stats_incoherent
// purpose: how many links and edges were put in review or left out, lest a concept be in two disjoint classes
// params: version TEXT
// returns: n INTEGER
MATCH (f:Finding {version: $version})
WHERE f.code IN ['W210', 'W211']
RETURN count(f) AS n
 ORDER BY n;
