-- Lists and the feed ask of a record in which revision it is and who may see it, and find that here without its row, whose
-- answer fills half a page.
CREATE INDEX records_standing ON records (id) INCLUDE (revision, state, joint, province, owner_id, created_by);
