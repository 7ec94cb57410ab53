// name: labels_below
// kind: question
// purpose: labels that stand at a concept or below it, by subclass edges
// params: version TEXT version, concept TEXT concept, label_set TEXT = NULL label-set
// returns: label_id TEXT curie, name TEXT, placement TEXT exact or broader, concept_id TEXT where it stands,
//   wnid TEXT, pref_label TEXT
MATCH (here:Concept {version: $version, id: $concept})
MATCH (here)<-[:SUBCLASS_OF*0..]-(c:Concept)
WITH DISTINCT c
MATCH (c)<-[:PLACED_AT]-(l:Label)
WHERE $label_set IS NULL OR l.label_set = $label_set
RETURN l.id AS label_id, l.name AS name, l.placement AS placement, c.id AS concept_id,
       c.wnid AS wnid, c.pref_label AS pref_label
 ORDER BY label_id;
