-- One index finds what an organization owns, of a kind or of all.
DROP INDEX records_kind_owner;
DROP INDEX records_owner;
CREATE INDEX records_owner ON records (owner_id, kind, id);
