-- Lists ask of a record in which revision it is and who may see it, and find that here without its row, whose answer fills half
-- a page. SQLite goes here because the statement says so (INDEXED BY): it prefers the key.
CREATE INDEX records_standing ON records (id, revision, state, kind, joint, province, owner_id, created_by);
