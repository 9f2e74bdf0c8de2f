ALTER TABLE confirmations DROP COLUMN signatory_id;
