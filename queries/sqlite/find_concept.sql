-- name: find_concept
-- purpose: one concept by its id
-- params: id TEXT curie
-- returns: key INTEGER, id TEXT curie, pref_label TEXT, gloss TEXT, definitions TEXT JSON,
--   source TEXT, lexname TEXT, status TEXT, replaced_by TEXT curie
SELECT c.key, c.id, c.pref_label, c.gloss, c.definitions, c.source, c.lexname, c.status,
       r.id AS replaced_by
  FROM concept AS c LEFT JOIN concept AS r ON r.key = c.replaced_by
 WHERE c.id = :id
 ORDER BY c.key;
