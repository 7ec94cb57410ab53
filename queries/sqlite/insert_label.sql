-- name: insert_label
-- purpose: add a row to label
-- params: label_set INTEGER key, position INTEGER, label_id TEXT, name TEXT, parent TEXT,
--   synonyms TEXT JSON array, description TEXT, lang TEXT, wnid TEXT, synset TEXT, qid TEXT,
--   placement TEXT, concept INTEGER key, broader INTEGER key, reason TEXT, confidence REAL
INSERT INTO label (label_set, position, label_id, name, parent, synonyms, description, lang,
  wnid, synset, qid, placement, concept, broader, reason, confidence)
VALUES (:label_set, :position, :label_id, :name, :parent, :synonyms, :description, :lang, :wnid,
  :synset, :qid, :placement, :concept, :broader, :reason, :confidence);
