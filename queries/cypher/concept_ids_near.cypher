// name: concept_ids_near
// purpose: ids around a text in the order of ids: three before it and three after
// params: version TEXT, id TEXT curie
// returns: id TEXT curie
CALL () {
  MATCH (c:Concept {version: $version})
  WHERE c.id < $id
  RETURN c.id AS id
   ORDER BY c.id DESC
   LIMIT 3
  UNION ALL
  MATCH (c:Concept {version: $version})
  WHERE c.id >= $id
  RETURN c.id AS id
   ORDER BY c.id
   LIMIT 3
}
RETURN id
 ORDER BY id;
