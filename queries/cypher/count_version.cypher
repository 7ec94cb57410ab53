// name: count_version
// purpose: how much of a version there is, by kind
// params: version TEXT
// returns: kind TEXT, n INTEGER
CALL () {
  MATCH (c:Concept {version: $version}) RETURN 'concept' AS kind, count(c) AS n
  UNION ALL
  MATCH (n:Name {version: $version}) RETURN 'folded_name' AS kind, count(n) AS n
  UNION ALL
  MATCH (:Concept {version: $version})-[h:HAS_NAME]->() RETURN 'name' AS kind, count(h) AS n
  UNION ALL
  MATCH (:Concept {version: $version})-[e:SUBCLASS_OF]->()
  RETURN 'subclass_edge' AS kind, count(e) AS n
  UNION ALL
  MATCH (:Concept {version: $version})-[e:INSTANCE_OF]->()
  RETURN 'instance_edge' AS kind, count(e) AS n
  UNION ALL
  MATCH (s:LabelSet {version: $version}) RETURN 'label_set' AS kind, count(s) AS n
  UNION ALL
  MATCH (:LabelSet {version: $version})-[h:HAS_LABEL]->() RETURN 'label' AS kind, count(h) AS n
  UNION ALL
  MATCH (:Label {version: $version})-[p:PLACED_AT]->() RETURN 'placed_at' AS kind, count(p) AS n
  UNION ALL
  MATCH (:Label {version: $version})-[p:PLACED_UNDER]->()
  RETURN 'placed_under' AS kind, count(p) AS n
  UNION ALL
  MATCH ()-[m:MAPS_TO {version: $version}]->() RETURN 'mapping' AS kind, count(m) AS n
  UNION ALL
  MATCH (e:External {version: $version}) RETURN 'external' AS kind, count(e) AS n
  UNION ALL
  MATCH (f:Finding {version: $version}) RETURN 'finding' AS kind, count(f) AS n
  UNION ALL
  MATCH (c:Concept {version: $version}) WHERE c.visual IS NOT NULL
  RETURN 'visual_tag' AS kind, count(c) AS n
  UNION ALL
  MATCH (t:Trigram {version: $version}) RETURN 'posting' AS kind, count(t) AS n
  UNION ALL
  MATCH (s:NameSizes {version: $version}) RETURN 'name_size' AS kind, count(s) AS n
}
RETURN kind, n
 ORDER BY kind;
