// name: advance_version
// purpose: count one batch as loaded, if it is the next one and nobody else has taken over
// params: version TEXT, pusher TEXT, done INTEGER, rows INTEGER
// returns: done INTEGER
// Setting any property takes the node's lock: what follows is read as the last pusher left it.
MATCH (v:Version {version: $version})
SET v.locked = true
WITH v
WHERE v.pusher = $pusher AND v.done = $done AND NOT v.retired
SET v.done = v.done + 1, v.rows = v.rows + $rows
RETURN v.done AS done
 ORDER BY done;
