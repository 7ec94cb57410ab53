// name: stats_mappings_by_predicate
// purpose: how many mappings there are of each predicate and status
// params: version TEXT
// returns: predicate_id TEXT, status TEXT, n INTEGER
MATCH ()-[m:MAPS_TO {version: $version}]->()
RETURN m.predicate_id AS predicate_id, m.status AS status, count(m) AS n
 ORDER BY predicate_id, status;
