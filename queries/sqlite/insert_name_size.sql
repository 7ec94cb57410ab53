-- name: insert_name_size
-- purpose: add a row to name_size
-- params: key INTEGER, n INTEGER, lengths BLOB uint32, grams BLOB uint32
INSERT INTO name_size (key, n, lengths, grams)
VALUES (:key, :n, :lengths, :grams);
