CREATE INDEX instruments_host_inner_no ON instruments (host_id, inner_no);
DROP INDEX records_kind_source_id;
