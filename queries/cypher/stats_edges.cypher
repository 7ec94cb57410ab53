// name: stats_edges
// purpose: how many edges there are, of both kinds
// params: version TEXT
// returns: n INTEGER
MATCH (:Concept {version: $version})-[e:SUBCLASS_OF|INSTANCE_OF]->(:Concept)
RETURN count(e) AS n
 ORDER BY n;
