//! The kinds of record: what differs between a joint lab and an instrument, one folder each.
//!
//! A folder has `content.rs` (what an agency sends and both provinces sign), `rules.rs` (what JSON Schema cannot say)
//! and `mod.rs` (the declaration: members, lifecycle, uniqueness, example). Fields, lifecycles and rules are described
//! in `docs/domain.md` §b, §c and §d. Kinds know `records` and `reference`, and never each other; what they share is in
//! `shared`.

pub mod achievements;
pub mod alliances;
pub mod capabilities;
pub mod demands;
pub mod indicators;
pub mod instruments;
pub mod joint_labs;
pub mod observations;
pub mod organizations;
pub mod policies;
pub mod projects;
pub mod shared;
pub mod targets;

use std::sync::LazyLock;

use crate::db::Id;
use crate::kind::Kind;
use crate::kind::register::Register;

/// The kinds of this folder. Identifiers of demo records depend on the place in the list: add new kinds at the end.
pub static ALL: &[&Kind] = &[
    &organizations::KIND,
    &joint_labs::KIND,
    &alliances::KIND,
    &instruments::KIND,
    &projects::KIND,
    &achievements::KIND,
    &policies::KIND,
    &demands::KIND,
    &capabilities::KIND,
    &indicators::KIND,
    &targets::KIND,
    &observations::KIND,
];

/// The identifier that the examples of the contract use for a record of this kind: one of the demo data.
pub fn example_id(kind: &str) -> Id {
    shared::demo_record_id(place(kind), 1)
}

/// The place of a kind in [`ALL`], from which the identifiers of demo records are made.
pub fn place(kind: &str) -> u32 {
    ALL.iter().position(|one| one.name == kind).unwrap_or_default() as u32
}

/// The kinds of this register; made once a process.
pub fn register() -> &'static Register {
    static REGISTER: LazyLock<Register> = LazyLock::new(|| Register::new(ALL));
    &REGISTER
}

#[cfg(test)]
mod tests;
