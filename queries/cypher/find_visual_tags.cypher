// name: find_visual_tags
// purpose: whether a photograph can show some concepts
// params: version TEXT, ids LIST curies
// returns: id TEXT curie, value TEXT, probability REAL, tagger TEXT, guess TEXT, curator TEXT
MATCH (c:Concept {version: $version})
WHERE c.id IN $ids AND c.visual IS NOT NULL
RETURN c.id AS id, c.visual AS value, c.visual_probability AS probability,
       c.visual_tagger AS tagger, c.visual_guess AS guess, c.visual_curator AS curator
 ORDER BY c.key;
