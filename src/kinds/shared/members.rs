//! Short forms for the member lists of the kinds.

use crate::records::{Label, Member, Shape};

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
