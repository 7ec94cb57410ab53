// name: fulltext_name
// purpose: let people search names in Neo4j Browser; labelsys searches by trigrams
CREATE FULLTEXT INDEX labelsys_name_text IF NOT EXISTS
FOR (n:Name) ON EACH [n.folded]
OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}};
