-- Observations: which value of an indicator was found of a scope; the responsible agencies stand in parties.
CREATE TABLE observations (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('recorded', 'retracted')),
    indicator_id uuid NOT NULL REFERENCES records (id),
    year bigint,
    as_of_on date,
    cumulative_since date,
    comparator text NOT NULL,
    rank text NOT NULL,
    quality text NOT NULL,
    published_on date,
    CHECK (cumulative_since <= as_of_on),
    CHECK ((year IS NULL) <> (as_of_on IS NULL))
);
CREATE INDEX observations_lifecycle ON observations (lifecycle, record_id);
CREATE INDEX observations_indicator_id ON observations (indicator_id, record_id);
CREATE INDEX observations_year ON observations (year, record_id);
CREATE INDEX observations_as_of_on ON observations (as_of_on, record_id);
CREATE INDEX observations_cumulative_since ON observations (cumulative_since, record_id);
CREATE INDEX observations_comparator ON observations (comparator, record_id);
CREATE INDEX observations_rank ON observations (rank, record_id);
CREATE INDEX observations_quality ON observations (quality, record_id);
CREATE INDEX observations_published_on ON observations (published_on, record_id);
