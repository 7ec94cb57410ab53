// name: xrefs_of_concepts
// purpose: the other ids of some concepts
// params: version TEXT, concepts LIST keys
// returns: concept INTEGER key, xref TEXT curie
MATCH (c:Concept {version: $version})
WHERE c.key IN $concepts
UNWIND c.xrefs AS xref
RETURN c.key AS concept, xref
 ORDER BY c.key, xref;
