CREATE INDEX instruments_host_inner_no ON instruments (host_id, inner_no);
DROP INDEX records_kind_id;
CREATE INDEX records_kind_id ON records (kind, id);
DROP INDEX records_kind_source_system;
DROP INDEX records_kind_source_id;
