-- Joint labs and other joint platforms; who takes part stands in parties.
CREATE TABLE joint_labs (
    record_id uuid PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    lifecycle text NOT NULL CHECK (lifecycle IN ('planned', 'under_construction', 'operating', 'rectifying', 'reorganised', 'closed', 'cancelled')),
    platform_type text NOT NULL,
    approval_no text,
    agreement_signed_on date,
    approved_on date,
    build_start_on date,
    build_end_planned_on date,
    operating_since date,
    fixed_staff bigint CHECK (fixed_staff >= 0),
    instrument_value bigint CHECK (instrument_value >= 0),
    successor_id uuid REFERENCES records (id),
    CHECK (build_start_on <= build_end_planned_on),
    CHECK (build_start_on <= operating_since),
    CHECK (lifecycle <> 'reorganised' OR successor_id IS NOT NULL),
    CHECK (lifecycle IN ('planned', 'cancelled')
        OR (agreement_signed_on IS NOT NULL AND approval_no IS NOT NULL AND approved_on IS NOT NULL))
);
CREATE INDEX joint_labs_lifecycle ON joint_labs (lifecycle, record_id);
CREATE INDEX joint_labs_platform_type ON joint_labs (platform_type, record_id);
CREATE INDEX joint_labs_approval_no ON joint_labs (approval_no, record_id);
CREATE INDEX joint_labs_agreement_signed_on ON joint_labs (agreement_signed_on, record_id);
CREATE INDEX joint_labs_approved_on ON joint_labs (approved_on, record_id);
CREATE INDEX joint_labs_build_start_on ON joint_labs (build_start_on, record_id);
CREATE INDEX joint_labs_build_end_planned_on ON joint_labs (build_end_planned_on, record_id);
CREATE INDEX joint_labs_operating_since ON joint_labs (operating_since, record_id);
CREATE INDEX joint_labs_fixed_staff ON joint_labs (fixed_staff, record_id);
CREATE INDEX joint_labs_instrument_value ON joint_labs (instrument_value, record_id);
CREATE INDEX joint_labs_successor_id ON joint_labs (successor_id, record_id);
