//! Introductions (对接): a contact between a demand and an offer, from the proposal to a contract and its result
//! (`docs/rules.md` §27.1, `docs/domain.md` §b10).
//!
//! [`steps`] says as data who may make which step; [`sides`] who speaks for a side, and who is told the owner of a demand who asked
//! not to be named; [`sight`] who sees an introduction at all. An introduction is no record of a kind: it has a table and a history of
//! its own, and takes part in the feed and the audit log.

pub mod document;
pub mod figures;
pub mod list;
pub mod moves;
pub mod propose;
pub mod routes;
pub mod rows;
pub mod show;
pub mod sides;
pub mod sight;
pub mod steps;

/// Path and feed word.
pub const NAME: &str = "introductions";

/// The word before the dot of feed types and audit actions.
pub const SINGULAR: &str = "introduction";

/// What codes of introductions begin with; no kind has it.
pub const PREFIX: &str = "ITR";

/// Kinds of record that may be offered.
pub const OFFERS: [&str; 2] = ["capabilities", "instruments"];

/// Where an introduction stands.
pub mod state {
    pub const PROPOSED: &str = "proposed";
    pub const ACCEPTED_ONE_SIDE: &str = "accepted_one_side";
    pub const ACCEPTED: &str = "accepted";
    pub const CONTRACTED: &str = "contracted";
    pub const FINISHED: &str = "finished";
    pub const DECLINED: &str = "declined";
    pub const FAILED: &str = "failed";
    pub const ALL: [&str; 7] = [PROPOSED, ACCEPTED_ONE_SIDE, ACCEPTED, CONTRACTED, FINISHED, DECLINED, FAILED];
    /// Those of which a demand and an offer have at most one (`docs/domain.md` §d11).
    pub const LIVE: [&str; 4] = [PROPOSED, ACCEPTED_ONE_SIDE, ACCEPTED, CONTRACTED];
    /// Those that wait for the word of a side.
    pub const OPEN: [&str; 2] = [PROPOSED, ACCEPTED_ONE_SIDE];
}

/// The reason by which its proposer takes an introduction back.
pub const RECALLED: &str = "recalled";

/// The reason that must be said in words.
pub const OTHER: &str = "other";
