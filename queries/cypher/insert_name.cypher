// name: insert_name
// purpose: add names to concepts
// params: version TEXT, rows LIST of concept key; position; name key; text; lang; kind;
//   sense_number; sense_count; lex_id
UNWIND $rows AS row
MATCH (c:Concept {version: $version, key: row[0]})
MATCH (n:Name {version: $version, key: row[2]})
CREATE (c)-[:HAS_NAME {position: row[1], text: row[3], lang: row[4], kind: row[5],
  sense_number: row[6], sense_count: row[7], lex_id: row[8]}]->(n);
