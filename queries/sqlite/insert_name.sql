-- name: insert_name
-- purpose: add a row to name
-- params: concept INTEGER key, position INTEGER, folded INTEGER key, text TEXT, lang TEXT,
--   kind TEXT, sense_number INTEGER, sense_count INTEGER, lex_id INTEGER
INSERT INTO name (concept, position, folded, text, lang, kind, sense_number, sense_count, lex_id)
VALUES (:concept, :position, :folded, :text, :lang, :kind, :sense_number, :sense_count, :lex_id);
