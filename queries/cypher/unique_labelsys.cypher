// name: unique_labelsys
// purpose: see to it that there is one pointer
CREATE CONSTRAINT labelsys_labelsys IF NOT EXISTS
FOR (n:Labelsys) REQUIRE (n.name) IS UNIQUE;
