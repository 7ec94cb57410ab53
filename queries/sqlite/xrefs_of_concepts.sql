-- name: xrefs_of_concepts
-- purpose: the other ids of some concepts
-- params: concepts TEXT JSON array of keys
-- returns: concept INTEGER key, xref TEXT curie
SELECT concept, xref FROM xref
 WHERE concept IN (SELECT value FROM json_each(:concepts))
 ORDER BY concept, xref;
