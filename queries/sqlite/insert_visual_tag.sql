-- name: insert_visual_tag
-- purpose: add a row to visual_tag
-- params: concept INTEGER key, value TEXT, probability REAL, tagger INTEGER key, guess TEXT,
--   decision TEXT
INSERT INTO visual_tag (concept, value, probability, tagger, guess, decision)
VALUES (:concept, :value, :probability, :tagger, :guess, :decision);
