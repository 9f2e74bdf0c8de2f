//! References of a content: they must exist, be of the right kind, and be usable; then both `id` and `code` are filled in.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use crate::db::{Cell, Connection, Id, Lock, Sql, Uid};
use crate::kind::findings::Findings;
use crate::kind::pointers::{self, reference_id};
use crate::kind::{Kind, Owner};
use crate::problem::Outcome;
use crate::records::chains::{self, Referring};
use crate::records::desk::Desk;
use crate::records::merges;
use crate::records::rows::state;
use crate::records::targets::{Target, Targets};
use crate::reference::RecordCode;

/// Fills in every reference of `content`, reporting those that are not allowed. `before` are the links the record had
/// already: a reference that is kept in its member is allowed even when its target has ended since (`docs/domain.md`
/// §d9).
pub fn resolve(
    desk: &mut Desk,
    referring: Referring,
    content: &mut Value,
    findings: &mut Findings,
) -> Outcome<Targets> {
    let Desk { register, kind, .. } = *desk;
    let wanted: Vec<(String, &'static str, Value)> = pointers::references(kind, content)
        .into_iter()
        .map(|(pointer, target, value)| (pointer, target, value.clone()))
        .collect();
    let Referring { own, before, .. } = referring;
    let old: BTreeSet<Id> = before.iter().map(|(_, id)| *id).collect();
    let mut targets = Targets::new();
    for target_kind in wanted.iter().map(|(_, target, _)| *target).collect::<BTreeSet<_>>() {
        let asked = wanted.iter().filter(|(_, target, _)| *target == target_kind);
        let found = find(desk, target_kind, asked, &old)?;
        for (pointer, _, value) in wanted.iter().filter(|(_, target, _)| *target == target_kind) {
            let code = value.get("code").and_then(Value::as_str);
            let id = reference_id(value);
            let hit = found
                .iter()
                .find(|target| Some(target.id) == id || (id.is_none() && Some(target.code.as_str()) == code));
            let Some(target) = hit else {
                if id.is_none() && code.is_none() {
                    findings.fault(pointer, "reference-empty");
                } else if let Some(false) = code.map(|code| RecordCode::parse(code).is_ok()) {
                    findings.fault(format!("{pointer}/code"), "invalid-code");
                } else {
                    let shown = id.map(|id| id.to_string()).or(code.map(str::to_owned)).unwrap_or_default();
                    let fault = findings.fault(pointer, "reference-not-found");
                    fault.args.extend([("ref", shown), ("kind", target_kind.to_owned())]);
                }
                continue;
            };
            if code.is_some_and(|code| code != target.code) {
                findings.fault(pointer, "reference-mismatch").args.push(("code", target.code.clone()));
            }
            let ended = register.kind(target_kind).is_some_and(|kind| kind.lifecycle.is_over(&target.lifecycle));
            let stood = before.iter().any(|(at, id)| *id == target.id && pointers::same_member(at, pointer));
            let ended = ended || target.state == state::CLOSED || target.state == state::WITHDRAWN;
            match &target.merged_into {
                _ if stood => {}
                Some(successor) => {
                    let fault = findings.fault(pointer, "reference-merged");
                    fault.args.extend([("ref", target.code.clone()), ("successor", successor.clone())]);
                    // In the form that the member takes: parties are named by id alone.
                    let instead = if value.is_string() { target.stands_for.to_string() } else { successor.clone() };
                    fault.did_you_mean = Some(instead);
                }
                None if ended => findings.fault(pointer, "reference-ended").args.push(("ref", target.code.clone())),
                None => {}
            }
            if target.id == own {
                findings.fault(pointer, "reference-to-itself");
            }
            if let Some(reference) = content.pointer_mut(pointer).and_then(Value::as_object_mut) {
                reference.insert("id".into(), target.id.to_string().into());
                reference.insert("code".into(), target.code.clone().into());
            }
            targets.insert(target.id, target.clone());
        }
    }
    check_party_provinces(kind, content, &targets, findings, desk.conn)?;
    chains::refuse_loops(desk, referring, content, findings)?;
    Ok(targets)
}

fn find<'w>(
    desk: &mut Desk,
    target_kind: &'static str,
    wanted: impl Iterator<Item = &'w (String, &'static str, Value)>,
    old: &BTreeSet<Id>,
) -> Outcome<Vec<Target>> {
    let (mut ids, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, value) in wanted {
        match reference_id(value) {
            Some(id) => drop(ids.insert(id)),
            None => codes.extend(value.get("code").and_then(Value::as_str)),
        }
    }
    let Some(table) =
        desk.register.kind(target_kind).map(|kind| kind.table).filter(|_| !ids.is_empty() || !codes.is_empty())
    else {
        return Ok(Vec::new());
    };
    let mut found = Vec::<Row>::new();
    let by = [
        ("id", ids.into_iter().map(Cell::id).collect::<Vec<_>>()),
        ("code", codes.into_iter().map(Cell::text).collect()),
    ];
    for (column, cells) in by.into_iter().filter(|(_, cells)| !cells.is_empty()) {
        let mut sql: Sql<(Uid, Text, Text, Text, Text)> =
            Sql::new(format!("{COLUMNS} {table} k ON k.record_id = r.id WHERE r.{column} IN ("));
        sql.bind_all(cells).push(") AND (").append(desk.actor.sight().condition("r"));
        // Formerly official records are found for every caller, so that the fault can name what replaced them.
        sql.push(" OR (r.state = 'withdrawn' AND r.published_at IS NOT NULL)");
        if !old.is_empty() {
            // Targets that the record referred to before are found even if they were withdrawn since.
            sql.push(" OR r.id IN (").bind_all(old.iter().copied().map(Cell::id)).push(")");
        }
        // Waits for a concurrent merge or withdrawal of a target: the outcome decides.
        sql.push(")").push_lock(Lock::KeyShare);
        found.extend(sql.load::<Row>(desk.conn)?);
    }
    // The record it was merged into is locked as well: records follow their present owner.
    known(found, Some(Lock::KeyShare), desk.conn)
}

