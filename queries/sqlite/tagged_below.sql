-- name: tagged_below
-- kind: question
-- purpose: concepts at or below one that a photograph can show, or can't, by their tags
-- params: concept TEXT concept, tag TEXT = visual one-of visual non-visual abstain
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, probability REAL that it is visual; by the tagger
WITH RECURSIVE below(key) AS (
  SELECT key FROM concept WHERE id = :concept
  UNION
  SELECT e.narrower FROM below JOIN edge AS e ON e.broader = below.key WHERE e.kind = 0
)
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       v.probability
  FROM below
  JOIN concept AS c ON c.key = below.key
  JOIN visual_tag AS v ON v.concept = below.key
 WHERE v.value = :tag
 ORDER BY c.key;
