// name: unique_label_set_key
// purpose: see to it that a key is one label set's in each version
CREATE CONSTRAINT labelsys_label_set_key IF NOT EXISTS
FOR (n:LabelSet) REQUIRE (n.version, n.key) IS UNIQUE;
