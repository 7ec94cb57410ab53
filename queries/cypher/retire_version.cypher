// name: retire_version
// purpose: tell readers and pushers that a version goes, before the first of it does
// params: version TEXT
// returns: version TEXT nothing for the one that is in use
// Setting any property takes the node's lock: what follows is read as the last pusher left it.
MATCH (v:Version {version: $version})
SET v.locked = true
WITH v
OPTIONAL MATCH (p:Labelsys {name: 'current'})
WITH v, p
WHERE p IS NULL OR p.version <> v.version
SET v.readable = false, v.retired = true
RETURN v.version AS version
 ORDER BY version;
