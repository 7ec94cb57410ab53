-- name: all_visual_tags
-- purpose: whether a photograph can show each concept that was tagged
-- returns: id TEXT curie, value TEXT, probability REAL, tagger TEXT, guess TEXT, curator TEXT
SELECT c.id, v.value, v.probability, t.name AS tagger, v.guess, v.curator
  FROM visual_tag AS v
  JOIN concept AS c ON c.key = v.concept
  LEFT JOIN tagger AS t ON t.key = v.tagger
 ORDER BY v.concept;
