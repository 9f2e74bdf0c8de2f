//! `expand=owner,parties`: what the references of an answer point to, one level deep (`api-conventions` §5).
//!
//! The answer itself stays as it is; a member `expanded` is added that has, for each name, the records referred to.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::kind::{Kind, Shape};
use super::model::{Head, state};
use super::projection::{self, reference_id};
use super::view::{ENVELOPE, RecordState, Sight};
use crate::api::{Fault, Outcome, Problem, Query};
use crate::db::schema::{records, successions};
use crate::db::{Connection, Id};

/// At most this many names.
const MOST: usize = 3;

/// The names asked for.
#[derive(Debug, Clone, Default)]
pub struct Expansion(Vec<String>);

/// 被引用记录的概要。What a reference points to, in short.
#[derive(Serialize, ToSchema)]
pub struct RecordSummary {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub(super) id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    code: String,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40)]
    kind: String,
    /// 办理状态。State.
    #[schema(value_type = RecordState)]
    state: String,
    /// 名称。Name in both languages.
    name: SummaryName,
    /// 被引用的记录已并入本记录：其标识。Id of the record that is referred to, where that was merged into this one.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place_of: Option<Id>,
}

/// 名称。The name of a record.
#[derive(Serialize, ToSchema)]
pub struct SummaryName {
    /// 中文名称。Chinese name.
    #[schema(max_length = 200)]
    zh: String,
    /// 英文名称。English name.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
}

/// The names that `expand` takes for a kind.
pub fn names(kind: &Kind) -> Vec<&'static str> {
    let own = kind.members.iter().filter_map(|member| match member.shape {
        Shape::Parties => Some("parties"),
        Shape::Reference(_) | Shape::References(_) => Some(member.name),
        _ => None,
    });
    let owner = kind.has_owner().then_some("owner");
    owner.into_iter().chain(own).collect()
}

/// Top-level members of an answer: envelope and content.
pub fn member_names(kind: &Kind) -> Vec<String> {
    let schemas = (kind.schemas)();
    let content = schemas
        .iter()
        .find(|(name, _)| name == kind.schema)
        .map(|(_, schema)| super::components::contract_form(schema));
    let own = content.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    ENVELOPE
        .iter()
        .map(|name| (*name).to_owned())
        .chain(own.into_iter().flat_map(|members| members.keys().cloned()))
        .collect()
}

impl Expansion {
    /// Takes `expand` out of a query.
    pub fn take(kind: &Kind, query: &Query) -> Expansion {
        let names = query.take_words("expand", &names(kind)).unwrap_or_default();
        if names.len() > MOST {
            query.refuse(Fault::parameter("expand", "too-many-items").arg("limit", MOST));
        }
        Expansion(names)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds `expanded` to every answer; records that the caller may not see are left out of it. For a merged one stands what it
    /// was merged into, and a withdrawn one says so by its state.
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
            let values = patterns.flat_map(|at| projection::matches(answer, at));
            values.filter_map(|(_, value)| reference_id(value)).collect::<BTreeSet<_>>().into_iter().collect()
        };
        self.0.iter().map(|name| (name.as_str(), of(name))).collect()
    }
}

/// What those of these records that are merged were merged into.
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

impl RecordSummary {
    pub fn new(id: Id, code: String, kind: String, state: String, zh: String, en: Option<String>) -> RecordSummary {
        RecordSummary { id, code, kind, state, name: SummaryName { zh, en }, in_place_of: None }
    }
}
