-- name: single_source
-- kind: question
-- purpose: concepts that one source alone knows: WordNet's without a Wikidata item, Wikidata's, label sets' own
-- params: known_to TEXT = NULL one-of wordnet wikidata labelset
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, source TEXT wordnet; wikidata or labelset
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       c.source
  FROM concept AS c
 WHERE c.status = 'active'
   AND (:known_to IS NULL OR c.source = :known_to)
   AND (c.source = 'wikidata'
        OR NOT (EXISTS (SELECT 1 FROM xref AS x WHERE x.concept = c.key AND x.xref GLOB 'wd:*')
                OR EXISTS (SELECT 1
                             FROM mapping AS m
                            WHERE m.subject_id = c.id AND m.object_id GLOB 'wd:*'
                              AND m.predicate_id IN ('skos:exactMatch', 'skos:closeMatch')
                              AND m.status = 'accepted' AND m.predicate_modifier = '')))
 ORDER BY c.key;
