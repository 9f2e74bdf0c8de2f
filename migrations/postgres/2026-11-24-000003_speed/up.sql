-- Lists by a key of the source system, in the order of their ids.
CREATE INDEX records_kind_source_id ON records (kind, source_id, id);
-- One inner number a host is kept by identifiers; nothing looks here.
DROP INDEX instruments_host_inner_no;
