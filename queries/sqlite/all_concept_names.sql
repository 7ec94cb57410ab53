-- name: all_concept_names
-- purpose: the names of every concept in their order
-- returns: concept INTEGER key, text TEXT, lang TEXT, kind TEXT, sense_number INTEGER,
--   sense_count INTEGER, lex_id INTEGER
SELECT concept, text, lang, kind, sense_number, sense_count, lex_id
  FROM name
 ORDER BY concept, position;
