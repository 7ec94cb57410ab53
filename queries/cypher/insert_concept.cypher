// name: insert_concept
// purpose: add concepts
// params: version TEXT, rows LIST of key; id; pref_label; gloss; definitions; source; lexname;
//   status; replaced_by; depth; wnid; xrefs
UNWIND $rows AS row
CREATE (:Concept {version: $version, key: row[0], id: row[1], pref_label: row[2], gloss: row[3],
  definitions: row[4], source: row[5], lexname: row[6], status: row[7], replaced_by: row[8],
  depth: row[9], wnid: row[10], xrefs: row[11]});
