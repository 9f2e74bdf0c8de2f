//! Proposing an introduction.

use diesel::prelude::*;

use crate::api::RecordRef;
use crate::db::schema::records;
use crate::db::{Connection, Id};
use crate::forms::envelope::Reference;
use crate::forms::introduction::IntroductionParty as Party;
use crate::introductions::rows::{self, Made, Row};
use crate::introductions::sides::{self, Pair, Side};
use crate::introductions::{NAME, OFFERS, state};
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::rows::{Head, Standing, hold, state as record};
use crate::records::{commit, merges};
use crate::reference::RecordCode;

/// What is to be proposed.
pub struct Proposal<'a> {
    /// The id that it gets.
    pub id: Id,
    pub demand: Id,
    pub offer: Id,
    /// The side from whose record it is proposed, and where the body names the other record.
    pub from: (Party, &'a str),
    pub note: Option<String>,
    /// For whom, where the caller says so.
    pub party: Option<Party>,
}

/// Proposes an introduction. A side that proposes it has accepted; a broker's waits for both.
pub fn propose(proposal: Proposal, register: &Register, actor: &Actor, conn: &mut Connection) -> Outcome<Row> {
    // Whoever changes or withdraws one of the two waits, or is waited for.
    hold(&[proposal.demand, proposal.offer], conn)?;
    let found = sides::pair([proposal.demand, proposal.offer], register, conn)?;
    let [demand, offer] = found.ok_or_else(|| Problem::internal("a record without its row"))?;
    let pair = Pair { demand: &demand, offer: &offer };
    let party = party(&proposal, &pair, actor)?;
    refuse_closed(&proposal, &pair)?;
    if pair.is_known_to_have_one_owner(false, &actor.principal) {
        return Err(Problem::invalid(vec![Fault::at(proposal.from.1, "one-owner")]));
    }
    refuse_second(&proposal, actor, conn)?;
    let row = new(proposal, party, actor, conn)?;
    let org = actor.principal.org;
    let only_for = pair.only_for((party, org), false);
    rows::insert(&row, &Made { party, actor, province: &demand.head.province, only_for }, conn)?;
    Ok(row)
}

fn new(proposal: Proposal, party: Party, actor: &Actor, conn: &mut Connection) -> Outcome<Row> {
    let word = |side: Party| (party == side).then_some(actor.at);
    let principal = &actor.principal;
    Ok(Row {
        id: proposal.id,
        code: rows::next_code(actor.at, conn)?,
        revision: 1,
        state: if party == Party::Broker { state::PROPOSED } else { state::ACCEPTED_ONE_SIDE }.to_owned(),
        demand_id: proposal.demand,
        offer_id: proposal.offer,
        proposed_by: party.word().to_owned(),
        client_id: principal.client_id,
        client: principal.client.clone(),
        org_id: principal.org,
        note: proposal.note,
        proposed_at: actor.at,
        demand_accepted_at: word(Party::Demand),
        offer_accepted_at: word(Party::Offer),
        contracted_at: None,
        finished_at: None,
        declined_at: None,
        failed_at: None,
        updated_at: actor.at,
        reason_code: None,
        reason: None,
        ended_by: None,
        contract_no: None,
        amount: None,
        signed_on: None,
        project_id: None,
        result: None,
    })
}

/// For whom the caller proposes it: as it says, if it may; else for the side from whose record it comes, for the other side, or as a
/// broker.
fn party(proposal: &Proposal, pair: &Pair, actor: &Actor) -> Outcome<Party> {
    let principal = &actor.principal;
    let speaks = |party: Party| match party {
        Party::Demand => pair.demand.is_spoken_for_by(principal),
        Party::Offer => pair.offer.is_spoken_for_by(principal),
        // An owner is no broker of its own record.
        Party::Broker => {
            [pair.demand, pair.offer].into_iter().all(|side: &Side| principal.org != Some(side.head.owner_id))
        }
    };
    match proposal.party {
        Some(party) if speaks(party) => Ok(party),
        Some(_) => Err(Problem::invalid(vec![Fault::at("/proposed_by", "not-your-side")])),
        None => {
            let other = if proposal.from.0 == Party::Demand { Party::Offer } else { Party::Demand };
            Ok([proposal.from.0, other].into_iter().find(|party| speaks(*party)).unwrap_or(Party::Broker))
        }
    }
}

