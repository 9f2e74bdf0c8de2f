-- SQLite finds a record by its key whatever other index there is: nothing to do (see the migration of this name for PostgreSQL).
SELECT 1;
