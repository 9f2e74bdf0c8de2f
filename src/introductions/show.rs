//! Introductions as their readers get them: hidden owners are left out here, and nowhere else.

use crate::auth::Principal;
use crate::auth::scopes::WriteRecords;
use crate::db::{Connection, Id, Moment};
use crate::forms::introduction::{
    Introduction, IntroductionActor, IntroductionEnding, IntroductionHistory, IntroductionOwner,
    IntroductionParty as Party, IntroductionSides, IntroductionStep, IntroductionTimes, LegalIntroductionStep,
};
use crate::introductions::moves;
use crate::introductions::rows::{self, Row, StepRow};
use crate::introductions::sides::{Known, Pair, Side};
use crate::kind::register::Register;
use crate::problem::{Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::proposals::OVERDUE_SECONDS;
use crate::reference::{Day, Money};

/// These introductions, which the caller sees.
pub fn shown(rows: Vec<Row>, register: &Register, actor: &Actor, conn: &mut Connection) -> Outcome<Vec<Introduction>> {
    let known = Known::of(&rows, &[], register, conn)?;
    rows.into_iter().map(|row| introduction(row, &known, actor)).collect()
}

/// One of them.
pub fn one(row: Row, register: &Register, actor: &Actor, conn: &mut Connection) -> Outcome<Introduction> {
    let shown = shown(vec![row], register, actor, conn)?.pop();
    shown.ok_or_else(|| Problem::internal("an introduction that is not there"))
}

fn introduction(row: Row, known: &Known, actor: &Actor) -> Outcome<Introduction> {
    let principal = &actor.principal;
    let missing = || Problem::internal("an introduction without its records");
    let pair = known.pair(&row).ok_or_else(missing)?;
    let proposed_by = Party::stored(&row.proposed_by);
    let proposer = named((proposed_by, row.org_id, &row.client), known, &pair, (row.is_agreed(), principal));
    let case = pair.case(&row, None, principal);
    Ok(Introduction {
        demand: known.summary(row.demand_id).ok_or_else(missing)?,
        offer: known.summary(row.offer_id).ok_or_else(missing)?,
        sides: IntroductionSides {
            demand: owner(pair.demand, row.demand_accepted_at, known, (row.is_agreed(), principal)),
            offer: owner(pair.offer, row.offer_accepted_at, known, (row.is_agreed(), principal)),
        },
        proposed_by,
        proposer,
        awaiting: if row.is_open() { case.awaited() } else { Vec::new() },
        overdue: row.is_open() && actor.at.seconds() - row.proposed_at.seconds() > OVERDUE_SECONDS,
        amount: row.amount.and_then(Money::from_fen),
        signed_on: row.signed_on.and_then(Day::new),
        project: row.project_id.and_then(|id| known.summary(id)),
        reached: times(&row),
        ending: row.reason_code.map(|reason_code| IntroductionEnding {
            reason_code,
            reason: row.reason,
            side: row.ended_by.as_deref().map_or(Party::Broker, Party::stored),
        }),
        id: row.id,
        code: row.code,
        revision: row.revision,
        state: row.state,
        note: row.note,
        contract_no: row.contract_no,
        result: row.result,
        created_at: row.proposed_at,
        updated_at: row.updated_at,
    })
}

/// Whether both sides accepted, and who asks.
type Asked<'a> = (bool, &'a Principal);

fn owner(side: &Side, accepted_at: Option<Moment>, known: &Known, (is_agreed, principal): Asked) -> IntroductionOwner {
    let is_shown = side.shows_owner(is_agreed, principal);
    IntroductionOwner {
        organization: is_shown.then(|| known.summary(side.head.owner_id)).flatten(),
        province: side.head.province.clone(),
        accepted_at,
    }
}

/// Who acted for a party, where that names no hidden owner.
fn named(
    (party, org, client): (Party, Option<Id>, &str),
    known: &Known,
    pair: &Pair,
    (is_agreed, principal): Asked,
) -> Option<IntroductionActor> {
    let is_shown = pair.shows_actor((party, org.map(|org| known.meant(org))), is_agreed, principal);
    let organization = org.and_then(|org| known.summary(org));
    is_shown.then(|| IntroductionActor { client: client.to_owned(), organization })
}

fn times(row: &Row) -> IntroductionTimes {
    IntroductionTimes {
        proposed: row.proposed_at,
        accepted_one_side: row.accepted_one_side_at(),
        accepted: row.accepted_at(),
        contracted: row.contracted_at,
        finished: row.finished_at,
        declined: row.declined_at,
        failed: row.failed_at,
    }
}

/// Its history, and what the caller may do now: nothing by a token that may not write.
pub fn history(row: &Row, register: &Register, actor: &Actor, conn: &mut Connection) -> Outcome<IntroductionHistory> {
    let principal = &actor.principal;
    let steps = rows::steps_of(row.id, conn)?;
    let orgs: Vec<Id> = steps.iter().filter_map(|step| step.org_id).collect();
    let known = Known::of(std::slice::from_ref(row), &orgs, register, conn)?;
    let pair = known.pair(row).ok_or_else(|| Problem::internal("an introduction without its records"))?;
    let case = pair.case(row, row.org_id.map(|org| known.meant(org)), principal);
    let legal = match principal.scopes.contains::<WriteRecords>() {
        true => moves::legal(&row.state, &case),
        false => Vec::new(),
    };
    let legal = legal.into_iter().map(|(step, sides)| {
        let only_recalled = sides.is_empty();
        let sides: Vec<Party> = sides.into_iter().map(Party::from).collect();
        let sides = if only_recalled { vec![case.proposed_by] } else { sides };
        LegalIntroductionStep { to: step.to, sides, only_recalled }
    });
    let asked = (row.is_agreed(), &**principal);
    let items = steps.into_iter().map(|one| step(one, &known, &pair, asked));
    Ok(IntroductionHistory { items: items.collect(), legal: legal.collect() })
}

fn step(step: StepRow, known: &Known, pair: &Pair, asked: Asked) -> IntroductionStep {
    let side = Party::stored(&step.party);
    IntroductionStep {
        actor: named((side, step.org_id, &step.client), known, pair, asked),
        revision: step.number,
        to: step.state,
        side,
        reason_code: step.reason_code,
        reason: step.reason,
        at: step.at,
    }
}
