-- A year that has more has no code left then.
CREATE TABLE kept AS SELECT * FROM serials;
DROP TABLE serials;
CREATE TABLE serials (
    prefix text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL CHECK (last BETWEEN 0 AND 999999),
    PRIMARY KEY (prefix, year)
) WITHOUT ROWID;
INSERT INTO serials (prefix, year, last) SELECT prefix, year, min(last, 999999) FROM kept;
DROP TABLE kept;
