// name: tagged_below
// kind: question
// purpose: concepts at or below one that a photograph can show, or can't, by their tags
// params: version TEXT version, concept TEXT concept, tag TEXT = visual one-of visual non-visual abstain
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, probability REAL that it is visual; by the tagger
MATCH (here:Concept {version: $version, id: $concept})
MATCH (here)<-[:SUBCLASS_OF*0..]-(c:Concept)
WITH DISTINCT c
WHERE c.visual = $tag
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label, c.visual_probability AS probability
 ORDER BY c.key;
