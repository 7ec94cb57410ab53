// name: all_concepts
// purpose: every concept by id
// params: version TEXT
// returns: key INTEGER, id TEXT curie, pref_label TEXT, gloss TEXT, definitions TEXT JSON,
//   source TEXT, lexname TEXT, status TEXT, replaced_by TEXT curie
MATCH (c:Concept {version: $version})
WHERE c.key >= 0
RETURN c.key AS key, c.id AS id, c.pref_label AS pref_label, c.gloss AS gloss,
       c.definitions AS definitions, c.source AS source, c.lexname AS lexname, c.status AS status, c.replaced_by AS replaced_by
 ORDER BY c.key;
