// name: claim_version
// purpose: begin a version, or take one over that is half loaded
// params: version TEXT, pusher TEXT, plan TEXT
// returns: done INTEGER batches, rows INTEGER, plan TEXT, retired INTEGER
MERGE (v:Version {version: $version})
ON CREATE SET v.done = 0, v.rows = 0, v.plan = $plan, v.readable = false, v.retired = false
SET v.pusher = $pusher
WITH v
RETURN v.done AS done, v.rows AS rows, v.plan AS plan, v.retired AS retired
 ORDER BY done;
