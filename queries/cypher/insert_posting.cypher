// name: insert_posting
// purpose: add trigrams with the names that have them
// params: version TEXT, rows LIST of gram; names as uint32
UNWIND $rows AS row
CREATE (:Trigram {version: $version, gram: row[0], names: row[1]});
