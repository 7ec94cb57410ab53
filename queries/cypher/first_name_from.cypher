// name: first_name_from
// purpose: the first folded name at or after a text, alphabetically
// params: version TEXT, text TEXT
// returns: key INTEGER
MATCH (n:Name {version: $version})
WHERE n.start >= left($text, 100) AND n.folded >= $text AND n.key >= 0
RETURN n.key AS key
 ORDER BY n.start, n.folded
 LIMIT 1;
