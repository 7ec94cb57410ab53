// name: insert_concept
// purpose: add concepts
// params: version TEXT, rows LIST of key; id; pref_label; gloss; source; lexname; status;
//   replaced_by; depth; wnid; xrefs
UNWIND $rows AS row
CREATE (:Concept {version: $version, key: row[0], id: row[1], pref_label: row[2], gloss: row[3],
  source: row[4], lexname: row[5], status: row[6], replaced_by: row[7], depth: row[8],
  wnid: row[9], xrefs: row[10]});
