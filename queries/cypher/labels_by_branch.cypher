// name: labels_by_branch
// kind: question
// purpose: how many labels stand in each branch right below a concept, by the depth of where they stand
// params: version TEXT version, concept TEXT = wn30:00001740-n concept
// returns: branch_id TEXT curie, wnid TEXT, branch_label TEXT, depth INTEGER, labels INTEGER
MATCH (:Concept {version: $version, id: $concept})<-[:SUBCLASS_OF]-(b:Concept)
CALL (b) {
  MATCH (b)<-[:SUBCLASS_OF*0..]-(c:Concept)
  WITH DISTINCT c
  MATCH (c)<-[:PLACED_AT]-(l:Label)
  RETURN c.depth AS depth, count(l) AS labels
}
RETURN b.id AS branch_id, b.wnid AS wnid, b.pref_label AS branch_label, depth, labels
 ORDER BY b.key, depth;
