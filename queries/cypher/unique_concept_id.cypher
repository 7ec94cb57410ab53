// name: unique_concept_id
// purpose: see to it that an id is one concept's in each version
CREATE CONSTRAINT labelsys_concept_id IF NOT EXISTS
FOR (n:Concept) REQUIRE (n.version, n.id) IS UNIQUE;
