-- name: shared_names
-- kind: question
-- purpose: names that several concepts have, hidden ones aside, those of the most concepts first
-- params: lang TEXT = en language tag, at_least INTEGER = 2 concepts
-- returns: name TEXT, concepts INTEGER how many
SELECT n.text AS name,
       count(DISTINCT n.concept) AS concepts
  FROM name AS n
  JOIN concept AS c ON c.key = n.concept
 WHERE n.kind <> 'hidden' AND lower(n.lang) = lower(:lang) AND c.status = 'active'
 GROUP BY n.text
HAVING count(DISTINCT n.concept) >= :at_least
 ORDER BY concepts DESC, name;
