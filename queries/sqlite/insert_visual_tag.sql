-- name: insert_visual_tag
-- purpose: add a row to visual_tag
-- params: concept INTEGER key, value TEXT, probability REAL, tagger INTEGER key, guess TEXT,
--   curator TEXT
INSERT INTO visual_tag (concept, value, probability, tagger, guess, curator)
VALUES (:concept, :value, :probability, :tagger, :guess, :curator);
