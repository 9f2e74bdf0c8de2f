-- What `q` searches: the names and other texts of a record in normal form (docs/rules.md §6).
CREATE TABLE search_texts (
    -- The 48 bits that its id begins with, and any number among those that share them.
    number integer PRIMARY KEY NOT NULL,
    record_id blob NOT NULL UNIQUE REFERENCES records (id) ON DELETE CASCADE,
    names text NOT NULL,
    texts text NOT NULL
);

-- Which records have a term; the terms are cut by the service, so that the tokenizer only separates them at blanks.
CREATE VIRTUAL TABLE search_terms USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1 2'
);

CREATE TRIGGER search_texts_deleted AFTER DELETE ON search_texts BEGIN
    DELETE FROM search_terms WHERE rowid = old.number;
END;

-- Records of before are entered by a job.
INSERT INTO jobs (id, name, state, input, only_one, due_at, created_at)
SELECT randomblob(16), 'rebuild-projections', 'waiting', 'null', 'rebuild-projections', 0,
    CAST(unixepoch('subsec') * 1000 AS integer)
WHERE EXISTS (SELECT 1 FROM records)
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE finished_at IS NULL AND only_one = 'rebuild-projections');
