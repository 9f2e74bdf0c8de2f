//! Where a record that was found has what was searched.

use actix_web::web::Bytes;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::kind::Kind;
use crate::kind::search::Search;
use crate::problem::{Outcome, Problem};

/// Where a record was matched.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchMatch)]
pub struct Place {
    /// 命中的成员，如 name.zh。The member in which it was found, such as `name.zh` or `aliases.0.value`.
    #[schema(max_length = 100, pattern = r"^[a-z_]+(\.[a-z0-9_]+)*$", example = "name.zh")]
    member: String,
    /// 起始位置（码点，从 0 起）。Where it begins, in code points from 0.
    #[schema(minimum = 0, maximum = 100000)]
    from: u32,
    /// 结束位置（不含）。Where it ends, not included.
    #[schema(minimum = 1, maximum = 100000)]
    to: u32,
}

impl Place {
    fn of(search: &Search, kind: &Kind, text: &[u8]) -> Outcome<Option<Place>> {
        let answer: Value = serde_json::from_slice(text).map_err(Problem::internal)?;
        let place = search.place(kind, &answer);
        Ok(place.map(|(pointer, at)| Place {
            member: pointer.trim_start_matches('/').replace('/', "."),
            from: at.start,
            to: at.end,
        }))
    }
}

/// The end of an item, which says where it was matched.
pub fn place(search: &Search, kind: &Kind, text: &[u8]) -> Outcome<Bytes> {
    let Some(place) = Place::of(search, kind, text)? else { return Ok(Bytes::from_static(b"}")) };
    let place = serde_json::to_string(&place).map_err(Problem::internal)?;
    Ok(format!(",\"matched\":{place}}}").into())
}
