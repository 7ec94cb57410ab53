-- name: all_xrefs
-- purpose: the other ids of every concept
-- returns: concept INTEGER key, xref TEXT curie
SELECT concept, xref FROM xref
 ORDER BY concept, xref;
