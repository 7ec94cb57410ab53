-- name: names_of
-- purpose: the names of one concept in their order
-- params: concept INTEGER key
-- returns: concept INTEGER key, text TEXT, lang TEXT, kind TEXT, sense_number INTEGER,
--   sense_count INTEGER, lex_id INTEGER
SELECT concept, text, lang, kind, sense_number, sense_count, lex_id
  FROM name
 WHERE concept = :concept
 ORDER BY position;
