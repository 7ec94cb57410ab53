-- name: concepts_by_xref
-- purpose: the concepts that have another id
-- params: xref TEXT curie
-- returns: id TEXT curie
SELECT c.id FROM xref AS x JOIN concept AS c ON c.key = x.concept
 WHERE x.xref = :xref
 ORDER BY x.concept;
