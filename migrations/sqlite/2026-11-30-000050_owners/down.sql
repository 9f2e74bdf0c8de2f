DROP TRIGGER records_owner_deleted;
DROP TRIGGER records_owner_changed;
DROP TRIGGER records_owner_added;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'owner_id blob NOT NULL', 'owner_id blob NOT NULL REFERENCES records (id)')
WHERE type = 'table' AND name = 'records';
PRAGMA writable_schema = RESET;
DROP INDEX records_owner;
CREATE INDEX records_owner ON records (owner_id);
CREATE INDEX records_kind_owner ON records (kind, owner_id, id);
