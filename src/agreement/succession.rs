//! Successors of withdrawn records: another record supersedes it, or it was a duplicate and is merged into the other.
//!
//! A merge redirects every reference: in lists, filters and constraints the other record takes the place of the merged
//! one. Signed contents are never rewritten; a reader who follows an old reference in one of them is answered 301
//! (`docs/rules.md` §2).

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use crate::agreement::belongings::Belongings;
use crate::auth::agencies;
use crate::db::schema::{clients, contents, links, proposals, records, successions};
use crate::db::{Cell, Connection, Id, Lock, Sql, Uid};
use crate::forms::envelope::Reference;
use crate::kind::findings::{Findings, first_level};
use crate::kind::register::Register;
use crate::kind::{Kind, Member};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::chains::{self, Referring};
use crate::records::desk::Desk;
use crate::records::rows::{Head, Proposal, Standing, Succession, outcome, state};
use crate::records::{commit, judge, trail};

impl Succession {
    /// The succession that a proposal to withdraw names.
    pub fn of(proposal: &Proposal) -> Option<Succession> {
        proposal.successor_id.map(|id| Succession { id, merged: proposal.merges })
    }

    /// Looks up what a request names; it must be another official record of the same kind, and for a merge be kept by the
    /// same side.
    pub fn find(
        kind: &Kind,
        head: &Head,
        superseded_by: Option<&Reference>,
        merged_into: Option<&Reference>,
        conn: &mut Connection,
    ) -> Outcome<Option<Succession>> {
        let (reference, at, merged) = match (superseded_by, merged_into) {
            (None, None) => return Ok(None),
            (Some(one), None) => (one, "/superseded_by", false),
            (None, Some(one)) => (one, "/merged_into", true),
            (Some(_), Some(_)) => return Err(refused("/merged_into", "one-successor")),
        };
        let mut query = records::table.filter(records::kind.eq(kind.name)).select(Standing::as_select()).into_boxed();
        query = match (reference.id, &reference.code) {
            (Some(id), _) => query.filter(records::id.eq(id)),
            (None, Some(code)) => query.filter(records::code.eq(code)),
            (None, None) => return Err(refused(at, "reference-empty")),
        };
        let found = query.get_result(conn).optional()?.filter(|found| state::PUBLIC.contains(&found.state.as_str()));
        let Some(found) = found else {
            let shown = reference.id.map(|id| id.to_string()).or(reference.code.clone()).unwrap_or_default();
            let fault = Fault::at(at, "reference-not-found").arg("ref", shown).arg("kind", kind.name);
            return Err(Problem::invalid(vec![fault]));
        };
        if found.id == head.id {
            return Err(refused(at, "reference-to-itself"));
        }
        let succession = Succession { id: found.id, merged };
        succession.refuse_other_side(head, &found.province)?;
        Ok(Some(succession))
    }
}

impl Succession {
    /// A single-owner record is merged only into one of the same side.
    fn refuse_other_side(&self, head: &Head, province: &str) -> Outcome<()> {
        match self.merged && !head.joint && province != head.province {
            true => Err(refused(self.at(), "merge-across-provinces")),
            false => Ok(()),
        }
    }

