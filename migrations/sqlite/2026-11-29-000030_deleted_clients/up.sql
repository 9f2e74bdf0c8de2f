-- A client that was deleted stays as a row, because history and audit log name it and its name is not used again.
ALTER TABLE clients ADD COLUMN deleted_at integer;
