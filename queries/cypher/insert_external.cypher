// name: insert_external
// purpose: add ids of elsewhere
// params: version TEXT, rows LIST of id
UNWIND $rows AS row
CREATE (:External {version: $version, id: row[0]});
