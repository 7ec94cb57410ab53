-- name: concept_ids_near
-- purpose: ids around a text in the order of ids: three before it and three after
-- params: id TEXT curie
-- returns: id TEXT curie
SELECT id FROM (SELECT id FROM concept WHERE id < :id ORDER BY id DESC LIMIT 3)
UNION ALL
SELECT id FROM (SELECT id FROM concept WHERE id >= :id ORDER BY id LIMIT 3)
 ORDER BY id;
