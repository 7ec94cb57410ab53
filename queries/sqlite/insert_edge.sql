-- name: insert_edge
-- purpose: add a row to edge
-- params: narrower INTEGER key, kind INTEGER, broader INTEGER key
INSERT INTO edge (narrower, kind, broader)
VALUES (:narrower, :kind, :broader);
