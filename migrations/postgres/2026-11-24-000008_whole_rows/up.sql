-- A record's answer is copied to readers as it is stored. Rows up to the size of a page keep it there, uncompressed: unpacking
-- fifty of them costs more than all else of a list.
ALTER TABLE records SET (toast_tuple_target = 8160);
