// name: all_edges
// purpose: every edge; of two between the same concepts the instance edge comes first
// params: version TEXT
// returns: narrower_id TEXT curie, broader_id TEXT curie, kind INTEGER 0 subclass; 1 instance
MATCH (n:Concept {version: $version})-[e:SUBCLASS_OF|INSTANCE_OF]->(b:Concept)
WHERE n.key >= 0
RETURN n.id AS narrower_id, b.id AS broader_id,
       CASE type(e) WHEN 'SUBCLASS_OF' THEN 0 ELSE 1 END AS kind
 ORDER BY n.key, b.key, kind DESC;
