-- name: insert_concept
-- purpose: add a row to concept
-- params: key INTEGER, id TEXT curie, pref_label TEXT, gloss TEXT, definitions TEXT JSON,
--   source TEXT, lexname TEXT, status TEXT, replaced_by INTEGER key, depth INTEGER
INSERT INTO concept (key, id, pref_label, gloss, definitions, source, lexname, status, replaced_by,
                     depth)
VALUES (:key, :id, :pref_label, :gloss, :definitions, :source, :lexname, :status, :replaced_by,
        :depth);
