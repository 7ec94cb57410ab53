-- name: all_concept_ids
-- purpose: the id of every concept
-- returns: id TEXT curie
SELECT id FROM concept
 ORDER BY key;
