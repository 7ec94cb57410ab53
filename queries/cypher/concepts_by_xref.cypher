// name: concepts_by_xref
// purpose: the concepts that have another id
// params: version TEXT, xref TEXT curie
// returns: id TEXT curie
MATCH (c:Concept {version: $version})
WHERE $xref IN c.xrefs
RETURN c.id AS id
 ORDER BY c.key;
