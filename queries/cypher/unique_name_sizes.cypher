// name: unique_name_sizes
// purpose: see to it that a version's sizes are there once
CREATE CONSTRAINT labelsys_name_sizes IF NOT EXISTS
FOR (n:NameSizes) REQUIRE (n.version) IS UNIQUE;
