-- name: copy_names
-- purpose: copy the tables of names from the file attached as names

-- Whole rows between like tables, the target empty: SQLite then copies records as they are,
-- some ten times as fast as it inserts them.

BEGIN;
INSERT INTO main.folded_name SELECT * FROM names.folded_name;
INSERT INTO main.name SELECT * FROM names.name;
INSERT INTO main.posting SELECT * FROM names.posting;
INSERT INTO main.name_size SELECT * FROM names.name_size;
COMMIT;
