// name: unique_label_set_id
// purpose: see to it that an id is one label set's in each version
CREATE CONSTRAINT labelsys_label_set_id IF NOT EXISTS
FOR (n:LabelSet) REQUIRE (n.version, n.id) IS UNIQUE;
