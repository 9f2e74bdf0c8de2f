-- Technology demands. Money is in fen.
CREATE TABLE demands (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('open', 'matching', 'matched', 'solved', 'expired', 'closed')),
    organization_id uuid NOT NULL REFERENCES records (id),
    -- what lists for readers without a token look at: the organization of a hidden one is not told
    name_disclosure text NOT NULL CHECK (name_disclosure IN ('show', 'hide')),
    demand_type text NOT NULL,
    industry text NOT NULL,
    deadline_on date NOT NULL,
    intended_investment bigint CHECK (intended_investment >= 0),
    bottleneck boolean
);
CREATE INDEX demands_lifecycle ON demands (lifecycle, record_id);
CREATE INDEX demands_organization_id ON demands (organization_id, record_id);
CREATE INDEX demands_name_disclosure ON demands (name_disclosure, record_id);
CREATE INDEX demands_demand_type ON demands (demand_type, record_id);
CREATE INDEX demands_industry ON demands (industry, record_id);
CREATE INDEX demands_deadline_on ON demands (deadline_on, record_id);
CREATE INDEX demands_intended_investment ON demands (intended_investment, record_id);
CREATE INDEX demands_bottleneck ON demands (bottleneck, record_id);
