//! The steps of an introduction after its proposal.

use crate::db::{Connection, Id, Moment};
use crate::forms::introduction::{IntroductionParty as Party, IntroductionSide};
use crate::forms::introduction_requests::IntroductionMove;
use crate::introductions::propose::named;
use crate::introductions::rows::{self, Made, Row};
use crate::introductions::sides::{Known, Pair};
use crate::introductions::steps::{self, Case, Needs, Step, Who};
use crate::introductions::{OTHER, RECALLED, state};
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::merges::merges_of;
use crate::records::rows::hold;

/// Moves an introduction that the caller sees, in the revision given.
pub fn move_to(
    mut row: Row,
    wish: &IntroductionMove,
    register: &Register,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<Row> {
    let Some(step) = steps::find(&row.state, wish.to.as_str()) else { return Err(illegal(&row, wish.to.as_str())) };
    if step.who == Who::Awaited {
        // Whoever changes or withdraws one of the two records waits, or is waited for.
        hold_now(&row, conn)?;
    }
    let known = Known::of(std::slice::from_ref(&row), &[], register, conn)?;
    let pair = known.pair(&row).ok_or_else(|| Problem::internal("an introduction without its records"))?;
    let case = pair.case(&row, row.org_id.map(|org| known.meant(org)), &actor.principal);
    let party = acting(step, wish, &case)?;
    let project = judged(step, wish, actor, conn)?;
    if step.who == Who::Awaited {
        refuse_closed(&row, &pair, actor)?;
    }
    // A process whose clock is behind never writes a step before the one it follows.
    let at = actor.at.max(row.updated_at);
    apply(&mut row, step, wish, (party, project, at));
    let only_for = pair.only_for((party, actor.principal.org), row.is_agreed());
    rows::update(&row, &Made { party, actor, province: &pair.demand.head.province, only_for }, conn)?;
    Ok(row)
}

/// Locks the records that its demand and its offer are now.
fn hold_now(row: &Row, conn: &mut Connection) -> Outcome<()> {
    let named = [row.demand_id, row.offer_id];
    let merges = merges_of(&named, conn)?;
    hold(&named.map(|id| merges.get(&id).copied().unwrap_or(id)), conn).map(drop)
}

/// 409 with what is possible instead.
fn illegal(row: &Row, to: &str) -> Problem {
    let legal: Vec<&str> = steps::from(&row.state).map(|step| step.to).collect();
    let problem = Problem::new(Code::IllegalStep).arg("from", &row.state).arg("to", to).arg("legal", legal.join(", "));
    problem.member("legal_steps", legal)
}

/// For whom the caller makes the step; 403 when it may not.
fn acting(step: &Step, wish: &IntroductionMove, case: &Case) -> Outcome<Party> {
    let is_recall = wish.reason_code.as_ref().is_some_and(|code| code.is(RECALLED));
    if is_recall && step.needs == Needs::Reason {
        return match case.may_recall(step) {
            true => Ok(case.proposed_by),
            false => Err(Problem::invalid(vec![Fault::at("/reason_code", "recall-of-others")])),
        };
    }
    let sides = case.sides(step);
    match (wish.side, &sides[..]) {
        (Some(side), sides) if sides.contains(&side) => Ok(side.into()),
        (None, [side]) => Ok((*side).into()),
        (None, [_, _]) => Err(Problem::invalid(vec![Fault::at("/side", "side-needed")])),
        // A broker ends it by taking it back, and has nothing else to say.
        (_, []) if case.may_recall(step) => Err(Problem::invalid(vec![Fault::at("/reason_code", "only-recall")])),
        _ => Err(Problem::new(Code::OtherOrganization)),
    }
}

/// Refuses what the step lacks and what does not belong to it, all at once; answers the project that is named.
fn judged(step: &Step, wish: &IntroductionMove, actor: &Actor, conn: &mut Connection) -> Outcome<Option<Id>> {
    let mut faults = Vec::new();
    let because = format!("introduction-states={}", step.to);
    let mut needs = |at: &str, is_given: bool| {
        if !is_given {
            faults.push(Fault::at(at, "required-here").arg("because", &because));
        }
    };
    match step.needs {
        Needs::Nothing => {}
        Needs::Reason => needs("/reason_code", wish.reason_code.is_some()),
        Needs::Contract => {
            needs("/contract_no", wish.contract_no.is_some() || wish.project.is_some());
            needs("/signed_on", wish.signed_on.is_some());
        }
        Needs::Result => needs("/result", wish.result.is_some()),
    }
    if wish.reason_code.as_ref().is_some_and(|code| code.is(OTHER)) && wish.reason.is_none() {
        let because = format!("introduction-reasons={OTHER}");
        faults.push(Fault::at("/reason", "required-here").arg("because", because));
    }
    let stray = given(wish).into_iter().filter(|(needs, is_given, _)| *is_given && *needs != step.needs);
    faults.extend(stray.map(|(.., at)| Fault::at(at, "not-for-this-step").arg("to", step.to)));
    if wish.signed_on.is_some_and(|day| day.date() > actor.at.day_in_shanghai()) {
        faults.push(Fault::at("/signed_on", "in-the-future"));
    }
    let project = wish.project.as_ref().map(|project| named(project, "/project", &["projects"], actor, conn));
    match project.transpose() {
        Ok(head) if faults.is_empty() => Ok(head.map(|head| head.id)),
        Ok(_) => Err(Problem::invalid(faults)),
        Err(problem) if problem.code() == Code::ValidationFailed => {
            Err(Problem::invalid([faults, problem.said().faults.clone()].concat()))
        }
        Err(problem) => Err(problem),
    }
}

/// Members that belong to steps of one need, and whether each is given.
fn given(wish: &IntroductionMove) -> [(Needs, bool, &'static str); 7] {
    [
        (Needs::Reason, wish.reason_code.is_some(), "/reason_code"),
        (Needs::Reason, wish.reason.is_some(), "/reason"),
        (Needs::Contract, wish.contract_no.is_some(), "/contract_no"),
        (Needs::Contract, wish.amount.is_some(), "/amount"),
        (Needs::Contract, wish.signed_on.is_some(), "/signed_on"),
        (Needs::Contract, wish.project.is_some(), "/project"),
        (Needs::Result, wish.result.is_some(), "/result"),
    ]
}

/// 409 where one of the records is not official and open any more, or both came into one hand.
fn refuse_closed(row: &Row, pair: &Pair, actor: &Actor) -> Outcome<()> {
    let at = |code| Fault::at("/to", code);
    let mut faults: Vec<Fault> = [pair.demand.fault(at), pair.offer.fault(at)].into_iter().flatten().collect();
    if pair.is_known_to_have_one_owner(row.is_agreed(), &actor.principal) {
        faults.push(at("one-owner"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(Code::NotOpen, faults)) }
}

fn apply(row: &mut Row, step: &Step, wish: &IntroductionMove, (party, project, at): (Party, Option<Id>, Moment)) {
    row.revision += 1;
    row.state = step.to.to_owned();
    row.updated_at = at;
    match (step.who, party) {
        (Who::Awaited, Party::Demand) => row.demand_accepted_at = Some(at),
        (Who::Awaited, _) => row.offer_accepted_at = Some(at),
        _ => {}
    }
    match step.to {
        state::CONTRACTED => {
            row.contracted_at = Some(at);
            row.contract_no.clone_from(&wish.contract_no);
            (row.amount, row.project_id) = (wish.amount.map(|amount| amount.fen()), project);
            row.signed_on = wish.signed_on.map(|day| day.date());
        }
        state::FINISHED => (row.finished_at, row.result) = (Some(at), wish.result.clone()),
        state::DECLINED => row.declined_at = Some(at),
        state::FAILED => row.failed_at = Some(at),
        _ => {}
    }
    if step.needs == Needs::Reason {
        row.reason_code = wish.reason_code.as_ref().map(|code| code.as_str().to_owned());
        row.reason.clone_from(&wish.reason);
        row.ended_by = Some(party.word().to_owned());
    }
}

/// The steps that the caller may make now, each with the sides for which it may.
pub fn legal(state: &str, case: &Case) -> Vec<(&'static Step, Vec<IntroductionSide>)> {
    let all = steps::from(state).map(|step| (step, case.sides(step)));
    all.filter(|(step, sides)| !sides.is_empty() || case.may_recall(step)).collect()
}
