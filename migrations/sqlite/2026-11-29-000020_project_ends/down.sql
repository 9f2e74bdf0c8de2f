DROP INDEX projects_end_current_on;
ALTER TABLE projects DROP COLUMN end_current_on;
