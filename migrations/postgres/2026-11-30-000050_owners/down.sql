DROP INDEX records_owner;
CREATE INDEX records_owner ON records (owner_id);
CREATE INDEX records_kind_owner ON records (kind, owner_id, id);
