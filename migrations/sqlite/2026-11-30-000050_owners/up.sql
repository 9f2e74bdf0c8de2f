-- One index finds what an organization owns, of a kind or of all.
DROP INDEX records_kind_owner;
DROP INDEX records_owner;
CREATE INDEX records_owner ON records (owner_id, kind, id);

-- That the owner is there is held by triggers. A foreign key from a table to itself makes SQLite take every row out and put it in
-- again, with its long texts, whenever a statement names its column: two thirds of what a merge of thousands of records took. A
-- constraint may be taken out of the schema like this (https://www.sqlite.org/lang_altertable.html#otheralter).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'owner_id blob NOT NULL REFERENCES records (id)', 'owner_id blob NOT NULL')
WHERE type = 'table' AND name = 'records';
PRAGMA writable_schema = RESET;

CREATE TRIGGER records_owner_added AFTER INSERT ON records
WHEN NOT EXISTS (SELECT 1 FROM records WHERE id = new.owner_id)
BEGIN
    SELECT RAISE(ABORT, 'the owner of a record is not there');
END;
CREATE TRIGGER records_owner_changed AFTER UPDATE OF owner_id ON records
WHEN NOT EXISTS (SELECT 1 FROM records WHERE id = new.owner_id)
BEGIN
    SELECT RAISE(ABORT, 'the owner of a record is not there');
END;
CREATE TRIGGER records_owner_deleted BEFORE DELETE ON records
WHEN EXISTS (SELECT 1 FROM records WHERE owner_id = old.id AND id <> old.id)
BEGIN
    SELECT RAISE(ABORT, 'the owner of a record is still needed');
END;
