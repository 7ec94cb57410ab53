-- name: all_label_sets
-- purpose: every label set in the recipe's order
-- returns: id TEXT, title TEXT, task TEXT, version TEXT, source TEXT, license TEXT
SELECT id, title, task, version, source, license FROM label_set
 ORDER BY key;
