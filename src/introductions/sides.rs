//! The two sides of an introduction as they are now: whose record each is, who speaks for it, and who is told its owner.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::auth::Principal;
use crate::db::schema::records;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::forms::introduction::IntroductionParty as Party;
use crate::forms::summary::RecordSummary;
use crate::introductions::rows::Row;
use crate::introductions::steps::Case;
use crate::kind::register::Register;
use crate::problem::{Fault, Outcome};
use crate::records::merges::merges_of;
use crate::records::rows::{Head, state};

/// Kinds that can be introduced, with their lifecycle's vocabulary and its states in which they can (`docs/rules.md` §27.1).
const OPEN: [(&str, &str, &[&str]); 3] = [
    ("demands", "demand-lifecycles", &["open", "matching"]),
    ("capabilities", "capability-lifecycles", &["available"]),
    ("instruments", "instrument-lifecycles", &["open"]),
];

/// A demand or an offer with what decides for its side.
#[derive(Debug, Clone)]
pub struct Side {
    pub head: Head,
    pub lifecycle: String,
    /// Whether its owner asked not to be named.
    pub hides: bool,
}

impl Side {
    /// Whether the caller speaks for this side: a client of its owner, or a trusted one of its province.
    pub fn is_spoken_for_by(&self, principal: &Principal) -> bool {
        principal.org == Some(self.head.owner_id)
            || (principal.province_wide() && principal.province.as_ref() == Some(&self.head.province))
    }

    /// Whether the caller knows the owner of this side in any case: its own organization, the client that made the record, and
    /// clients that speak for the owner's province.
    pub fn knows_owner(&self, principal: &Principal) -> bool {
        principal.org == Some(self.head.owner_id)
            || principal.client_id == self.head.created_by
            || (principal.speaks_for_province() && principal.province.as_ref() == Some(&self.head.province))
    }

    /// Whether the caller is told the owner: of a hidden one only when both sides accepted.
    pub fn shows_owner(&self, is_agreed: bool, principal: &Principal) -> bool {
        !self.hides || is_agreed || self.knows_owner(principal)
    }

    /// What forbids to introduce this record now, made by `fault` of its code.
    pub fn fault(&self, fault: impl Fn(&'static str) -> Fault) -> Option<Fault> {
        let fault = |code| fault(code).arg("ref", &self.head.code);
        if self.head.state != state::ACTIVE {
            return Some(fault("not-official-now").arg("state", &self.head.state));
        }
        let of_kind = OPEN.iter().find(|(kind, ..)| *kind == self.head.kind);
        let (list, open) = of_kind.map_or(("", &[][..]), |(_, list, open)| (*list, *open));
        let closed = fault("not-open-now").arg("lifecycle", &self.lifecycle).arg("list", list);
        (!open.contains(&self.lifecycle.as_str())).then_some(closed)
    }
}

/// Both sides of one introduction.
pub struct Pair<'s> {
    pub demand: &'s Side,
    pub offer: &'s Side,
}

impl Pair<'_> {
    fn both(&self) -> [&Side; 2] {
        [self.demand, self.offer]
    }

    /// Whether the caller knows that one organization owns both: to say so must not tell a hidden owner.
    pub fn is_known_to_have_one_owner(&self, is_agreed: bool, principal: &Principal) -> bool {
        self.demand.head.owner_id == self.offer.head.owner_id
            && self.both().into_iter().all(|side| side.shows_owner(is_agreed, principal))
    }

    /// Whether somebody who acted for `party` and belongs to `org` may be named to the caller: not where that would name a hidden
    /// owner.
    pub fn shows_actor(&self, (party, org): (Party, Option<Id>), is_agreed: bool, principal: &Principal) -> bool {
        let of_party = |side: Party| party == side;
        [(Party::Demand, self.demand), (Party::Offer, self.offer)].into_iter().all(|(name, side)| {
            let would_tell = of_party(name) || org == Some(side.head.owner_id);
            !would_tell || side.shows_owner(is_agreed, principal)
        })
    }

    /// The one province whose auditors may know who acted for `party`; `None` where both may.
    pub fn only_for(&self, (party, org): (Party, Option<Id>), is_agreed: bool) -> Option<&str> {
        if self.demand.head.province == self.offer.head.province {
            return Some(&self.demand.head.province);
        }
        let hidden = [(Party::Demand, self.demand), (Party::Offer, self.offer)]
            .into_iter()
            .find(|(name, side)| side.hides && !is_agreed && (party == *name || org == Some(side.head.owner_id)));
        hidden.map(|(_, side)| side.head.province.as_str())
    }

    /// What decides which steps of an introduction the caller may make; `org` is its proposer's organization now.
    pub fn case(&self, row: &Row, org: Option<Id>, principal: &Principal) -> Case {
        let speaks = self.both().map(|side| side.is_spoken_for_by(principal));
        let proposed_by = Party::stored(&row.proposed_by);
        let is_author = row.client_id == principal.client_id || (org.is_some() && org == principal.org);
        let for_side = [Party::Demand, Party::Offer].into_iter().zip(speaks);
        Case {
            accepted: [row.demand_accepted_at.is_some(), row.offer_accepted_at.is_some()],
            proposed_by,
            speaks,
            is_proposer: is_author || for_side.into_iter().any(|(party, speaks)| speaks && party == proposed_by),
        }
    }
}

