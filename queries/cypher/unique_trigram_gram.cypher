// name: unique_trigram_gram
// purpose: see to it that a trigram is there once in each version
CREATE CONSTRAINT labelsys_trigram_gram IF NOT EXISTS
FOR (n:Trigram) REQUIRE (n.version, n.gram) IS UNIQUE;
