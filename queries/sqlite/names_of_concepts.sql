-- name: names_of_concepts
-- purpose: the names of some concepts in their order
-- params: concepts TEXT JSON array of keys
-- returns: concept INTEGER key, text TEXT, lang TEXT, kind TEXT, sense_number INTEGER,
--   sense_count INTEGER, lex_id INTEGER
SELECT concept, text, lang, kind, sense_number, sense_count, lex_id
  FROM name
 WHERE concept IN (SELECT value FROM json_each(:concepts))
 ORDER BY concept, position;
