-- name: stats_names_by_language
-- purpose: how many names concepts have in each language
-- returns: lang TEXT, n INTEGER
SELECT lang, count(*) AS n FROM name GROUP BY lang ORDER BY lang;
