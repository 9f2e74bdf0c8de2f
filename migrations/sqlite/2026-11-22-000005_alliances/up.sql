-- Alliances; who takes part stands in parties.
CREATE TABLE alliances (
    record_id blob PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('preparing', 'active', 'suspended', 'dissolved')),
    alliance_type text NOT NULL,
    charter_signed_on date,
    filing_agency_id blob REFERENCES records (id),
    filing_no text,
    filed_on date,
    CHECK (lifecycle NOT IN ('active', 'suspended') OR charter_signed_on IS NOT NULL),
    CHECK ((filing_no IS NULL AND filed_on IS NULL) OR filing_agency_id IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX alliances_lifecycle ON alliances (lifecycle, record_id);
CREATE INDEX alliances_alliance_type ON alliances (alliance_type, record_id);
CREATE INDEX alliances_charter_signed_on ON alliances (charter_signed_on, record_id);
CREATE INDEX alliances_filing_agency_id ON alliances (filing_agency_id, record_id);
CREATE INDEX alliances_filing_no ON alliances (filing_no, record_id);
CREATE INDEX alliances_filed_on ON alliances (filed_on, record_id);
