-- name: name_sizes
-- purpose: lengths and trigram counts of all folded names
-- returns: n INTEGER, lengths BLOB, grams BLOB
SELECT n, lengths, grams FROM name_size
 ORDER BY key;
