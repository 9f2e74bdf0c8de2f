-- Spellings of organizations that a source system has accepted (docs/rules.md §6.1).
CREATE TABLE accepted_spellings (
    id blob PRIMARY KEY NOT NULL,
    source_system text NOT NULL,
    -- as it was sent, and in the form in which it is compared
    spelling text NOT NULL,
    normal text NOT NULL,
    organization_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    client text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (source_system, normal)
);
CREATE INDEX accepted_spellings_organization ON accepted_spellings (organization_id);

-- The keys of names are entered by a job, which begins again where it waits or runs.
UPDATE jobs SET position = NULL, done = 0 WHERE finished_at IS NULL AND only_one = 'rebuild-projections';
INSERT INTO jobs (id, name, state, input, only_one, due_at, created_at)
SELECT randomblob(16), 'rebuild-projections', 'waiting', 'null', 'rebuild-projections', 0,
    CAST(unixepoch('subsec') * 1000 AS integer)
WHERE EXISTS (SELECT 1 FROM records)
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE finished_at IS NULL AND only_one = 'rebuild-projections');
