-- Targets: which value of an indicator is wanted of a scope in a year; the responsible agencies stand in parties.
CREATE TABLE targets (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('proposed', 'set', 'replaced', 'dropped')),
    indicator_id uuid NOT NULL REFERENCES records (id),
    target_year bigint NOT NULL,
    period_from bigint,
    comparator text NOT NULL,
    commitment text,
    path text,
    policy_id uuid REFERENCES records (id),
    CHECK (period_from <= target_year)
);
CREATE INDEX targets_lifecycle ON targets (lifecycle, record_id);
CREATE INDEX targets_indicator_id ON targets (indicator_id, record_id);
CREATE INDEX targets_target_year ON targets (target_year, record_id);
CREATE INDEX targets_period_from ON targets (period_from, record_id);
CREATE INDEX targets_comparator ON targets (comparator, record_id);
CREATE INDEX targets_commitment ON targets (commitment, record_id);
CREATE INDEX targets_path ON targets (path, record_id);
CREATE INDEX targets_policy_id ON targets (policy_id, record_id);
