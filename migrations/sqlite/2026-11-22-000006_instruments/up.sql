-- Shared instruments, one row a set. Money is in fen.
CREATE TABLE instruments (
    record_id blob PRIMARY KEY NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('registered', 'open', 'suspended', 'retired')),
    host_id blob NOT NULL REFERENCES records (id),
    inner_no text NOT NULL,
    serial_no text,
    pid text,
    category text NOT NULL,
    source text NOT NULL,
    original_value bigint NOT NULL CHECK (original_value > 0),
    manufacturer text NOT NULL,
    origin_country text,
    model text NOT NULL,
    commissioned_on date NOT NULL,
    decommissioned_on date,
    instrument_class text NOT NULL,
    rated_hours bigint NOT NULL CHECK (rated_hours BETWEEN 1 AND 8784),
    share_mode text NOT NULL,
    running_status text NOT NULL,
    affiliation text NOT NULL,
    customs_supervised boolean NOT NULL,
    CHECK (commissioned_on <= decommissioned_on),
    CHECK (lifecycle <> 'retired' OR decommissioned_on IS NOT NULL),
    CHECK (lifecycle <> 'open' OR share_mode <> '3')
) WITHOUT ROWID;
CREATE INDEX instruments_lifecycle ON instruments (lifecycle, record_id);
CREATE INDEX instruments_host_id ON instruments (host_id, record_id);
-- Not unique: one inner number a host is kept by identifiers, which a withdrawn record leaves, while its row stays here.
CREATE INDEX instruments_host_inner_no ON instruments (host_id, inner_no);
CREATE INDEX instruments_inner_no ON instruments (inner_no, record_id);
CREATE INDEX instruments_serial_no ON instruments (serial_no, record_id);
CREATE INDEX instruments_pid ON instruments (pid, record_id);
CREATE INDEX instruments_category ON instruments (category, record_id);
CREATE INDEX instruments_source ON instruments (source, record_id);
CREATE INDEX instruments_original_value ON instruments (original_value, record_id);
CREATE INDEX instruments_manufacturer ON instruments (manufacturer, record_id);
CREATE INDEX instruments_origin_country ON instruments (origin_country, record_id);
CREATE INDEX instruments_model ON instruments (model, record_id);
CREATE INDEX instruments_commissioned_on ON instruments (commissioned_on, record_id);
CREATE INDEX instruments_decommissioned_on ON instruments (decommissioned_on, record_id);
CREATE INDEX instruments_instrument_class ON instruments (instrument_class, record_id);
CREATE INDEX instruments_rated_hours ON instruments (rated_hours, record_id);
CREATE INDEX instruments_share_mode ON instruments (share_mode, record_id);
CREATE INDEX instruments_running_status ON instruments (running_status, record_id);
CREATE INDEX instruments_affiliation ON instruments (affiliation, record_id);
CREATE INDEX instruments_customs_supervised ON instruments (customs_supervised, record_id);
