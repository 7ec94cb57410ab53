// name: find_label_set
// purpose: one label set by its id
// params: version TEXT, id TEXT
// returns: id TEXT, title TEXT, task TEXT, version TEXT, source TEXT, license TEXT
MATCH (s:LabelSet {version: $version, id: $id})
RETURN s.id AS id, s.title AS title, s.task AS task, s.set_version AS version,
       s.source AS source, s.license AS license
 ORDER BY s.key;