    fn at(&self) -> &'static str {
        if self.merged { "/merged_into" } else { "/superseded_by" }
    }

    /// Refuses contradictions: a successor that precedes this record, directly or by way of others, and a merge that
    /// would give two records one identifier.
    pub fn check(&self, desk: &mut Desk, head: &Head) -> Outcome<()> {
        self.refuse_reversal(desk.kind, head, desk.conn)?;
        let mut findings = Findings::new(desk.actor.at.day_in_shanghai());
        chains::refuse_loops_of(desk, self, self.at(), head.id, &mut findings)?;
        judge::accept(findings)?;
        if self.merged { self.refuse_clashes(head, desk.actor, desk.conn) } else { Ok(()) }
    }

    /// The other record's content must not name this one as its predecessor or successor: it would then name itself.
    fn refuse_reversal(&self, kind: &Kind, head: &Head, conn: &mut Connection) -> Outcome<()> {
        let forbidden = [kind.lifecycle.successor, kind.lifecycle.predecessors.filter(|_| self.merged)];
        if forbidden == [None, None] {
            return Ok(());
        }
        let named: Vec<(String, String)> = links::table
            .inner_join(records::table.on(records::id.eq(links::record_id)))
            .filter(links::record_id.eq(self.id))
            .filter(links::target_id.eq(head.id))
            .order(links::pointer)
            .select((links::pointer, records::code))
            .load(conn)?;
        let found = named.iter().find(|(pointer, _)| forbidden.contains(&Some(first_level(pointer))));
        found.map_or(Ok(()), |(pointer, code)| {
            let fault = Fault::at(self.at(), "follows-this-one").arg("ref", code).arg("field", first_level(pointer));
            Err(Problem::invalid(vec![fault]))
        })
    }

    /// Identifiers that contain the merged record's id will contain the other one's: 409 when another record has one of
    /// these already.
    fn refuse_clashes(&self, head: &Head, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
        let mut clashing: Sql<(Text, Text, Uid, Uid)> = Sql::new(
            "SELECT m.scheme, m.value, m.record_id, k.record_id FROM identifiers m JOIN identifiers k ON k.scheme = m.scheme \
             AND k.value = ",
        );
        clashing.append(renamed("m.value", head.id, self.id));
        clashing.push(" AND k.record_id <> m.record_id WHERE m.record_id IN (").append(users_of(head.id));
        clashing.push(format!(") ORDER BY m.scheme, m.value LIMIT {}", MOST_CLASHES + 1));
        let clashes: Vec<(String, String, Id, Id)> = clashing.load(conn)?;
        if clashes.is_empty() {
            return Ok(());
        }
        let ids: Vec<Id> = clashes.iter().flat_map(|(_, _, one, other)| [*one, *other]).collect();
        let seen: Vec<(String, Standing)> = records::table
            .filter(records::id.eq_any(ids))
            .select((records::code, Standing::as_select()))
            .load::<(String, Standing)>(conn)?
            .into_iter()
            .filter(|(_, standing)| actor.sight().sees(standing))
            .collect();
        let show = |id: &Id| {
            let found = seen.iter().find(|(_, standing)| standing.id == *id);
            found.map(|(code, standing)| commit::shown(&standing.kind, *id, code))
        };
        let clash = |(scheme, value, one, other): &(String, String, Id, Id)| {
            let records: Vec<Value> = [one, other].into_iter().filter_map(show).collect();
            // The value is disclosed only together with a visible record that has it.
            let value = value.split('/').next().filter(|_| !records.is_empty());
            let mut clash = json!({"scheme": scheme, "value": value, "records": records});
            crate::kind::drop_nulls(&mut clash);
            clash
        };
        let shown: Vec<Value> = clashes.iter().take(MOST_CLASHES).map(clash).collect();
        Err(Problem::new(Code::MergeClash).arg("count", clashes.len()).member("clashes", shown))
    }
}

/// Locks a record that is to be withdrawn and its successor before anything is counted or moved: transactions that are
/// adding references to them are waited for, later ones wait and read the outcome, and of two crossing merges only one
/// happens. The successor must still be official, and for a merge still belong to the same side.
pub fn hold(head: &Head, succession: Option<&Succession>, conn: &mut Connection) -> Outcome<()> {
    let mut lock: Sql<(Uid, Text, Text, Text)> =
        Sql::new("SELECT r.id, r.code, r.state, r.province FROM records r WHERE r.id IN (");
    lock.bind_all([head.id].into_iter().chain(succession.map(|one| one.id)).map(Cell::id));
    lock.push(") ORDER BY r.id").push_lock(Lock::Update);
    let rows: Vec<(Id, String, String, String)> = lock.load(conn)?;
    let Some(succession) = succession else { return Ok(()) };
    let Some((_, code, state, province)) = rows.iter().find(|(id, ..)| *id == succession.id) else { return Ok(()) };
    if !state::PUBLIC.contains(&state.as_str()) {
        return Err(Problem::invalid(vec![Fault::at(succession.at(), "reference-ended").arg("ref", code)]));
    }
    succession.refuse_other_side(head, province)
}

fn refused(at: &str, code: &'static str) -> Problem {
    Problem::invalid(vec![Fault::at(at, code)])
}

