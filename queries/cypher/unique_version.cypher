// name: unique_version
// purpose: see to it that a version is there once
CREATE CONSTRAINT labelsys_version IF NOT EXISTS
FOR (n:Version) REQUIRE (n.version) IS UNIQUE;
