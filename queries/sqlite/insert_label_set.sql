-- name: insert_label_set
-- purpose: add a row to label_set
-- params: key INTEGER, id TEXT, title TEXT, task TEXT, version TEXT, source TEXT, license TEXT
INSERT INTO label_set (key, id, title, task, version, source, license)
VALUES (:key, :id, :title, :task, :version, :source, :license);
