// name: other_versions
// purpose: what else is in the database, whole or not
// params: version TEXT
// returns: version TEXT
MATCH (v:Version)
WHERE v.version <> $version
RETURN v.version AS version
 ORDER BY version;
