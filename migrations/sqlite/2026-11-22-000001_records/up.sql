-- The register itself: records, what was agreed (contents, revisions, confirmations), what follows from it (projections), the feed.

CREATE TABLE records (
    id blob PRIMARY KEY,
    kind text NOT NULL,
    code text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('draft', 'submitted', 'active', 'suspended', 'closed', 'withdrawn')),
    revision bigint NOT NULL CHECK (revision >= 1),
    -- the number of the content in force, and its digest over the co-signed members
    content_number bigint NOT NULL CHECK (content_number >= 1 AND content_number <= revision),
    digest text NOT NULL CHECK (length(digest) = 72),
    -- true when both provinces must confirm
    joint boolean NOT NULL,
    -- the side that keeps the record, and the organization it belongs to there
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    owner_id blob NOT NULL REFERENCES records (id),
    created_by blob NOT NULL,
    -- the revision at which it was submitted, and the client that did: that client cannot confirm
    submission bigint,
    submitted_by blob,
    source_system text,
    source_id text,
    name_zh text NOT NULL,
    name_en text,
    created_at integer NOT NULL,
    updated_at integer NOT NULL,
    published_at integer,
    withdrawn_at integer,
    state_reason text,
    -- the answer as readers get it; the public one leaves out contacts and is absent when there are none
    document text NOT NULL,
    public_document text,
    CHECK ((source_system IS NULL) = (source_id IS NULL)),
    CHECK ((submission IS NULL) = (submitted_by IS NULL)),
    CHECK (state <> 'submitted' OR submission IS NOT NULL),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE UNIQUE INDEX records_source ON records (kind, source_system, source_id);
CREATE INDEX records_kind_id ON records (kind, id);
CREATE INDEX records_kind_state ON records (kind, state, id);
CREATE INDEX records_kind_province ON records (kind, province, id);
CREATE INDEX records_kind_owner ON records (kind, owner_id, id);
CREATE INDEX records_owner ON records (owner_id);
CREATE INDEX records_kind_code ON records (kind, code, id);
CREATE INDEX records_kind_created ON records (kind, created_at, id);
CREATE INDEX records_kind_updated ON records (kind, updated_at, id);
CREATE INDEX records_kind_name ON records (kind, name_zh, id);

-- RFC 8785 canonical text of a record's content, exactly as signed. Never changed, never deleted while the record lives.
CREATE TABLE contents (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    text text NOT NULL,
    digest text NOT NULL CHECK (length(digest) = 72),
    PRIMARY KEY (record_id, number)
); -- with rowid: rows of a kilobyte would each take pages of their own besides

CREATE TABLE revisions (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    content_number bigint NOT NULL,
    state text NOT NULL,
    action text NOT NULL,
    client_id blob NOT NULL,
    client text NOT NULL,
    org_id blob,
    province text,
    reason text,
    request_id blob NOT NULL,
    at integer NOT NULL,
    PRIMARY KEY (record_id, number),
    FOREIGN KEY (record_id, content_number) REFERENCES contents (record_id, number) ON DELETE CASCADE
) WITHOUT ROWID;

-- One live decision for a province and submission; a new submission starts anew.
CREATE TABLE confirmations (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    submission bigint NOT NULL,
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    decision text NOT NULL CHECK (decision IN ('confirm', 'decline')),
    digest text NOT NULL CHECK (length(digest) = 72),
    revision bigint NOT NULL,
    client_id blob NOT NULL,
    client text NOT NULL,
    org_id blob,
    signatory_zh text,
    signatory_en text,
    reason text,
    request_id blob NOT NULL,
    at integer NOT NULL,
    PRIMARY KEY (record_id, submission, province)
) WITHOUT ROWID;

-- A province's wish to resume, close or withdraw an official joint record, until the other one has the same.
CREATE TABLE agreements (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    to_state text NOT NULL CHECK (to_state IN ('active', 'closed', 'withdrawn')),
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    client_id blob NOT NULL,
    client text NOT NULL,
    reason text,
    request_id blob NOT NULL,
    at integer NOT NULL,
    PRIMARY KEY (record_id, to_state, province)
) WITHOUT ROWID;

-- Who takes part, since when and until when (typed, dated links after CERIF).
CREATE TABLE parties (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    position integer NOT NULL,
    org_id blob NOT NULL REFERENCES records (id),
    province text NOT NULL,
    role text NOT NULL,
    joined_on date,
    left_on date,
    PRIMARY KEY (record_id, position),
    CHECK (left_on IS NULL OR joined_on IS NULL OR joined_on <= left_on)
) WITHOUT ROWID;
CREATE INDEX parties_org ON parties (org_id, record_id);
CREATE INDEX parties_province ON parties (province, record_id);

-- Coded members with several values: disciplines, fields, zones ...
CREATE TABLE classifications (
    scheme text NOT NULL,
    code text NOT NULL,
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    PRIMARY KEY (scheme, code, record_id)
) WITHOUT ROWID;
CREATE INDEX classifications_record ON classifications (record_id);

-- Every reference from one record to another; a referenced record cannot be deleted.
CREATE TABLE links (
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    pointer text NOT NULL,
    target_id blob NOT NULL REFERENCES records (id),
    PRIMARY KEY (record_id, pointer)
) WITHOUT ROWID;
CREATE INDEX links_target ON links (target_id, record_id);

-- Outside identifiers and other values that only one record may have.
CREATE TABLE identifiers (
    scheme text NOT NULL,
    value text NOT NULL,
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value)
) WITHOUT ROWID;
CREATE INDEX identifiers_record ON identifiers (record_id);

-- The last serial of a code prefix and year.
CREATE TABLE serials (
    prefix text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL CHECK (last BETWEEN 0 AND 999999),
    PRIMARY KEY (prefix, year)
) WITHOUT ROWID;

-- The change feed: `seq` is taken last in a transaction under the lock on `feed`, held to commit, so that readers see
-- positions in commit order and never miss one.
CREATE TABLE feed (
    one integer PRIMARY KEY CHECK (one = 1),
    seq bigint NOT NULL
);
INSERT INTO feed (one, seq) VALUES (1, 0);
CREATE TABLE changes (
    seq bigint PRIMARY KEY,
    record_id blob NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    revision bigint NOT NULL,
    action text NOT NULL,
    state text NOT NULL,
    joint boolean NOT NULL,
    province text NOT NULL,
    owner_id blob NOT NULL,
    created_by blob NOT NULL,
    published boolean NOT NULL,
    at integer NOT NULL
);
CREATE INDEX changes_record ON changes (record_id, seq);
