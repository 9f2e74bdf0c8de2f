-- What waits to be suspended again is asked for anew; what was decided stays in the history of its record.
DELETE FROM proposals WHERE to_state = 'suspended';
ALTER TABLE proposals DROP CONSTRAINT proposals_to_state_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_to_state_check CHECK (to_state IN ('active', 'closed', 'withdrawn'));
