ALTER TABLE records RESET (toast_tuple_target);