/// The records that introductions name, each as it is now, by the id that they name.
pub struct Known {
    sides: BTreeMap<Id, Side>,
    /// Organizations and projects.
    others: BTreeMap<Id, Head>,
    merges: BTreeMap<Id, Id>,
}

impl Known {
    /// What these introductions name, and `more` organizations beside.
    pub fn of(rows: &[Row], more: &[Id], register: &Register, conn: &mut Connection) -> Outcome<Known> {
        let records: Vec<Id> = rows.iter().flat_map(|row| [row.demand_id, row.offer_id]).collect();
        let others = rows.iter().flat_map(|row| [row.org_id, row.project_id]).flatten();
        let others: Vec<Id> = others.chain(more.iter().copied()).collect();
        let merges = merges_of(&[records.clone(), others.clone()].concat(), conn)?;
        let meant = |id: &Id| merges.get(id).copied().unwrap_or(*id);
        let sides = sides(&records.iter().map(meant).collect::<Vec<_>>(), register, conn)?;
        let owners = sides.values().map(|side| side.head.owner_id);
        let others: Vec<Id> = others.iter().map(meant).chain(owners).collect();
        let others = heads(&others, conn)?;
        Ok(Known { sides, others, merges })
    }

    /// The record that stands for this one.
    pub fn meant(&self, id: Id) -> Id {
        self.merges.get(&id).copied().unwrap_or(id)
    }

    /// Both sides; `None` for rows that were not asked for.
    pub fn pair(&self, row: &Row) -> Option<Pair<'_>> {
        let side = |id| self.sides.get(&self.meant(id));
        Some(Pair { demand: side(row.demand_id)?, offer: side(row.offer_id)? })
    }

    /// A record in short, with the one in whose place it stands.
    pub fn summary(&self, id: Id) -> Option<RecordSummary> {
        let meant = self.meant(id);
        let head = self.sides.get(&meant).map(|side| &side.head).or_else(|| self.others.get(&meant))?;
        let (zh, en) = (head.name_zh.clone(), head.name_en.clone());
        let summary = RecordSummary::new(meant, head.code.clone(), head.kind.clone(), head.state.clone(), zh, en);
        Some(RecordSummary { in_place_of: Some(id).filter(|id| *id != meant), ..summary })
    }
}

/// A demand and an offer that are about to be introduced.
pub fn pair(ids: [Id; 2], register: &Register, conn: &mut Connection) -> Outcome<Option<[Side; 2]>> {
    let mut sides = sides(&ids, register, conn)?;
    Ok(sides.remove(&ids[0]).zip(sides.remove(&ids[1])).map(|(demand, offer)| [demand, offer]))
}

/// This record and those that were merged into it.
pub fn with_merged(id: Id, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT record_id FROM successions WHERE merged AND successor_id = ");
    sql.bind(Cell::id(id));
    let merged: Vec<Id> = sql.load(conn)?;
    Ok([id].into_iter().chain(merged).collect())
}

fn heads(ids: &[Id], conn: &mut Connection) -> Outcome<BTreeMap<Id, Head>> {
    let rows: Vec<Head> = records::table.filter(records::id.eq_any(ids)).select(Head::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|head| (head.id, head)).collect())
}

fn sides(ids: &[Id], register: &Register, conn: &mut Connection) -> Outcome<BTreeMap<Id, Side>> {
    let heads = heads(ids, conn)?;
    let mut sides = BTreeMap::new();
    for kind in register.kinds() {
        let own: Vec<Id> = heads.values().filter(|head| head.kind == kind.name).map(|head| head.id).collect();
        if own.is_empty() {
            continue;
        }
        let mut sql: Sql<(Uid, Text, Bool)> = Sql::new("SELECT record_id, lifecycle, ");
        match kind.anonymity {
            Some(wish) => sql.push(format!("{} = ", wish.member)).bind(Cell::text(wish.code)),
            None => sql.push("1 = 0"),
        };
        sql.push(format!(" FROM {} WHERE record_id IN (", kind.table)).bind_ids(&own).push(")");
        for (id, lifecycle, hides) in sql.load::<(Id, String, bool)>(conn)? {
            if let Some(head) = heads.get(&id) {
                sides.insert(id, Side { head: head.clone(), lifecycle, hides });
            }
        }
    }
    Ok(sides)
}
