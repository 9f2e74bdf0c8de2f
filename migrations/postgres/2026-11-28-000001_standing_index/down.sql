DROP INDEX records_standing;
CREATE INDEX records_standing ON records (id) INCLUDE (revision, state, joint, province, owner_id, created_by);
