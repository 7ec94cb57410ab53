// name: current_version
// purpose: the version that readers follow
// returns: version TEXT, schema_version INTEGER
MATCH (p:Labelsys {name: 'current'})
RETURN p.version AS version, p.schema_version AS schema_version
 ORDER BY version;
