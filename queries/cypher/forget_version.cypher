// name: forget_version
// purpose: remove the node of a version of which nothing else is left
// params: version TEXT
MATCH (v:Version {version: $version, retired: true})
DELETE v;
