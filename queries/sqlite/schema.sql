-- name: schema
-- purpose: every table of a graph file; indexes.sql follows once they are filled

-- Keys are integers that follow the order of ids, so that ordering by key is
-- ordering by id. The version of this schema is in PRAGMA user_version.

CREATE TABLE meta (                -- facts about the graph
  key TEXT PRIMARY KEY,            -- name of the fact
  value TEXT NOT NULL              -- text; structured facts are JSON
) WITHOUT ROWID;

CREATE TABLE concept (             -- the nodes of the hierarchy
  key INTEGER PRIMARY KEY,         -- from 0, in the order of id
  id TEXT NOT NULL UNIQUE,         -- CURIE: wn30:02084071-n
  pref_label TEXT NOT NULL,        -- preferred English name
  gloss TEXT NOT NULL,             -- short English definition, or ''
  definitions TEXT NOT NULL,       -- in other languages: JSON, language -> text
  source TEXT NOT NULL,            -- wordnet, wikidata or labelset
  lexname TEXT,                    -- WordNet lexicographer file, or NULL
  status TEXT NOT NULL,            -- active or retired
  replaced_by INTEGER REFERENCES concept (key),  -- where a retired concept went, or NULL
  depth INTEGER NOT NULL           -- longest subclass path from the root; for a concept without
);                                 -- any, one more than the deepest concept right above it

CREATE TABLE folded_name (         -- distinct folded names: what look-up and search go by
  key INTEGER PRIMARY KEY,         -- from 0, in alphabetical order
  folded TEXT NOT NULL UNIQUE      -- the name as labelsys.text.fold returns it
);

CREATE TABLE name (                -- names of concepts, every language and kind
  concept INTEGER NOT NULL REFERENCES concept (key),  -- whose
  position INTEGER NOT NULL,       -- from 0; 0 is the preferred name
  folded INTEGER REFERENCES folded_name (key),        -- NULL where nothing is left of it
  text TEXT NOT NULL,              -- as the source spells it
  lang TEXT NOT NULL,              -- BCP 47 tag
  kind TEXT NOT NULL,              -- pref, alt or hidden
  sense_number INTEGER,            -- of a WordNet lemma: from 1, most used first, else NULL
  sense_count INTEGER,             -- times seen in the sense-tagged corpus, else NULL
  lex_id INTEGER,                  -- tells senses in one lexicographer file apart, else NULL
  PRIMARY KEY (concept, position)
) WITHOUT ROWID;

CREATE TABLE xref (                -- other ids of concepts
  concept INTEGER NOT NULL REFERENCES concept (key),  -- whose
  xref TEXT NOT NULL,              -- CURIE: ili:i46360, wd:Q144
  PRIMARY KEY (concept, xref)
) WITHOUT ROWID;

CREATE TABLE edge (                -- narrower has broader right above it
  narrower INTEGER NOT NULL REFERENCES concept (key),
  kind INTEGER NOT NULL,           -- 0 subclass, 1 instance
  broader INTEGER NOT NULL REFERENCES concept (key),
  PRIMARY KEY (narrower, kind, broader)
) WITHOUT ROWID;

CREATE TABLE label_set (           -- datasets' lists of classes
  key INTEGER PRIMARY KEY,         -- from 0, in the recipe's order
  id TEXT NOT NULL UNIQUE,         -- prefix of its labels' CURIEs
  title TEXT NOT NULL,             -- the dataset's name
  task TEXT NOT NULL,              -- classification or detection
  version TEXT NOT NULL,           -- of the list
  source TEXT NOT NULL,            -- where the list was taken from
  license TEXT NOT NULL            -- SPDX id
);

CREATE TABLE label (               -- classes, and where each stands
  label_set INTEGER NOT NULL REFERENCES label_set (key),
  position INTEGER NOT NULL,       -- from 0, in the dataset's own order
  label_id TEXT NOT NULL,          -- the dataset's own id
  name TEXT NOT NULL,              -- as published
  parent TEXT,                     -- name of its published superclass, or NULL
  synonyms TEXT NOT NULL,          -- JSON array of other names
  description TEXT NOT NULL,       -- the dataset's own words, or ''
  lang TEXT NOT NULL,              -- BCP 47 tag of the name
  wnid TEXT,                       -- given ids, or NULL
  synset TEXT,
  qid TEXT,
  placement TEXT NOT NULL,         -- exact, broader, excluded or unplaced
  concept INTEGER REFERENCES concept (key),   -- where it stands; NULL if excluded or unplaced
  broader INTEGER REFERENCES concept (key),   -- broader: the concept above; unplaced: the guess
  reason TEXT NOT NULL,            -- how it was placed, or why not
  confidence REAL,                 -- calibrated, in [0, 1], or NULL
  PRIMARY KEY (label_set, position)
) WITHOUT ROWID;

CREATE TABLE mapping (             -- SSSOM rows; columns are its slots
  key INTEGER PRIMARY KEY,         -- from 0, in the order written
  subject_id TEXT NOT NULL,
  predicate_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  mapping_justification TEXT NOT NULL,
  confidence REAL,
  subject_label TEXT NOT NULL,
  object_label TEXT NOT NULL,
  subject_source TEXT NOT NULL,
  object_source TEXT NOT NULL,
  mapping_tool TEXT NOT NULL,
  mapping_tool_version TEXT NOT NULL,
  match_string TEXT NOT NULL,
  similarity_measure TEXT NOT NULL,
  similarity_score REAL,
  predicate_modifier TEXT NOT NULL,
  comment TEXT NOT NULL,
  status TEXT NOT NULL             -- accepted, review or rejected: ours, no SSSOM slot
);

CREATE TABLE tagger (              -- what tagged concepts
  key INTEGER PRIMARY KEY,         -- from 0, in the order of name
  name TEXT NOT NULL UNIQUE        -- what it tags, its encoder, fingerprint of its coefficients
);

CREATE TABLE visual_tag (          -- whether a photograph can show a concept
  concept INTEGER PRIMARY KEY REFERENCES concept (key),
  value TEXT NOT NULL,             -- visual, non-visual or abstain: a curator's, else the tagger's
  probability REAL,                -- that it is visual, by the tagger, or NULL
  tagger INTEGER REFERENCES tagger (key),     -- NULL where none was asked
  guess TEXT,                      -- what the tagger says, or NULL
  curator TEXT                     -- who decided, NULL where the tagger does
);

CREATE TABLE finding (             -- what the build noticed
  key INTEGER PRIMARY KEY,         -- from 0, in the order of (code, id, message)
  code TEXT NOT NULL,              -- see labelsys.vocab.FINDINGS
  id TEXT NOT NULL,                -- what it is about
  message TEXT NOT NULL
);

CREATE TABLE posting (             -- which names have a trigram: the index of search
  gram TEXT PRIMARY KEY,           -- three characters, see labelsys.text.trigrams
  n INTEGER NOT NULL,              -- how many names
  names BLOB NOT NULL              -- their folded_name.key, ascending, little-endian uint32
);

CREATE TABLE name_size (           -- one row: sizes of all folded names, by key
  key INTEGER PRIMARY KEY CHECK (key = 0),
  n INTEGER NOT NULL,              -- how many folded names
  lengths BLOB NOT NULL,           -- characters of each, little-endian uint32
  grams BLOB NOT NULL              -- distinct trigrams of each, little-endian uint32
);
