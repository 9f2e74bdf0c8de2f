//! The kinds of record: what differs between a joint lab and an instrument, one folder each.
//!
//! A folder has `content.rs` (what an agency sends and both provinces sign), `rules.rs` (what JSON Schema cannot say) and
//! `mod.rs` (the declaration: members, lifecycle, uniqueness, example). Fields, lifecycles and rules come from the domain
//! reference §b, §c and §d. Kinds know `records` and `reference`, and never each other; what they share is in `shared`.

pub mod alliances;
pub mod instruments;
pub mod joint_labs;
pub mod organizations;
pub mod projects;
pub mod shared;

use crate::records::Kind;

/// The kinds of this folder, in the order people name them.
pub static ALL: [&Kind; 5] =
    [&organizations::KIND, &joint_labs::KIND, &alliances::KIND, &instruments::KIND, &projects::KIND];

#[cfg(test)]
mod tests;
