// name: find_version
// purpose: one pushed version, where readers may rely on it
// params: version TEXT
// returns: meta TEXT JSON object
MATCH (v:Version {version: $version, readable: true})
RETURN v.meta AS meta
 ORDER BY meta;
