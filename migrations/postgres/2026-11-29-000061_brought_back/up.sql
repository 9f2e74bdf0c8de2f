-- A withdrawn record is brought back to the state that it had, which may be `suspended`.
ALTER TABLE proposals DROP CONSTRAINT proposals_to_state_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_to_state_check CHECK (to_state IN ('active', 'suspended', 'closed', 'withdrawn'));
