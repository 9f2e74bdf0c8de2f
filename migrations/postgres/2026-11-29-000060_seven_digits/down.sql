-- A year that has more has no code left then.
UPDATE serials SET last = 999999 WHERE last > 999999;
ALTER TABLE serials DROP CONSTRAINT serials_last_check;
ALTER TABLE serials ADD CONSTRAINT serials_last_check CHECK (last BETWEEN 0 AND 999999);
