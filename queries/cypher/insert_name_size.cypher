// name: insert_name_size
// purpose: add the sizes of all folded names
// params: version TEXT, rows LIST of n; lengths and grams as uint32
UNWIND $rows AS row
CREATE (:NameSizes {version: $version, n: row[0], lengths: row[1], grams: row[2]});
