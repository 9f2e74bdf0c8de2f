-- The organization of the register that a confirmation names as its signatory; its names stand beside it as they were that day.
-- Without one the names are what the client said, as all of before are.
ALTER TABLE confirmations ADD COLUMN signatory_id blob;
