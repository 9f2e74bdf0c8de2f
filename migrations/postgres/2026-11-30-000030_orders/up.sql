-- What is usually asked for together, a filter and a sort key, has an index of its own (Kind::orders).
CREATE INDEX instruments_category_commissioned_on ON instruments (category, commissioned_on, record_id);
CREATE INDEX instruments_host_id_commissioned_on ON instruments (host_id, commissioned_on, record_id);
