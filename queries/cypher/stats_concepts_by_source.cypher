// name: stats_concepts_by_source
// purpose: how many concepts each source gave
// params: version TEXT
// returns: source TEXT, n INTEGER
MATCH (c:Concept {version: $version})
RETURN c.source AS source, count(c) AS n
 ORDER BY source;
