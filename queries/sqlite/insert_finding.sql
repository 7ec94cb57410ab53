-- name: insert_finding
-- purpose: add a row to finding
-- params: key INTEGER, code TEXT, id TEXT, message TEXT
INSERT INTO finding (key, code, id, message)
VALUES (:key, :code, :id, :message);
