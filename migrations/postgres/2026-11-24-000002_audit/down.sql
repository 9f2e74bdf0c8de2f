DROP TABLE audit_head;
DROP TABLE audit_events;
DROP FUNCTION audit_refused;
DROP FUNCTION audit_event_added;
DROP FUNCTION audit_head_changed;
