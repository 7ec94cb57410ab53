// name: index_mapping_key
// purpose: find mappings in the order written
CREATE INDEX labelsys_mapping_key IF NOT EXISTS
FOR ()-[m:MAPS_TO]-() ON (m.version, m.key);
