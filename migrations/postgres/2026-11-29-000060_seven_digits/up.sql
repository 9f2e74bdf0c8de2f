-- The serial of a code has a seventh digit from the millionth record of a kind and year on.
ALTER TABLE serials DROP CONSTRAINT serials_last_check;
ALTER TABLE serials ADD CONSTRAINT serials_last_check CHECK (last BETWEEN 0 AND 9999999);
