-- Introductions (docs/rules.md §27.1): a contact between a demand and an offer, proposed by either side or by a broker. Records that
-- were merged since are followed when it is read, so that the records here are those it was proposed for.
CREATE TABLE introductions (
    id uuid PRIMARY KEY NOT NULL,
    code text NOT NULL UNIQUE,
    revision bigint NOT NULL CHECK (revision > 0),
    state text NOT NULL CHECK (state IN
        ('proposed', 'accepted_one_side', 'accepted', 'contracted', 'finished', 'declined', 'failed')),
    demand_id uuid NOT NULL REFERENCES records (id),
    -- a capability or an instrument
    offer_id uuid NOT NULL REFERENCES records (id),
    proposed_by text NOT NULL CHECK (proposed_by IN ('demand', 'offer', 'broker')),
    -- its author
    client_id uuid NOT NULL,
    client text NOT NULL,
    org_id uuid,
    note text,
    -- when each state was reached; of the sides, when each gave its word
    proposed_at timestamptz NOT NULL,
    demand_accepted_at timestamptz,
    offer_accepted_at timestamptz,
    contracted_at timestamptz,
    finished_at timestamptz,
    declined_at timestamptz,
    failed_at timestamptz,
    updated_at timestamptz NOT NULL,
    -- how it ended without a result, and who ended it
    reason_code text,
    reason text,
    ended_by text CHECK (ended_by IN ('demand', 'offer', 'broker')),
    contract_no text,
    -- fen
    amount bigint CHECK (amount BETWEEN 0 AND 99999999999999999),
    signed_on date,
    project_id uuid REFERENCES records (id),
    result text,
    CHECK (demand_id <> offer_id),
    CHECK (proposed_by <> 'demand' OR demand_accepted_at IS NOT NULL),
    CHECK (proposed_by <> 'offer' OR offer_accepted_at IS NOT NULL),
    CHECK (state <> 'proposed' OR (demand_accepted_at IS NULL AND offer_accepted_at IS NULL)),
    CHECK (state <> 'accepted_one_side' OR (demand_accepted_at IS NULL) <> (offer_accepted_at IS NULL)),
    CHECK (state NOT IN ('accepted', 'contracted', 'finished', 'failed')
        OR (demand_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL)),
    CHECK (state NOT IN ('contracted', 'finished') OR contracted_at IS NOT NULL),
    CHECK (state IN ('contracted', 'finished', 'failed') OR contracted_at IS NULL),
    CHECK ((contracted_at IS NULL) = (signed_on IS NULL)),
    CHECK (contracted_at IS NULL OR contract_no IS NOT NULL OR project_id IS NOT NULL),
    CHECK (contracted_at IS NOT NULL OR (contract_no IS NULL AND project_id IS NULL AND amount IS NULL)),
    CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
    CHECK ((state = 'finished') = (result IS NOT NULL)),
    CHECK ((state = 'declined') = (declined_at IS NOT NULL)),
    CHECK ((state = 'failed') = (failed_at IS NOT NULL)),
    CHECK ((state IN ('declined', 'failed')) = (reason_code IS NOT NULL)),
    CHECK ((state IN ('declined', 'failed')) = (ended_by IS NOT NULL)),
    CHECK (reason IS NULL OR reason_code IS NOT NULL),
    CHECK (reason_code <> 'other' OR reason IS NOT NULL),
    CHECK (reason_code <> 'recalled' OR state = 'declined')
);
-- A demand and an offer have at most one that lives (docs/domain.md §d11).
CREATE UNIQUE INDEX introductions_one_live ON introductions (demand_id, offer_id)
    WHERE state IN ('proposed', 'accepted_one_side', 'accepted', 'contracted');
CREATE INDEX introductions_open ON introductions (id) WHERE state IN ('proposed', 'accepted_one_side');
CREATE INDEX introductions_state ON introductions (state, id);
CREATE INDEX introductions_demand ON introductions (demand_id, id);
CREATE INDEX introductions_offer ON introductions (offer_id, id);
CREATE INDEX introductions_project ON introductions (project_id) WHERE project_id IS NOT NULL;

-- Its history: one step for each revision.
CREATE TABLE introduction_steps (
    introduction_id uuid NOT NULL REFERENCES introductions (id) ON DELETE CASCADE,
    number bigint NOT NULL CHECK (number > 0),
    state text NOT NULL CHECK (state IN
        ('proposed', 'accepted_one_side', 'accepted', 'contracted', 'finished', 'declined', 'failed')),
    -- for whom it was done, and by whom
    party text NOT NULL CHECK (party IN ('demand', 'offer', 'broker')),
    client_id uuid NOT NULL,
    client text NOT NULL,
    org_id uuid,
    province text,
    reason_code text,
    reason text,
    request_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (introduction_id, number)
);
