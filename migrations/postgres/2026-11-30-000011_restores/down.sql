DROP TABLE restores;
ALTER TABLE feed DROP COLUMN restores;
