// name: stats_concepts
// purpose: how many concepts there are
// params: version TEXT
// returns: n INTEGER
MATCH (c:Concept {version: $version})
RETURN count(c) AS n
 ORDER BY n;
