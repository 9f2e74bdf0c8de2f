-- Policies of both provinces or of one side; the issuers stand in parties.
CREATE TABLE policies (
    record_id blob PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('drafting', 'consulting', 'issued', 'in_force', 'expired', 'repealed', 'abandoned')),
    policy_kind text NOT NULL CHECK (policy_kind IN ('joint', 'chongqing', 'sichuan')),
    document_no text,
    index_no text,
    recognition text,
    drafted_on date,
    consultation_from date,
    consultation_to date,
    issued_on date,
    effective_from date,
    effective_to date,
    replaced_by_id blob REFERENCES records (id),
    CHECK (consultation_from <= consultation_to),
    CHECK (issued_on <= effective_from),
    CHECK (effective_from <= effective_to),
    CHECK (lifecycle IN ('drafting', 'consulting', 'abandoned') OR (document_no IS NOT NULL AND issued_on IS NOT NULL)),
    CHECK (lifecycle NOT IN ('in_force', 'expired') OR effective_from IS NOT NULL),
    CHECK (lifecycle <> 'expired' OR effective_to IS NOT NULL),
    CHECK (lifecycle <> 'repealed' OR replaced_by_id IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX policies_lifecycle ON policies (lifecycle, record_id);
CREATE INDEX policies_policy_kind ON policies (policy_kind, record_id);
CREATE INDEX policies_document_no ON policies (document_no, record_id);
CREATE INDEX policies_index_no ON policies (index_no, record_id);
CREATE INDEX policies_recognition ON policies (recognition, record_id);
CREATE INDEX policies_drafted_on ON policies (drafted_on, record_id);
CREATE INDEX policies_consultation_from ON policies (consultation_from, record_id);
CREATE INDEX policies_consultation_to ON policies (consultation_to, record_id);
CREATE INDEX policies_issued_on ON policies (issued_on, record_id);
CREATE INDEX policies_effective_from ON policies (effective_from, record_id);
CREATE INDEX policies_effective_to ON policies (effective_to, record_id);
CREATE INDEX policies_replaced_by_id ON policies (replaced_by_id, record_id);
