-- A withdrawn record is brought back to the state that it had, which may be `suspended`.
CREATE TABLE kept AS SELECT * FROM proposals;
DROP TABLE proposals;
CREATE TABLE proposals (
    id blob PRIMARY KEY,
    record_id blob NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    -- the revision that opened it; a proposal that had to be confirmed anew gets a new one
    number bigint NOT NULL,
    kind text NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('submission', 'change', 'move')),
    state text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'recalled', 'conflicted', 'lapsed')),
    -- its author, and the side for which they propose it
    client_id blob NOT NULL,
    client text NOT NULL,
    org_id blob,
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    reason text,
    request_id blob NOT NULL,
    -- the revision that the author saw, and the content that the change is based on now
    base_revision bigint NOT NULL,
    base_number bigint NOT NULL,
    -- a change: the RFC 7396 merge patch and the RFC 8785 text that results from it
    patch text,
    content text,
    -- a move: where to, and the record that takes the place of a withdrawn one
    to_state text CHECK (to_state IN ('active', 'suspended', 'closed', 'withdrawn')),
    successor_id blob REFERENCES records (id),
    merges boolean NOT NULL,
    -- what is confirmed
    digest text NOT NULL CHECK (length(digest) = 72),
    -- whose word it needs, and whose it still waits for
    concerns_chongqing boolean NOT NULL,
    concerns_sichuan boolean NOT NULL,
    awaits_chongqing boolean NOT NULL,
    awaits_sichuan boolean NOT NULL,
    -- where a conflicted one meets what changed meanwhile: a JSON array of pointers
    conflicts text,
    opened_at integer NOT NULL,
    settled_at integer,
    settled_reason text,
    UNIQUE (record_id, number),
    CHECK (concerns_chongqing OR NOT awaits_chongqing),
    CHECK (concerns_sichuan OR NOT awaits_sichuan),
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK ((purpose = 'change') = (content IS NOT NULL AND patch IS NOT NULL)),
    CHECK ((purpose = 'move') = (to_state IS NOT NULL)),
    CHECK ((state = 'conflicted') = (conflicts IS NOT NULL))
) WITHOUT ROWID;
-- Each side has at most one proposal waiting on a record.
CREATE UNIQUE INDEX proposals_one_open ON proposals (record_id, province) WHERE state = 'open';
CREATE INDEX proposals_record ON proposals (record_id, id);
CREATE INDEX proposals_open ON proposals (id) WHERE state = 'open';
CREATE INDEX proposals_awaiting_chongqing ON proposals (id) WHERE state = 'open' AND awaits_chongqing;
CREATE INDEX proposals_awaiting_sichuan ON proposals (id) WHERE state = 'open' AND awaits_sichuan;
INSERT INTO proposals (id, record_id, number, kind, purpose, state, client_id, client, org_id, province, reason, request_id, base_revision,
base_number, patch, content, to_state, successor_id, merges, digest, concerns_chongqing, concerns_sichuan,
awaits_chongqing, awaits_sichuan, conflicts, opened_at, settled_at, settled_reason)
SELECT id, record_id, number, kind, purpose, state, client_id, client, org_id, province, reason, request_id, base_revision,
base_number, patch, content, to_state, successor_id, merges, digest, concerns_chongqing, concerns_sichuan,
awaits_chongqing, awaits_sichuan, conflicts, opened_at, settled_at, settled_reason FROM kept;
DROP TABLE kept;
