"""How items of Wikidata are linked to the hierarchy: identities and places."""
