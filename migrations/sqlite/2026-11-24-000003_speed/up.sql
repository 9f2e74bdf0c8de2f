-- Lists by a key of the source system, in the order of their ids.
CREATE INDEX records_kind_source_id ON records (kind, source_id, id);
CREATE INDEX records_kind_source_system ON records (kind, source_system, id);
-- The way through all records of a kind in the order of their ids, with what decides about most rows beside it: a row has its
-- whole answer, and reading one for nothing costs more than the index.
DROP INDEX records_kind_id;
CREATE INDEX records_kind_id ON records (kind, id, state, created_at, updated_at);
-- One inner number a host is kept by identifiers; nothing looks here.
DROP INDEX instruments_host_inner_no;
