// name: shared_names
// kind: question
// purpose: names that several concepts have, hidden ones aside, those of the most concepts first
// params: version TEXT version, lang TEXT = en language tag, at_least INTEGER = 2 concepts
// returns: name TEXT, concepts INTEGER how many
MATCH (c:Concept {version: $version, status: 'active'})-[n:HAS_NAME]->()
WHERE n.kind <> 'hidden' AND toLower(n.lang) = toLower($lang)
WITH n.text AS name, count(DISTINCT c) AS concepts
WHERE concepts >= $at_least
RETURN name, concepts
 ORDER BY concepts DESC, name;
