// name: all_xrefs
// purpose: the other ids of every concept
// params: version TEXT
// returns: concept INTEGER key, xref TEXT curie
MATCH (c:Concept {version: $version})
WHERE c.key >= 0
UNWIND c.xrefs AS xref
RETURN c.key AS concept, xref
 ORDER BY c.key, xref;
