//! Short forms for the declarations of the kinds.

use serde_json::Value;

use crate::records::{Label, Member, Owner, Shape};

pub const fn label(zh: &'static str, en: &'static str) -> Label {
    Label { zh, en }
}

/// A member that lists filter by; `about` is Chinese and English.
pub const fn filter(
    name: &'static str,
    at: &'static [&'static str],
    shape: Shape,
    about: (&'static str, &'static str),
) -> Member {
    Member { name, at, shape, about: label(about.0, about.1), sort: false }
}

/// A member that lists filter and sort by: its column is NOT NULL.
pub const fn sortable(
    name: &'static str,
    at: &'static [&'static str],
    shape: Shape,
    about: (&'static str, &'static str),
) -> Member {
    Member { name, at, shape, about: label(about.0, about.1), sort: true }
}

/// The organization that a content refers to at `pointer`, as the owner of its record.
pub fn owned_by(content: &Value, pointer: &str) -> Owner {
    let id = content.pointer(pointer).and_then(|reference| reference.get("id")?.as_str()?.parse().ok());
    id.map_or(Owner::Unknown, Owner::Organization)
}