/// Id, code, state, province and lifecycle of a referenced record.
type Row = (Id, String, String, String, String);

const COLUMNS: &str = "SELECT r.id, r.code, r.state, r.province, k.lifecycle FROM records r JOIN";

/// These records with the ones they were merged into, which are locked on request.
fn known(rows: Vec<Row>, lock: Option<Lock>, conn: &mut Connection) -> Outcome<Vec<Target>> {
    let gone: Vec<Id> = rows.iter().filter(|one| one.2 == state::WITHDRAWN).map(|one| one.0).collect();
    let mut merges = merges::merges_named(&gone, lock, conn)?;
    let target = |(id, code, state, province, lifecycle)| match merges.remove(&id) {
        Some((stands_for, into, province)) => {
            Target { id, code, state, province, lifecycle, stands_for, merged_into: Some(into) }
        }
        None => Target { id, code, state, province, lifecycle, stands_for: id, merged_into: None },
    };
    Ok(rows.into_iter().map(target).collect())
}

/// Only the organization that a content names as owner: it determines owner and province.
pub fn owner(kind: &Kind, content: &Value, conn: &mut Connection) -> Outcome<Targets> {
    let Owner::Organization(owner) = kind.owner(content) else { return Ok(Targets::new()) };
    let mut sql: Sql<(Uid, Text, Text, Text, Text)> =
        Sql::new(format!("{COLUMNS} organizations k ON k.record_id = r.id WHERE r.id = "));
    sql.bind(Cell::id(owner));
    let rows = sql.load(conn)?;
    Ok(known(rows, None, conn)?.into_iter().map(|target| (target.id, target)).collect())
}

/// The province of a participant is that of its registered or located division, never that of its name
/// (`docs/domain.md` §d1). For an organization that is invisible to the caller it is not disclosed.
fn check_party_provinces(
    kind: &Kind,
    content: &Value,
    targets: &Targets,
    findings: &mut Findings,
    conn: &mut Connection,
) -> Outcome<()> {
    if !kind.has_parties() || findings.is_broken("/parties") {
        return Ok(());
    }
    let parties: Vec<(String, Id, &str)> = pointers::matches(content, "/parties/*")
        .into_iter()
        .filter_map(|(pointer, party)| {
            Some((pointer, party.get("org_id").and_then(reference_id)?, party.get("province").and_then(Value::as_str)?))
        })
        .filter(|(_, id, _)| targets.contains_key(id))
        .collect();
    if parties.is_empty() {
        return Ok(());
    }
    let mut sql: Sql<(Uid, Text)> = Sql::new("SELECT record_id, code FROM classifications WHERE record_id IN (");
    sql.bind_all(parties.iter().map(|(_, id, _)| Cell::id(*id)));
    sql.push(") AND scheme = 'division' AND code LIKE '__0000'");
    let seats: Vec<(Id, String)> = sql.load(conn)?;
    for (pointer, id, province) in &parties {
        let known: Vec<&str> = seats.iter().filter(|(org, _)| org == id).map(|(_, code)| code.as_str()).collect();
        if !known.is_empty() && !known.contains(province) {
            findings.fault(format!("{pointer}/province"), "party-province").args.push(("provinces", known.join(", ")));
        }
    }
    Ok(())
}

/// Contents of the referenced records, for rules that look at them ([`Kind::review`]).
pub fn contents(targets: &Targets, conn: &mut Connection) -> Outcome<BTreeMap<Id, Value>> {
    use crate::db::schema::{contents, records};
    let ids: Vec<Id> = targets.keys().copied().collect();
    let rows: Vec<(Id, String)> = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::id.eq_any(ids))
        .select((records::id, contents::text))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, text)| (id, serde_json::from_str(&text).unwrap_or_default())).collect())
}
