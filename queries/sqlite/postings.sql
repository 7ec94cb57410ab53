-- name: postings
-- purpose: the names that have any of these trigrams
-- params: grams TEXT JSON array
-- returns: names BLOB uint32
SELECT names FROM posting
 WHERE gram IN (SELECT value FROM json_each(:grams))
 ORDER BY gram;
