-- name: first_name_from
-- purpose: the first folded name at or after a text, alphabetically
-- params: text TEXT
-- returns: key INTEGER
SELECT key FROM folded_name
 WHERE folded >= :text
 ORDER BY folded
 LIMIT 1;
