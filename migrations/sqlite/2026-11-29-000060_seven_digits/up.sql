-- The serial of a code has a seventh digit from the millionth record of a kind and year on.
CREATE TABLE kept AS SELECT * FROM serials;
DROP TABLE serials;
CREATE TABLE serials (
    prefix text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL CHECK (last BETWEEN 0 AND 9999999),
    PRIMARY KEY (prefix, year)
) WITHOUT ROWID;
INSERT INTO serials (prefix, year, last) SELECT prefix, year, last FROM kept;
DROP TABLE kept;
