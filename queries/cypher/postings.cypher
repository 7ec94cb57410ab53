// name: postings
// purpose: the names that have any of these trigrams
// params: version TEXT, grams LIST texts
// returns: names BLOB uint32
MATCH (t:Trigram {version: $version})
WHERE t.gram IN $grams
RETURN t.names AS names
 ORDER BY t.gram;
