-- name: insert_tagger
-- purpose: add a row to tagger
-- params: key INTEGER, name TEXT
INSERT INTO tagger (key, name)
VALUES (:key, :name);
