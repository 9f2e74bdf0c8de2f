-- Organizations: what lists, references and constraints need of their content.
CREATE TABLE organizations (
    record_id blob PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('active', 'merged', 'ended', 'withdrawn')),
    type text NOT NULL,
    legal_person boolean NOT NULL,
    uscc text CHECK (length(uscc) = 18),
    ror_id text,
    nrii_unit_code text,
    parent_id blob REFERENCES records (id),
    successor_id blob REFERENCES records (id),
    industry text,
    established_on date,
    ended_on date,
    CHECK (established_on <= ended_on),
    CHECK (lifecycle <> 'merged' OR successor_id IS NOT NULL),
    CHECK (lifecycle <> 'ended' OR ended_on IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX organizations_lifecycle ON organizations (lifecycle, record_id);
CREATE INDEX organizations_type ON organizations (type, record_id);
CREATE INDEX organizations_legal_person ON organizations (legal_person, record_id);
CREATE INDEX organizations_uscc ON organizations (uscc, record_id);
CREATE INDEX organizations_ror_id ON organizations (ror_id, record_id);
CREATE INDEX organizations_nrii_unit_code ON organizations (nrii_unit_code, record_id);
CREATE INDEX organizations_parent_id ON organizations (parent_id, record_id);
CREATE INDEX organizations_successor_id ON organizations (successor_id, record_id);
CREATE INDEX organizations_industry ON organizations (industry, record_id);
CREATE INDEX organizations_established_on ON organizations (established_on, record_id);
CREATE INDEX organizations_ended_on ON organizations (ended_on, record_id);
