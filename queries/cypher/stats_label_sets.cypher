// name: stats_label_sets
// purpose: the labels of each label set by placement
// params: version TEXT
// returns: id TEXT, labels INTEGER, exact INTEGER, broader INTEGER, excluded INTEGER, unplaced
//   INTEGER
MATCH (s:LabelSet {version: $version})
OPTIONAL MATCH (s)-[:HAS_LABEL]->(l:Label)
WITH s.key AS key, s.id AS id, count(l) AS labels,
       count(CASE l.placement WHEN 'exact' THEN 1 END) AS exact,
       count(CASE l.placement WHEN 'broader' THEN 1 END) AS broader,
       count(CASE l.placement WHEN 'excluded' THEN 1 END) AS excluded,
       count(CASE l.placement WHEN 'unplaced' THEN 1 END) AS unplaced
RETURN id, labels, exact, broader, excluded, unplaced
 ORDER BY key;
