// name: version_state
// purpose: how far a version is
// params: version TEXT
// returns: pusher TEXT, done INTEGER, retired INTEGER
MATCH (v:Version {version: $version})
RETURN v.pusher AS pusher, v.done AS done, v.retired AS retired
 ORDER BY done;
