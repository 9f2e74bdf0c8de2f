//! In which order a list comes: its sort keys, and the cursor that says where a page ended.

use crate::api::query::{Query, not_in_list};
use crate::db::{Cell, Moment};
use crate::kind::{Kind, Shape};
use crate::problem::Fault;
use crate::reference::guess::closest;

#[derive(Debug, Clone)]
pub struct SortKey {
    pub name: String,
    /// SQL expression over `k` and `r`.
    pub column: String,
    /// Where the value stands in an answer, for the next cursor ([`value_at`](crate::kind::pointers::value_at)).
    pub at: Vec<&'static str>,
    /// That of the member; none of what every record has.
    pub shape: Option<&'static dyn Shape>,
    pub descending: bool,
    pub own: bool,
}

/// Maximum number of sort keys.
const MOST_KEYS: usize = 3;

/// Sort names that every kind has: name, column, place in the answer.
pub const SORTS: [(&str, &str, &str); 5] = [
    ("id", "r.id", "/id"),
    ("code", "r.code", "/code"),
    ("created_at", "r.created_at", "/created_at"),
    ("updated_at", "r.updated_at", "/updated_at"),
    ("name", "r.name_zh", "/name/zh"),
];

/// The names that `sort` takes for a kind.
pub fn sort_names(kind: &Kind) -> Vec<&'static str> {
    let own = kind.members.iter().filter(|member| member.sort).map(|member| member.name);
    SORTS.iter().map(|(name, ..)| *name).chain(own).collect()
}

impl SortKey {
    pub fn cell(&self, text: &str) -> Option<Cell> {
        if let Some(shape) = self.shape {
            return shape.cursor(text);
        }
        Some(match self.column.as_str() {
            "r.id" => Cell::Id(Some(text.parse().ok()?)),
            _ if self.name.ends_with("_at") => Cell::Moment(Some(text.parse::<Moment>().ok()?)),
            _ => Cell::text(text),
        })
    }
}

/// Takes `sort` out of a query.
pub fn take_sort(kind: &Kind, query: &Query) -> Vec<SortKey> {
    let Some(text) = query.take_joined("sort") else { return Vec::new() };
    let mut keys = Vec::<SortKey>::new();
    if text.split(',').count() > MOST_KEYS {
        query.refuse(Fault::parameter("sort", "too-many-items").arg("limit", MOST_KEYS));
        return keys;
    }
    for word in text.split(',') {
        let (descending, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        let common = SORTS.iter().find(|(known, ..)| *known == name);
        let own = kind.members.iter().find(|member| member.sort && member.name == name);
        let key = match (common, own) {
            (Some((_, column, at)), _) => ((*column).to_owned(), vec![*at], None, false),
            (None, Some(member)) => (format!("k.{name}"), member.at.to_vec(), Some(member.shape), true),
            (None, None) => {
                let names = sort_names(kind);
                let guess = closest(name, names.iter().copied());
                query.refuse(not_in_list("sort", name, &names.join(", "), guess));
                continue;
            }
        };
        if keys.iter().any(|known| known.name == name) {
            query.refuse(Fault::parameter("sort", "duplicate-items"));
            continue;
        }
        let (column, at, shape, own) = key;
        keys.push(SortKey { name: name.to_owned(), column, at, shape, descending, own });
    }
    keys
}
