-- Long work, done in chunks by whichever process has the lease. A row is written in the transaction of what causes the work; every
-- chunk moves the cursor in its own transaction, under a token that a worker loses when another one takes over.
CREATE TABLE jobs (
    id blob PRIMARY KEY NOT NULL,
    -- which work: the name that the program registers it under
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    -- JSON, what is to be done, and behind which row it goes on
    input text NOT NULL,
    position text,
    -- raised by each lease
    token bigint NOT NULL DEFAULT 0,
    -- leases since the last whole chunk
    attempts bigint NOT NULL DEFAULT 0,
    -- rows that are still taken one at a time, because a chunk failed, and the one that is being worked on then
    careful bigint NOT NULL DEFAULT 0,
    at_row text,
    due_at integer NOT NULL,
    leased_until integer,
    worker text,
    cancelling boolean NOT NULL DEFAULT false,
    -- rows done, and how many there are in all where that is known
    done bigint NOT NULL DEFAULT 0,
    total bigint,
    -- JSON: why it failed, in Chinese and English
    reason text,
    -- of the unfinished jobs with one key there is only one
    only_one text,
    -- whose it is, and the kind of the records that it is about
    client_id blob,
    client text,
    org_id blob,
    province text,
    request_id blob,
    kind text,
    created_at integer NOT NULL,
    started_at integer,
    finished_at integer,
    CHECK ((state = 'running') = (leased_until IS NOT NULL)),
    CHECK ((state IN ('waiting', 'running')) = (finished_at IS NULL))
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE state IN ('waiting', 'running');
CREATE UNIQUE INDEX jobs_only_one ON jobs (only_one) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- The rows that a job goes through, where they are fixed when it begins.
CREATE TABLE job_items (
    job_id blob NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    item_id blob NOT NULL,
    PRIMARY KEY (job_id, item_id)
) WITHOUT ROWID;