/// 409 that says of each record why it cannot be introduced now.
fn refuse_closed(proposal: &Proposal, pair: &Pair) -> Outcome<()> {
    let of_path = |code| Fault::parameter("ref", code);
    let of_body = |code| Fault::at(proposal.from.1, code);
    let found = match proposal.from.0 {
        Party::Demand => [pair.demand.fault(of_path), pair.offer.fault(of_body)],
        _ => [pair.offer.fault(of_path), pair.demand.fault(of_body)],
    };
    let faults: Vec<Fault> = found.into_iter().flatten().collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(Code::NotOpen, faults)) }
}

/// 409 where the two have an introduction that lives; it is named if the caller sees it.
fn refuse_second(proposal: &Proposal, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
    let demands = sides::with_merged(proposal.demand, conn)?;
    let offers = sides::with_merged(proposal.offer, conn)?;
    let Some(other) = rows::live_between(&demands, &offers, conn)? else { return Ok(()) };
    let problem = Problem::new(Code::AlreadyIntroduced);
    let seen = rows::find(&RecordRef::Id(other.id), actor, conn)?;
    Err(match seen {
        Some(seen) => problem.member("existing", commit::shown(NAME, seen.id, &seen.code)),
        None => problem,
    })
}

/// The record that a body names: an official one, of one of these kinds.
pub fn named(
    reference: &Reference,
    at: &str,
    kinds: &[&'static str],
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<Head> {
    let refuse = |fault: Fault| Err(Problem::invalid(vec![fault]));
    let wrong = |code: &String| RecordCode::parse(code).is_err();
    let found = match (reference.id, &reference.code) {
        (None, None) => return refuse(Fault::at(at, "reference-empty")),
        (_, Some(code)) if wrong(code) => return refuse(Fault::at(format!("{at}/code"), "invalid-code")),
        (Some(id), _) => records::table.find(id).select(Head::as_select()).get_result(conn).optional()?,
        (None, Some(code)) => {
            records::table.filter(records::code.eq(code)).select(Head::as_select()).get_result(conn).optional()?
        }
    };
    let seen = |head: &Head| kinds.contains(&head.kind.as_str()) && actor.sight().sees(&Standing::from(head));
    let Some(head) = found.filter(seen) else {
        let shown = reference.id.map(|id| id.to_string()).or(reference.code.clone()).unwrap_or_default();
        let fault = Fault::at(at, "reference-not-found").arg("ref", shown);
        return refuse(fault.arg("kind", kinds.first().copied().unwrap_or_default()));
    };
    if reference.code.as_ref().is_some_and(|code| *code != head.code) {
        return refuse(Fault::at(at, "reference-mismatch").arg("code", &head.code));
    }
    if head.published_at.is_none() {
        return refuse(Fault::at(at, "reference-not-published"));
    }
    if head.state != record::WITHDRAWN {
        return Ok(head);
    }
    refuse(match merges::successor_of(head.id, conn)? {
        Some((_, code, true)) => {
            let fault = Fault::at(at, "reference-merged").arg("ref", &head.code).arg("successor", &code);
            fault.did_you_mean(Some(code))
        }
        _ => Fault::at(at, "reference-ended").arg("ref", &head.code),
    })
}

/// The offer that a body names.
pub fn offer_named(reference: &Reference, actor: &Actor, conn: &mut Connection) -> Outcome<Head> {
    named(reference, "/offer", &OFFERS, actor, conn)
}
