//! Official records that today's rules would refuse: rules became stricter, or what a record refers to has changed.
//!
//! They stay as they are, and a change of one is not refused for what stood before; whoever keeps the register wants to know
//! which they are.

use diesel::prelude::*;
use serde_json::Value;

use super::kind::today;
use super::model::{Head, state};
use super::projection::Projection;
use super::register::{Register, Registered};
use super::resolve::Referring;
use super::view::Sight;
use super::write;
use crate::api::{Fault, Outcome, Problem};
use crate::db::schema::{contents, records};
use crate::db::{Connection, Id};

/// An official record with the faults of its content.
#[derive(Debug)]
pub struct Broken {
    pub code: String,
    pub faults: Vec<Fault>,
}

/// Judges up to `limit` official records of a kind after `after` as they stand; answers those that break a rule, and the last
/// one that was looked at (none when there are no more).
pub fn broken(
    register: &Register,
    kind: &Registered,
    after: Option<Id>,
    limit: i64,
    conn: &mut Connection,
) -> Outcome<(Vec<Broken>, Option<Id>)> {
    let mut query = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::kind.eq(kind.name))
        .filter(records::published_at.is_not_null())
        .filter(records::state.ne(state::WITHDRAWN))
        .order(records::id)
        .limit(limit)
        .select((Head::as_select(), contents::text))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(records::id.gt(after));
    }
    let found: Vec<(Head, String)> = query.load(conn)?;
    let last = found.last().map(|(head, _)| head.id);
    let mut broken = Vec::new();
    for (head, text) in found {
        let faults = faults_of(register, kind, &head, &text, conn)?;
        if !faults.is_empty() {
            broken.push(Broken { code: head.code, faults });
        }
    }
    Ok((broken, last))
}

fn faults_of(
    register: &Register,
    kind: &Registered,
    head: &Head,
    text: &str,
    conn: &mut Connection,
) -> Outcome<Vec<Fault>> {
    let content: Value = serde_json::from_str(text).map_err(Problem::internal)?;
    let links = Projection::of(kind, &content).links;
    let mut examined = write::examine(kind, content.clone(), today());
    // What it refers to already is known to whoever it is.
    let referring = Referring { own: head.id, before: &links };
    write::look_up(register, kind, &Sight::of(None), referring, &mut examined, conn)?;
    write::check_ownership(kind, head, &content, &mut examined.findings);
    Ok(examined.findings.into_faults())
}
