// name: delete_version
// purpose: remove some of what is left of a retired version, but for the node that says so
// params: version TEXT, at_once INTEGER
// returns: removed INTEGER none when nothing is left
CALL () {
  // By indexes, as many as are asked for: the memory it takes does not grow with the graph.
  MATCH (n:Trigram) WHERE n.version = $version AND n.gram IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:NameSizes) WHERE n.version = $version
  RETURN n
  UNION ALL
  MATCH (n:Finding) WHERE n.version = $version AND n.key IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:Label) WHERE n.version = $version AND n.id IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:LabelSet) WHERE n.version = $version AND n.id IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:External) WHERE n.version = $version AND n.id IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:Name) WHERE n.version = $version AND n.key IS NOT NULL
  RETURN n
  UNION ALL
  MATCH (n:Concept) WHERE n.version = $version AND n.id IS NOT NULL
  RETURN n
}
WITH n
 LIMIT $at_once
DETACH DELETE n
RETURN count(*) AS removed
 ORDER BY removed;
