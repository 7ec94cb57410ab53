// name: insert_folded_name
// purpose: add folded names
// params: version TEXT, rows LIST of key; folded; its first 100 characters
UNWIND $rows AS row
CREATE (:Name {version: $version, key: row[0], folded: row[1], start: row[2]});
