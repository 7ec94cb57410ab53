-- name: insert_folded_name
-- purpose: add a row to folded_name
-- params: key INTEGER, folded TEXT
INSERT INTO folded_name (key, folded)
VALUES (:key, :folded);
