-- name: find_label_set
-- purpose: one label set by its id
-- params: id TEXT
-- returns: id TEXT, title TEXT, task TEXT, version TEXT, source TEXT, license TEXT
SELECT id, title, task, version, source, license FROM label_set
 WHERE id = :id
 ORDER BY key;
