//! How a kind is declared: by what differs from the common case.
//!
//! ```text
//! pub static KIND: Kind = Kind { about: …, lifecycle: …, members: MEMBERS, example, ..declare!(JointLab, "joint-labs") };
//! ```

use serde_json::Value;

use crate::kind::{self, Content, Kind, Label, Lifecycle, Ownership};
use crate::kinds::shared::schema::schemas;
use crate::reference::KindNames;

/// The kind of this content and name: its names are those of `data/reference/kinds.csv`, its table is its name with `_`, and
/// the rest is what most kinds have. What cannot be left out (`about`, `lifecycle`, `members`, `example`) is empty, which the
/// tests of the kinds refuse.
macro_rules! declare {
    ($content:ident, $name:literal) => {{
        const TABLE: [u8; $name.len()] = $crate::kinds::shared::declare::table($name);
        const TEXT: &str = match std::str::from_utf8(&TABLE) {
            Ok(text) => text,
            Err(_) => panic!("the name of a kind is ASCII"),
        };
        $crate::kinds::shared::declare::of::<$content>($name, stringify!($content), TEXT)
    }};
}
pub(crate) use declare;

/// A member that lists filter by, at its own name unless [`Member::at`](crate::kind::Member) says otherwise; `about` is
/// Chinese and English.
macro_rules! filter {
    ($name:literal, $shape:expr, $about:expr $(,)?) => {
        $crate::kind::Member {
            name: $name,
            at: &[concat!("/", $name)],
            shape: $shape,
            about: $crate::kind::Label { zh: $about.0, en: $about.1 },
            sort: false,
        }
    };
}
pub(crate) use filter;

/// A member that lists filter and sort by: its column is NOT NULL.
macro_rules! sortable {
    ($name:literal, $shape:expr, $about:expr $(,)?) => {
        $crate::kind::Member { sort: true, ..$crate::kinds::shared::declare::filter!($name, $shape, $about) }
    };
}
pub(crate) use sortable;

/// For `declare!`: `schema` is the name of the content's type, which is also that of its schema (tested).
pub const fn of<C: Content>(name: &'static str, schema: &'static str, table: &'static str) -> Kind {
    let KindNames { singular, prefix, zh, en, .. } = KindNames::of(name);
    Kind {
        name,
        singular,
        schema,
        label: Label { zh, en },
        about: Label { zh: "", en: "" },
        table,
        prefix,
        ownership: Ownership::Joint,
        leading: &[],
        unsigned: &["remarks"],
        private: &[],
        sets: &[],
        kept_in_use: &[],
        parent: None,
        anonymity: None,
        lifecycle: Lifecycle { vocabulary: "", steps: &[], ended: &[], successor: None, predecessors: None },
        members: &[],
        orders: &[],
        uniques: &[],
        searched: &[],
        namesakes: &[],
        vary: "/name/zh",
        example: || Value::Null,
        schemas: schemas::<C>,
        review: None,
        check: kind::check::<C>,
    }
}

/// For `declare!`: the name with `_` for each `-`.
pub const fn table<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut table = [b'_'; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        if name.as_bytes()[at] != b'-' {
            table[at] = name.as_bytes()[at];
        }
        at += 1;
    }
    table
}
