-- What waits for the provinces' word: submissions, changes of official content, and moves. `confirmations.submission` holds the
-- `number` of the proposal that a decision is about.
CREATE TABLE proposals (
    id uuid PRIMARY KEY,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    -- the revision that opened it; a proposal that had to be confirmed anew gets a new one
    number bigint NOT NULL,
    kind text NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('submission', 'change', 'move')),
    state text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'recalled', 'conflicted', 'lapsed')),
    -- its author, and the side for which they propose it
    client_id uuid NOT NULL,
    client text NOT NULL,
    org_id uuid,
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    reason text,
    request_id uuid NOT NULL,
    -- the revision that the author saw, and the content that the change is based on now
    base_revision bigint NOT NULL,
    base_number bigint NOT NULL,
    -- a change: the RFC 7396 merge patch and the RFC 8785 text that results from it
    patch text,
    content text,
    -- a move: where to, and the record that takes the place of a withdrawn one
    to_state text CHECK (to_state IN ('active', 'closed', 'withdrawn')),
    successor_id uuid REFERENCES records (id),
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
    opened_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_reason text,
    UNIQUE (record_id, number),
    CHECK (concerns_chongqing OR NOT awaits_chongqing),
    CHECK (concerns_sichuan OR NOT awaits_sichuan),
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK ((purpose = 'change') = (content IS NOT NULL AND patch IS NOT NULL)),
    CHECK ((purpose = 'move') = (to_state IS NOT NULL)),
    CHECK ((state = 'conflicted') = (conflicts IS NOT NULL))
);
-- Each side has at most one proposal waiting on a record.
CREATE UNIQUE INDEX proposals_one_open ON proposals (record_id, province) WHERE state = 'open';
CREATE INDEX proposals_record ON proposals (record_id, id);
CREATE INDEX proposals_open ON proposals (id) WHERE state = 'open';
CREATE INDEX proposals_awaiting_chongqing ON proposals (id) WHERE state = 'open' AND awaits_chongqing;
CREATE INDEX proposals_awaiting_sichuan ON proposals (id) WHERE state = 'open' AND awaits_sichuan;

-- What takes the place of a withdrawn record: another one that supersedes it, or the one it was merged into.
CREATE TABLE successions (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    successor_id uuid NOT NULL REFERENCES records (id),
    merged boolean NOT NULL,
    CHECK (record_id <> successor_id)
);
CREATE INDEX successions_successor ON successions (successor_id);

-- What waits now stays waiting.
INSERT INTO proposals (id, record_id, number, kind, purpose, state, client_id, client, org_id, province, reason, request_id,
    base_revision, base_number, merges, digest, concerns_chongqing, concerns_sichuan, awaits_chongqing, awaits_sichuan, opened_at)
SELECT gen_random_uuid(),
    r.id, r.submission, r.kind, 'submission', 'open', v.client_id, v.client, v.org_id, COALESCE(v.province, r.province), v.reason,
    v.request_id, v.number, r.content_number, false, r.digest,
    r.joint OR r.province = '500000', r.joint OR r.province = '510000',
    (r.joint OR r.province = '500000') AND NOT EXISTS (SELECT 1 FROM confirmations c
        WHERE c.record_id = r.id AND c.submission = r.submission AND c.province = '500000'),
    (r.joint OR r.province = '510000') AND NOT EXISTS (SELECT 1 FROM confirmations c
        WHERE c.record_id = r.id AND c.submission = r.submission AND c.province = '510000'),
    v.at
FROM records r JOIN revisions v ON v.record_id = r.id AND v.number = r.submission
WHERE r.state = 'submitted';
-- A wish to resume, close or withdraw that only one province had is asked for again: it had no digest to confirm.
DROP TABLE agreements;
