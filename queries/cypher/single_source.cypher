// name: single_source
// kind: question
// purpose: concepts that one source alone knows: WordNet's without a Wikidata item, Wikidata's, label sets' own
// params: version TEXT version, known_to TEXT = NULL one-of wordnet wikidata labelset
// returns: id TEXT curie, wnid TEXT, pref_label TEXT, source TEXT wordnet; wikidata or labelset
MATCH (c:Concept {version: $version, status: 'active'})
WHERE ($known_to IS NULL OR c.source = $known_to)
  AND (c.source = 'wikidata'
       OR NOT (any(xref IN c.xrefs WHERE xref STARTS WITH 'wd:')
               OR EXISTS {
                 MATCH (c)-[m:MAPS_TO]->(o)
                 WHERE o.id STARTS WITH 'wd:' AND m.status = 'accepted'
                   AND m.predicate_modifier = ''
                   AND m.predicate_id IN ['skos:exactMatch', 'skos:closeMatch']
               }))
RETURN c.id AS id, c.wnid AS wnid, c.pref_label AS pref_label, c.source AS source
 ORDER BY c.key;
