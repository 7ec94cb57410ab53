// name: edges_down
// purpose: the edges down from a concept, subclass edges first
// params: version TEXT, id TEXT curie
// returns: narrower_id TEXT curie, broader_id TEXT curie, kind INTEGER 0 subclass; 1 instance
MATCH (b:Concept {version: $version, id: $id})<-[e:SUBCLASS_OF|INSTANCE_OF]-(n:Concept)
RETURN n.id AS narrower_id, b.id AS broader_id,
       CASE type(e) WHEN 'SUBCLASS_OF' THEN 0 ELSE 1 END AS kind
 ORDER BY kind, n.key;
