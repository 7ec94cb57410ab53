// name: count_visual_tags
// purpose: how many concepts have which tag, by source and lexname
// params: version TEXT version
// returns: tag TEXT visual; non-visual; abstain or untagged, source TEXT wordnet; wikidata or labelset,
//   lexname TEXT, concepts INTEGER, by_curators INTEGER
MATCH (c:Concept {version: $version, status: 'active'})
RETURN coalesce(c.visual, 'untagged') AS tag, c.source AS source, c.lexname AS lexname,
       count(c) AS concepts, count(c.visual_curator) AS by_curators
 ORDER BY tag, source, coalesce(lexname, '');
