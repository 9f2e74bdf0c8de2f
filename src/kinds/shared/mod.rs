//! What several kinds have in common: how they are declared, small types, rules about parties, divisions and dates, and
//! the post-processing of schemas.

pub mod declare;
pub mod figures;
pub mod members;
pub mod parties;
pub mod rules;
pub mod schema;
pub mod types;

pub use parties::{Membership, Party};
pub use types::{
    Alias, Contact, DivisionCode, Evaluation, FundingItem, Keyword, Person, Precision, ProvinceCode, Review, ShortText,
};

use crate::db::Id;

/// The fixed id of a demo organization, row `row` (from 1) of the list of real organizations, in the form of a UUIDv7.
///
/// Parties name organizations by id, so examples and demo data need ids that are the same everywhere.
pub fn demo_org_id(row: u32) -> Id {
    Id(uuid::Uuid::from_u128(0x019a_bf00_0000_7000_8000_0000_0000_0000 | u128::from(row)))
}

/// The fixed identifier of the `number`th demo record (from 1) of the kind at `place` in [`crate::kinds::ALL`].
pub fn demo_record_id(place: u32, number: u32) -> Id {
    if place == 0 {
        return demo_org_id(number);
    }
    Id(uuid::Uuid::from_u128(
        0x019a_bf00_0000_7000_8001_0000_0000_0000 + (u128::from(place) << 32) + u128::from(number),
    ))
}
