-- With the kind, which lists along a classification ask for too.
DROP INDEX records_standing;
CREATE INDEX records_standing ON records (id) INCLUDE (revision, state, kind, joint, province, owner_id, created_by);