impl Desk<'_> {
    /// Restores what a record released when it was withdrawn: 409 when another record holds an identifier by now, 422 when
    /// its references would close a loop, which was not checked in the meantime.
    pub fn bring_back(&mut self, head: &mut Head) -> Outcome<()> {
        let actor = self.actor;
        head.withdrawn_at = None;
        diesel::delete(successions::table.find(head.id)).execute(self.conn)?;
        let text: String =
            contents::table.find((head.id, head.content_number)).select(contents::text).get_result(self.conn)?;
        let content: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
        let mut findings = Findings::new(actor.at.day_in_shanghai());
        let referring = Referring { own: head.id, before: &[], alone: false };
        chains::refuse_loops(self, referring, &content, &mut findings)?;
        judge::accept(findings)?;
        match state::holds_identifiers(&head.state) {
            true => self.claim(head, &content),
            false => Ok(()),
        }
    }

    /// Releases what a withdrawn record holds and hands it to its successor.
    pub fn release(&mut self, head: &Head, succession: Option<Succession>) -> Outcome<()> {
        let Desk { kind, actor, .. } = *self;
        hold(head, succession.as_ref(), self.conn)?;
        if let Some(succession) = &succession {
            succession.check(self, head)?;
        }
        commit::release(head.id, self.conn)?;
        let Some(Succession { id, merged }) = succession else { return Ok(()) };
        let row =
            (successions::record_id.eq(head.id), successions::successor_id.eq(id), successions::merged.eq(merged));
        diesel::insert_into(successions::table).values(row).execute(self.conn)?;
        if merged {
            // Earlier merges into this record lead to the other from now on.
            let earlier = successions::table.filter(successions::successor_id.eq(head.id)).filter(successions::merged);
            diesel::update(earlier).set(successions::successor_id.eq(id)).execute(self.conn)?;
            let waiting =
                proposals::table.filter(proposals::state.eq(outcome::OPEN)).filter(proposals::org_id.eq(head.id));
            diesel::update(waiting).set(proposals::org_id.eq(id)).execute(self.conn)?;
            let belongings = Belongings::hold(head.id, self.conn)?;
            move_identifiers(head.id, id, self.conn)?;
            move_references(self.register, kind, head.id, id, self.conn)?;
            // Its clients act for the other one from now on, as an agency if it was one.
            let was_agency = agencies::follow_merge(head.id, id, self.conn)?;
            diesel::update(clients::table.filter(clients::org_id.eq(head.id)))
                .set(clients::org_id.eq(id))
                .execute(self.conn)?;
            belongings.give_to(id, self)?;
            if was_agency {
                commit::hold_feed(self.conn)?;
                trail::agency_followed(actor, head, id, self.conn)?;
            }
        }
        Ok(())
    }
}

/// Maximum number of clashes named when a merge is refused.
const MOST_CLASHES: usize = 20;

/// The records that refer to this one.
fn users_of(id: Id) -> Sql {
    let mut users = Sql::new("SELECT record_id FROM links WHERE target_id = ");
    users.bind(Cell::id(id));
    users
}

/// An identifier, a text column, with one id replaced by the other.
fn renamed(column: &'static str, from: Id, to: Id) -> Sql {
    let mut renamed = Sql::new(format!("REPLACE({column}, "));
    renamed.bind(Cell::text(from.to_string())).push(", ").bind(Cell::text(to.to_string())).push(")");
    renamed
}

/// Replaces `from` by `to` in identifiers of other records; duplicates collapse.
fn move_identifiers(from: Id, to: Id, conn: &mut Connection) -> Outcome<()> {
    let mut twice: Sql = Sql::new("DELETE FROM identifiers WHERE record_id IN (");
    twice.append(users_of(from)).push(") AND value <> ").append(renamed("value", from, to));
    twice.push(" AND EXISTS (SELECT 1 FROM identifiers k WHERE k.scheme = identifiers.scheme AND k.value = ");
    twice.append(renamed("identifiers.value", from, to)).push(")");
    twice.execute(conn)?;
    let mut moved: Sql = Sql::new("UPDATE identifiers SET value = ");
    moved.append(renamed("value", from, to)).push(" WHERE record_id IN (").append(users_of(from));
    moved.push(") AND value <> ").append(renamed("value", from, to));
    moved.execute(conn)?;
    Ok(())
}

/// Replaces `from` by `to` in the projections of all other records; references of `to` itself are dropped.
fn move_references(register: &Register, kind: &Kind, from: Id, to: Id, conn: &mut Connection) -> Outcome<()> {
    let mut columns = vec![
        ("links", "target_id".to_owned(), Some("DELETE FROM links".to_owned())),
        ("parties", "org_id".to_owned(), None), // organizations have none
    ];
    for other in register.kinds() {
        let own = other.members.iter().filter(|member| member.shape.target() == Some(kind.name));
        columns.extend(own.filter_map(Member::column).map(|column| {
            let dropped = format!("UPDATE {} SET {column} = NULL", other.table);
            (other.table, column, Some(dropped))
        }));
    }
    for (table, column, dropped) in columns {
        if let Some(dropped) = dropped {
            let mut own: Sql = Sql::new(dropped);
            own.push(format!(" WHERE {column} = ")).bind(Cell::id(from)).push(" AND record_id = ").bind(Cell::id(to));
            own.execute(conn)?;
        }
        let mut update: Sql = Sql::new(format!("UPDATE {table} SET {column} = "));
        update.bind(Cell::id(to)).push(format!(" WHERE {column} = ")).bind(Cell::id(from));
        update.execute(conn)?;
    }
    Ok(())
}
