//! Spellings of organizations that a source system has accepted: they decide the next time.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::audit;
use crate::audit::events::{ActorKind, NewEvent};
use crate::auth::Principal;
use crate::db::schema::{accepted_spellings, records};
use crate::db::{Connection, Id, Moment};
use crate::forms::matching::AcceptedSpelling;
use crate::forms::summary::RecordSummary;
use crate::kind::search::normal_name;
use crate::matching::KIND;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::commit;
use crate::records::merges::merges_of;
use crate::records::rows::{Head, Standing};
use crate::records::sight::Sight;

/// A spelling as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accepted_spellings)]
pub struct Spelling {
    pub id: Id,
    pub source_system: String,
    pub spelling: String,
    pub normal: String,
    pub organization_id: Id,
    pub client: String,
    pub created_at: Moment,
}

/// A spelling as it is compared: whatever its width, case, blanks and punctuation.
pub fn spelling(text: &str) -> String {
    normal_name(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Accepts a spelling for the caller's source system; 409 when it has accepted it for another organization.
pub fn accept(spelling: &str, organization: Id, actor: &Actor, conn: &mut Connection) -> Outcome<Spelling> {
    let normal = self::spelling(spelling);
    if normal.is_empty() {
        return Err(Problem::invalid(vec![Fault::at("/spelling", "nothing-to-search")]));
    }
    let principal = &actor.principal;
    let of_system = accepted_spellings::table.filter(accepted_spellings::source_system.eq(&principal.source_system));
    let standing = of_system.filter(accepted_spellings::normal.eq(&normal)).select(Spelling::as_select());
    if let Some(row) = standing.first(conn).optional()? {
        let meant =
            merges_of(&[row.organization_id], conn)?.remove(&row.organization_id).unwrap_or(row.organization_id);
        if meant == organization {
            return Ok(row);
        }
        let problem = Problem::new(Code::SpellingAccepted);
        let other = shown(vec![row], &actor.sight(), conn)?.pop().map(|one| one.organization);
        return Err(match other {
            Some(other) => problem.member("existing", commit::shown(KIND, other.id, &other.code)),
            None => problem,
        });
    }
    let row = Spelling {
        id: Id::new(),
        source_system: principal.source_system.clone(),
        spelling: spelling.trim().to_owned(),
        normal,
        organization_id: organization,
        client: principal.client.clone(),
        created_at: actor.at,
    };
    diesel::insert_into(accepted_spellings::table).values(&row).execute(conn)?;
    note("spelling.accepted", &row, actor, conn)?;
    Ok(row)
}

/// Takes back a spelling of the caller's source system; false when it has not accepted it.
pub fn revoke(spelling: &str, actor: &Actor, conn: &mut Connection) -> Outcome<bool> {
    let own = accepted_spellings::table
        .filter(accepted_spellings::source_system.eq(&actor.principal.source_system))
        .filter(accepted_spellings::normal.eq(self::spelling(spelling)));
    let Some(row) = own.select(Spelling::as_select()).first(conn).optional()? else { return Ok(false) };
    diesel::delete(accepted_spellings::table.find(row.id)).execute(conn)?;
    note("spelling.revoked", &row, actor, conn)?;
    Ok(true)
}

fn note(action: &str, row: &Spelling, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
    let Principal { client_id, client, org, province, .. } = &*actor.principal;
    let event = NewEvent {
        at: actor.at,
        client_id: Some(*client_id),
        client: Some(client.clone()),
        org_id: *org,
        province: province.clone(),
        request_id: Some(actor.request_id),
        detail: Some(format!("{}: {} = {}", row.source_system, row.spelling, row.organization_id)),
        ..NewEvent::of(ActorKind::Client, action)
    };
    audit::append(event, conn)
}

/// Up to `limit` spellings of a source system after one of them, in the order in which they were accepted.
pub fn list(system: &str, after: Option<Id>, limit: i64, conn: &mut Connection) -> Outcome<Vec<Spelling>> {
    let mut query = accepted_spellings::table
        .filter(accepted_spellings::source_system.eq(system))
        .order(accepted_spellings::id)
        .limit(limit)
        .select(Spelling::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(accepted_spellings::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Spellings as they are answered, of organizations that the caller sees.
pub fn shown(rows: Vec<Spelling>, sight: &Sight, conn: &mut Connection) -> Outcome<Vec<AcceptedSpelling>> {
    let named: Vec<Id> = rows.iter().map(|row| row.organization_id).collect();
    let merged = merges_of(&named, conn)?;
    let meant = |id: Id| merged.get(&id).copied().unwrap_or(id);
    let ids: Vec<Id> = named.iter().map(|id| meant(*id)).collect();
    let heads: Vec<Head> = records::table.filter(records::id.eq_any(ids)).select(Head::as_select()).load(conn)?;
    let heads: BTreeMap<Id, Head> = heads.into_iter().map(|head| (head.id, head)).collect();
    let shown = |row: Spelling| {
        let head = heads.get(&meant(row.organization_id)).filter(|head| sight.sees(&Standing::from(*head)))?.clone();
        let in_place_of = Some(row.organization_id).filter(|id| *id != head.id);
        let summary = RecordSummary::new(head.id, head.code, head.kind, head.state, head.name_zh, head.name_en);
        Some(AcceptedSpelling {
            id: row.id,
            source_system: row.source_system,
            spelling: row.spelling,
            organization: RecordSummary { in_place_of, ..summary },
            client: row.client,
            created_at: row.created_at,
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}
