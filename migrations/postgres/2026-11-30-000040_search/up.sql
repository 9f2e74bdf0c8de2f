-- What `q` searches: the names and other texts of a record in normal form (docs/rules.md §6), and the terms that the service cuts
-- from them.
CREATE TABLE search_texts (
    record_id uuid PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    names text NOT NULL,
    texts text NOT NULL,
    terms tsvector NOT NULL
);

-- A short list of what is not merged into the index yet: every search reads it.
CREATE INDEX search_texts_terms ON search_texts USING gin (terms) WITH (gin_pending_list_limit = 256);

-- Records of before are entered by a job.
INSERT INTO jobs (id, name, state, input, only_one, due_at, created_at)
SELECT gen_random_uuid(), 'rebuild-projections', 'waiting', 'null', 'rebuild-projections', now(), now()
WHERE EXISTS (SELECT 1 FROM records)
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE finished_at IS NULL AND only_one = 'rebuild-projections');
