// name: find_label
// purpose: one label
// params: version TEXT, label_set TEXT, label_id TEXT
// returns: label_set TEXT, label_id TEXT, name TEXT, parent TEXT, synonyms LIST texts, description
//   TEXT, lang TEXT, wnid TEXT, synset TEXT, qid TEXT
MATCH (l:Label {version: $version, id: $label_set + ':' + $label_id})
WHERE l.label_set = $label_set
RETURN l.label_set AS label_set, l.label_id AS label_id, l.name AS name, l.parent AS parent,
       l.synonyms AS synonyms, l.description AS description, l.lang AS lang, l.wnid AS wnid,
       l.synset AS synset, l.qid AS qid
 ORDER BY l.position;
