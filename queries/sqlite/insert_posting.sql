-- name: insert_posting
-- purpose: add a row to posting
-- params: gram TEXT, n INTEGER, names BLOB uint32
INSERT INTO posting (gram, n, names)
VALUES (:gram, :n, :names);
