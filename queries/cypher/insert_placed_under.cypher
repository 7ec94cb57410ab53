// name: insert_placed_under
// purpose: say what is above labels
// params: version TEXT, rows LIST of label id; concept key
UNWIND $rows AS row
MATCH (l:Label {version: $version, id: row[0]})
MATCH (c:Concept {version: $version, key: row[1]})
CREATE (l)-[:PLACED_UNDER]->(c);
