// name: switch_version
// purpose: put a version in use that is whole
// params: version TEXT, pusher TEXT, done INTEGER, meta TEXT JSON object, schema_version INTEGER
// returns: version TEXT
// Setting any property takes the node's lock: what follows is read as the last pusher left it.
MATCH (v:Version {version: $version})
SET v.locked = true
WITH v
WHERE v.pusher = $pusher AND v.done = $done AND NOT v.retired
SET v.readable = true, v.meta = $meta
MERGE (p:Labelsys {name: 'current'})
SET p.version = $version, p.schema_version = $schema_version
RETURN p.version AS version
 ORDER BY version;
