-- name: insert_meta
-- purpose: add a row to meta
-- params: key TEXT, value TEXT
INSERT INTO meta (key, value)
VALUES (:key, :value);
