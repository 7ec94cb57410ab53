// name: index_concept_key
// purpose: find concepts by their place in the order of ids; no constraint, which takes twice as
//   long to load: ids are unique, and what is there is counted
CREATE INDEX labelsys_concept_key IF NOT EXISTS
FOR (n:Concept) ON (n.version, n.key);
