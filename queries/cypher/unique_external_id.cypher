// name: unique_external_id
// purpose: see to it that an id of elsewhere is there once in each version
CREATE CONSTRAINT labelsys_external_id IF NOT EXISTS
FOR (n:External) REQUIRE (n.version, n.id) IS UNIQUE;
