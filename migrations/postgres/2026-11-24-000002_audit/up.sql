-- The audit log: who did what to which record, client or key. Events are only ever added, each chained to the one before by
-- its hash; the head says where the chain ends, so that a tail that was cut off is missed.

CREATE TABLE audit_events (
    seq bigint PRIMARY KEY CHECK (seq >= 1),
    at timestamptz NOT NULL,
    -- {kind}.{action}, as in the feed
    action text NOT NULL,
    actor text NOT NULL,
    -- the record; absent when the event is about none
    kind text,
    record_id uuid,
    code text,
    -- the client that acted, or that the event is about; absent for keys
    client_id uuid,
    client text,
    org_id uuid,
    province text,
    -- the province whose auditors see it, or both
    concerns text NOT NULL,
    request_id uuid,
    from_revision bigint,
    to_revision bigint,
    from_digest text,
    to_digest text,
    -- JSON array of top-level member names
    changed text NOT NULL,
    detail text,
    reason text,
    prev_hash text NOT NULL,
    hash text NOT NULL,
    CHECK ((kind IS NULL) = (record_id IS NULL) AND (kind IS NULL) = (code IS NULL)),
    CHECK (length(prev_hash) = 72 AND length(hash) = 72)
);
-- A revision has one event.
CREATE UNIQUE INDEX audit_events_revision ON audit_events (record_id, to_revision);
CREATE INDEX audit_events_code ON audit_events (code, seq);
CREATE INDEX audit_events_client ON audit_events (client, seq);
CREATE INDEX audit_events_request ON audit_events (request_id);

-- The last event. An event is added by raising `seq`, which takes the lock that is held to commit, and inserting the event,
-- which sets `hash`. Revisions whose feed position is `began_after` or less are older than the log.
CREATE TABLE audit_head (
    one integer PRIMARY KEY CHECK (one = 1),
    seq bigint NOT NULL,
    hash text NOT NULL,
    began_after bigint NOT NULL
);
INSERT INTO audit_head (one, seq, hash, began_after)
SELECT 1, 0, 'sha-256:0000000000000000000000000000000000000000000000000000000000000000', seq FROM feed;

CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE FUNCTION audit_event_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_head SET hash = NEW.hash WHERE seq = NEW.seq AND hash = NEW.prev_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an audit event must follow the last one';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION audit_head_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq NOT IN (OLD.seq, OLD.seq + 1) OR NEW.began_after <> OLD.began_after
        OR (NEW.hash <> OLD.hash AND NEW.hash IS DISTINCT FROM (SELECT hash FROM audit_events WHERE seq = NEW.seq)) THEN
        RAISE EXCEPTION 'the head of the audit log only moves on';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_events_changed BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_refused();
CREATE TRIGGER audit_events_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused();
CREATE TRIGGER audit_events_added AFTER INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_event_added();
CREATE TRIGGER audit_head_changed BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_changed();
CREATE TRIGGER audit_head_deleted BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refused();
CREATE TRIGGER audit_head_emptied BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused();
