-- name: all_findings
-- purpose: every finding
-- returns: code TEXT, id TEXT, message TEXT
SELECT code, id, message FROM finding
 ORDER BY key;
