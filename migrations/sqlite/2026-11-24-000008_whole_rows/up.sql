-- SQLite never compresses: nothing to do (see the migration of this name for PostgreSQL).
SELECT 1;
