// name: delete_version
// purpose: remove what is left of a retired version, the node that says so last
// params: version TEXT, at_once INTEGER
MATCH (n {version: $version})
WHERE NOT n:Version AND NOT n:Labelsys
CALL (n) {
  DETACH DELETE n
} IN TRANSACTIONS OF $at_once ROWS;
