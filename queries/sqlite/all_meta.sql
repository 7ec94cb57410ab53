-- name: all_meta
-- purpose: the facts about the graph
-- returns: key TEXT, value TEXT
SELECT key, value FROM meta
 ORDER BY key;
