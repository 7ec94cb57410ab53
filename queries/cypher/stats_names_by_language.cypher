// name: stats_names_by_language
// purpose: how many names concepts have in each language
// params: version TEXT
// returns: lang TEXT, n INTEGER
MATCH (:Concept {version: $version})-[h:HAS_NAME]->(:Name)
RETURN h.lang AS lang, count(h) AS n
 ORDER BY lang;
