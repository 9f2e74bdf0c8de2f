-- Indicators: what targets and observations are about.
CREATE TABLE indicators (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('in_use', 'retired')),
    responsible_agency_id uuid NOT NULL REFERENCES records (id),
    unit text NOT NULL,
    value_type text NOT NULL,
    direction text NOT NULL,
    aggregation text NOT NULL,
    frequency text NOT NULL
);
CREATE INDEX indicators_lifecycle ON indicators (lifecycle, record_id);
CREATE INDEX indicators_responsible_agency_id ON indicators (responsible_agency_id, record_id);
CREATE INDEX indicators_unit ON indicators (unit, record_id);
CREATE INDEX indicators_value_type ON indicators (value_type, record_id);
CREATE INDEX indicators_direction ON indicators (direction, record_id);
CREATE INDEX indicators_aggregation ON indicators (aggregation, record_id);
CREATE INDEX indicators_frequency ON indicators (frequency, record_id);
