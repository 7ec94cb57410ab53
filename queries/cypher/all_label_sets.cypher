// name: all_label_sets
// purpose: every label set in the recipe's order
// params: version TEXT
// returns: id TEXT, title TEXT, task TEXT, version TEXT, source TEXT, license TEXT
MATCH (s:LabelSet {version: $version})
RETURN s.id AS id, s.title AS title, s.task AS task, s.set_version AS version,
       s.source AS source, s.license AS license
 ORDER BY s.key;
