// name: insert_label_set
// purpose: add label sets
// params: version TEXT, rows LIST of key; id; title; task; version; source; license
UNWIND $rows AS row
CREATE (:LabelSet {version: $version, key: row[0], id: row[1], title: row[2], task: row[3],
  set_version: row[4], source: row[5], license: row[6]});
