// name: unique_label_id
// purpose: see to it that an id is one label's in each version
CREATE CONSTRAINT labelsys_label_id IF NOT EXISTS
FOR (n:Label) REQUIRE (n.version, n.id) IS UNIQUE;
