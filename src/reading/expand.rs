//! `expand=owner,parties`: what the references of an answer point to, one level deep (`docs/rules.md` §5).
//!
//! The answer itself stays as it is; a member `expanded` is added that has, for each name, the records referred to.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::api::Query;
use crate::db::schema::{records, successions};
use crate::db::{Connection, Id};
use crate::forms::summary::RecordSummary;
use crate::kind::pointers::{self, expandable, reference_id};
use crate::kind::{Kind, Shape};
use crate::problem::{Fault, Outcome, Problem};
use crate::records::rows::{Head, state};
use crate::records::sight::Sight;

/// At most this many expandable.
const MOST: usize = 3;

/// The expandable asked for.
#[derive(Debug, Clone, Default)]
pub struct Expansion(Vec<String>);

impl Expansion {
    /// Takes `expand` out of a query.
    pub fn take(kind: &Kind, query: &Query) -> Expansion {
        let expandable = query.take_words("expand", &expandable(kind)).unwrap_or_default();
        if expandable.len() > MOST {
            query.refuse(Fault::parameter("expand", "too-many-items").arg("limit", MOST));
        }
        Expansion(expandable)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds `expanded` to every answer; records that the caller may not see are left out of it. A merged record is
    /// replaced by the one it was merged into; a withdrawn one shows its state.
    pub fn apply(
        &self,
        kind: &Kind,
        rows: &[impl AsRef<[u8]>],
        sight: &Sight,
        conn: &mut Connection,
    ) -> Outcome<Vec<Vec<u8>>> {
        let answers: Vec<Value> = rows
            .iter()
            .map(|row| serde_json::from_slice(row.as_ref()).map_err(Problem::internal))
            .collect::<Outcome<_>>()?;
        let wanted: Vec<BTreeMap<&str, Vec<Id>>> = answers.iter().map(|answer| self.ids(kind, answer)).collect();
        let all: BTreeSet<Id> = wanted.iter().flat_map(|one| one.values().flatten().copied()).collect();
        let heads: Vec<Head> = records::table.filter(records::id.eq_any(all)).select(Head::as_select()).load(conn)?;
        let heads: BTreeMap<Id, Head> =
            heads.into_iter().filter(|head| sight.sees(&head.into())).map(|head| (head.id, head)).collect();
        let successors = successors(&heads, conn)?;
        let summary = |id: &Id| {
            let merged = successors.get(id).map(|head| summary(head, Some(*id)));
            merged.or_else(|| heads.get(id).map(|head| summary(head, None)))
        };
        rows.iter()
            .zip(&wanted)
            .map(|(row, wanted)| {
                let expanded: BTreeMap<&str, Vec<Value>> =
                    wanted.iter().map(|(name, ids)| (*name, ids.iter().filter_map(summary).collect())).collect();
                let open = row.as_ref().strip_suffix(b"}").unwrap_or_default();
                Ok([open, format!(",\"expanded\":{}}}", json!(expanded)).as_bytes()].concat())
            })
            .collect()
    }

    fn ids(&self, kind: &Kind, answer: &Value) -> BTreeMap<&str, Vec<Id>> {
        let of = |name: &str| -> Vec<Id> {
            if name == "owner" {
                return answer.get("owner").and_then(reference_id).into_iter().collect();
            }
            let member = kind
                .members
                .iter()
                .find(|member| member.name == name || (name == "parties" && member.shape == Shape::Parties));
            let patterns = member.into_iter().flat_map(|member| member.at.iter());
            let values = patterns.flat_map(|at| pointers::matches(answer, at));
            values.filter_map(|(_, value)| reference_id(value)).collect::<BTreeSet<_>>().into_iter().collect()
        };
        self.0.iter().map(|name| (name.as_str(), of(name))).collect()
    }
}

/// The successors of those records that were merged.
fn successors(heads: &BTreeMap<Id, Head>, conn: &mut Connection) -> Outcome<BTreeMap<Id, Head>> {
    let gone: Vec<Id> = heads.values().filter(|head| head.state == state::WITHDRAWN).map(|head| head.id).collect();
    if gone.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Id, Head)> = successions::table
        .inner_join(records::table.on(records::id.eq(successions::successor_id)))
        .filter(successions::record_id.eq_any(gone))
        .filter(successions::merged)
        .select((successions::record_id, Head::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn summary(head: &Head, in_place_of: Option<Id>) -> Value {
    let (zh, en) = (head.name_zh.clone(), head.name_en.clone());
    let summary = RecordSummary::new(head.id, head.code.clone(), head.kind.clone(), head.state.clone(), zh, en);
    json!(RecordSummary { in_place_of, ..summary })
}
