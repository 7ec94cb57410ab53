// name: find_concepts
// purpose: concepts by their ids
// params: version TEXT, ids LIST curies
// returns: key INTEGER, id TEXT curie, pref_label TEXT, gloss TEXT, definitions TEXT JSON,
//   source TEXT, lexname TEXT, status TEXT, replaced_by TEXT curie
MATCH (c:Concept {version: $version})
WHERE c.id IN $ids
RETURN c.key AS key, c.id AS id, c.pref_label AS pref_label, c.gloss AS gloss,
       c.definitions AS definitions, c.source AS source, c.lexname AS lexname, c.status AS status, c.replaced_by AS replaced_by
 ORDER BY c.key;
