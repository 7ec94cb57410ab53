// name: insert_subclass_edge
// purpose: add subclass edges
// params: version TEXT, rows LIST of narrower key; broader key
UNWIND $rows AS row
MATCH (n:Concept {version: $version, key: row[0]})
MATCH (b:Concept {version: $version, key: row[1]})
CREATE (n)-[:SUBCLASS_OF]->(b);
