// name: index_name_key
// purpose: look-up of names by their place in the order of names
CREATE INDEX labelsys_name_key IF NOT EXISTS
FOR (n:Name) ON (n.version, n.key);
