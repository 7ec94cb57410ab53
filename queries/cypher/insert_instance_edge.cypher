// name: insert_instance_edge
// purpose: add instance edges
// params: version TEXT, rows LIST of narrower key; broader key
UNWIND $rows AS row
MATCH (n:Concept {version: $version, key: row[0]})
MATCH (b:Concept {version: $version, key: row[1]})
CREATE (n)-[:INSTANCE_OF]->(b);
