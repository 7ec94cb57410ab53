-- name: siblings
-- kind: question
-- purpose: concepts right below what is right above a concept, by subclass edges
-- params: concept TEXT concept
-- returns: id TEXT curie, wnid TEXT, pref_label TEXT, broader_id TEXT what both are right below, broader_label TEXT
SELECT c.id,
       CASE WHEN c.id GLOB 'wn30:*-n' THEN 'n' || substr(c.id, 6, 8) END AS wnid,
       c.pref_label,
       b.id AS broader_id,
       b.pref_label AS broader_label
  FROM concept AS here
  JOIN edge AS up ON up.narrower = here.key AND up.kind = 0
  JOIN concept AS b ON b.key = up.broader
  JOIN edge AS down ON down.broader = b.key AND down.kind = 0
  JOIN concept AS c ON c.key = down.narrower
 WHERE here.id = :concept AND c.key <> here.key
 ORDER BY b.key, c.key;
