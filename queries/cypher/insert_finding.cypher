// name: insert_finding
// purpose: add findings
// params: version TEXT, rows LIST of key; code; id; message
UNWIND $rows AS row
CREATE (:Finding {version: $version, key: row[0], code: row[1], id: row[2], message: row[3]});
