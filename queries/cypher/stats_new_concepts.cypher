// name: stats_new_concepts
// purpose: how many concepts only label sets know
// params: version TEXT
// returns: n INTEGER
MATCH (c:Concept {version: $version})
WHERE c.source = 'labelset'
RETURN count(c) AS n
 ORDER BY n;
