// name: all_findings
// purpose: every finding
// params: version TEXT
// returns: code TEXT, id TEXT, message TEXT
MATCH (f:Finding {version: $version})
RETURN f.code AS code, f.id AS id, f.message AS message
 ORDER BY f.key;
