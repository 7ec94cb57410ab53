-- name: xrefs_of
-- purpose: the other ids of one concept
-- params: concept INTEGER key
-- returns: concept INTEGER key, xref TEXT curie
SELECT concept, xref FROM xref
 WHERE concept = :concept
 ORDER BY xref;
