-- Organizations that the operator marks as speaking for their province: their clients may confirm, and one of them confirms what
-- another of them wrote of the agency's own.
CREATE TABLE agencies (
    org_id uuid PRIMARY KEY NOT NULL REFERENCES records (id),
    since timestamptz NOT NULL
);
-- Whether the operator said that a client confirms for its province though its organization is no agency. Grants of before are
-- listed by `check`, not dropped.
ALTER TABLE clients ADD COLUMN for_province boolean NOT NULL DEFAULT false;
-- The steps since which a record is official with a content that was judged as a whole: who wrote anything after the last of them
-- does not confirm it.
CREATE INDEX revisions_official ON revisions (record_id, number) WHERE action IN ('activated', 'changed');
