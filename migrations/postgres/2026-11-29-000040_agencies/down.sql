DROP INDEX revisions_official;
ALTER TABLE clients DROP COLUMN for_province;
DROP TABLE agencies;
