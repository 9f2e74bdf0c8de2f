-- R&D capabilities on offer.
CREATE TABLE capabilities (
    record_id blob PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('available', 'paused', 'expired', 'closed')),
    organization_id blob NOT NULL REFERENCES records (id),
    team_leader_organization_id blob REFERENCES records (id),
    industry text,
    maturity text NOT NULL,
    valid_until date NOT NULL
) WITHOUT ROWID;
CREATE INDEX capabilities_lifecycle ON capabilities (lifecycle, record_id);
CREATE INDEX capabilities_organization_id ON capabilities (organization_id, record_id);
CREATE INDEX capabilities_team_leader_organization_id ON capabilities (team_leader_organization_id, record_id);
CREATE INDEX capabilities_industry ON capabilities (industry, record_id);
CREATE INDEX capabilities_maturity ON capabilities (maturity, record_id);
CREATE INDEX capabilities_valid_until ON capabilities (valid_until, record_id);
