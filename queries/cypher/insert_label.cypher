// name: insert_label
// purpose: add labels to their sets
// params: version TEXT, rows LIST of set key; position; id; label_set; label_id; name; parent;
//   synonyms; description; lang; wnid; synset; qid; placement; reason; confidence
UNWIND $rows AS row
MATCH (s:LabelSet {version: $version, key: row[0]})
CREATE (s)-[:HAS_LABEL {position: row[1]}]->(:Label {version: $version, id: row[2],
  label_set: row[3], label_id: row[4], position: row[1], name: row[5], parent: row[6],
  synonyms: row[7], description: row[8], lang: row[9], wnid: row[10], synset: row[11],
  qid: row[12], placement: row[13], reason: row[14], confidence: row[15]});
