// name: unique_finding_key
// purpose: see to it that a key is one finding's in each version
CREATE CONSTRAINT labelsys_finding_key IF NOT EXISTS
FOR (n:Finding) REQUIRE (n.version, n.key) IS UNIQUE;
