//! Everything that needs confirmation by the provinces: submissions and moves, decisions, change requests, successions.

pub mod belongings;
pub mod changes;
pub mod decisions;
pub mod eyes;
pub mod inbox;
pub mod moves;
pub mod signatory;
pub mod succession;
pub mod usage;
