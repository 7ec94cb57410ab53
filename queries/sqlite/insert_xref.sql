-- name: insert_xref
-- purpose: add a row to xref
-- params: concept INTEGER key, xref TEXT curie
INSERT INTO xref (concept, xref)
VALUES (:concept, :xref);
