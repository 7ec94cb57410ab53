// name: name_sizes
// purpose: lengths and trigram counts of all folded names
// params: version TEXT
// returns: n INTEGER, lengths BLOB, grams BLOB
MATCH (s:NameSizes {version: $version})
RETURN s.n AS n, s.lengths AS lengths, s.grams AS grams
 ORDER BY n;
