// name: stats_edges_by_kind
// purpose: how many edges there are of each kind
// params: version TEXT
// returns: kind TEXT, n INTEGER
MATCH (:Concept {version: $version})-[e:SUBCLASS_OF|INSTANCE_OF]->(:Concept)
RETURN CASE type(e) WHEN 'SUBCLASS_OF' THEN 'subclass' ELSE 'instance' END AS kind, count(e) AS n
 ORDER BY kind DESC;
