DROP TABLE successions;
DROP TABLE proposals;
-- A province's wish to resume, close or withdraw an official joint record, until the other one has the same.
CREATE TABLE agreements (
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    to_state text NOT NULL CHECK (to_state IN ('active', 'closed', 'withdrawn')),
    province text NOT NULL CHECK (province IN ('500000', '510000')),
    client_id uuid NOT NULL,
    client text NOT NULL,
    reason text,
    request_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (record_id, to_state, province)
);
