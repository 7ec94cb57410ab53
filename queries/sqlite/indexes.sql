-- name: indexes
-- purpose: the indexes of a graph file, made once its tables are full

-- The tables without rowid add their primary key to each index by themselves.

CREATE INDEX name_by_folded ON name (folded);
CREATE INDEX xref_by_id ON xref (xref);
CREATE INDEX edge_by_broader ON edge (broader, kind);
CREATE UNIQUE INDEX label_by_id ON label (label_set, label_id);
CREATE INDEX label_by_concept ON label (concept);
CREATE INDEX mapping_by_subject ON mapping (subject_id);
