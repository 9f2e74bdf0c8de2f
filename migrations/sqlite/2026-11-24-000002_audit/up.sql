-- The audit log: who did what to which record, client or key. Events are only ever added, each chained to the one before by
-- its hash; the head says where the chain ends, so that a tail that was cut off is missed.

CREATE TABLE audit_events (
    seq integer PRIMARY KEY CHECK (seq >= 1),
    at integer NOT NULL,
    -- {kind}.{action}, as in the feed
    action text NOT NULL,
    actor text NOT NULL,
    -- the record; absent when the event is about none
    kind text,
    record_id blob,
    code text,
    -- the client that acted, or that the event is about; absent for keys
    client_id blob,
    client text,
    org_id blob,
    province text,
    -- the province whose auditors see it, or both
    concerns text NOT NULL,
    request_id blob,
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

CREATE TRIGGER audit_events_changed BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;
CREATE TRIGGER audit_events_deleted BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;
CREATE TRIGGER audit_events_added AFTER INSERT ON audit_events
BEGIN
    UPDATE audit_head SET hash = NEW.hash WHERE seq = NEW.seq AND hash = NEW.prev_hash;
    SELECT RAISE(ABORT, 'an audit event must follow the last one')
    WHERE NOT EXISTS (SELECT 1 FROM audit_head WHERE seq = NEW.seq AND hash = NEW.hash);
END;
CREATE TRIGGER audit_head_changed BEFORE UPDATE ON audit_head
WHEN NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
    OR NEW.began_after <> OLD.began_after
    OR (NEW.hash <> OLD.hash AND NEW.hash IS NOT (SELECT hash FROM audit_events WHERE seq = NEW.seq))
BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log only moves on');
END;
CREATE TRIGGER audit_head_deleted BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log is never deleted');
END;
