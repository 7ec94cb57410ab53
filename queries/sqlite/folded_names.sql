-- name: folded_names
-- purpose: folded names by their keys
-- params: keys TEXT JSON array
-- returns: key INTEGER, folded TEXT
SELECT key, folded FROM folded_name
 WHERE key IN (SELECT value FROM json_each(:keys))
 ORDER BY key;
