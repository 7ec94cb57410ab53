// name: withdraw_version
// purpose: lead readers to nothing, where what they would read is of another schema
// params: version TEXT, schema_version INTEGER
MATCH (p:Labelsys {name: 'current', version: $version})
WHERE p.schema_version <> $schema_version
DELETE p;
