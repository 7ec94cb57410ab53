// name: index_name_start
// purpose: find names by how they begin, where the whole may be too long for an index
CREATE INDEX labelsys_name_start IF NOT EXISTS
FOR (n:Name) ON (n.version, n.start);
