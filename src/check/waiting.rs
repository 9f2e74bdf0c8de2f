//! Proposals that no client can confirm for a province: none may confirm there, or all that may worked on it or belong
//! to its owner.

use crate::agreement::eyes::Eyes;
use crate::auth::clients::{self, Client};
use crate::auth::scopes::ConfirmRecords;
use crate::check::{Check, Finding, Found, Look};
use crate::db::{Connection, Id};
use crate::kind::register::Register;
use crate::problem::Outcome;
use crate::records::proposals;
use crate::records::rows::{Head, Proposal};

pub const WAITING: Check = Check { name: "waiting", run };

/// Proposals that are read at a time.
const BATCH: i64 = 200;

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    let mut after: Option<Id> = None;
    loop {
        let (count, last, findings) = look.db.read_here(|conn| batch(look.register, after, conn))?;
        findings.into_iter().for_each(|finding| found.report(finding));
        if count < BATCH as usize {
            return Ok(());
        }
        after = last;
    }
}

fn batch(register: &Register, after: Option<Id>, conn: &mut Connection) -> Outcome<(usize, Option<Id>, Vec<Finding>)> {
    let waiting = proposals::open_after(after, BATCH, conn)?;
    let clients = clients::list(conn)?;
    let mut findings = Vec::new();
    for (proposal, head) in &waiting {
        findings.extend(nobody_for(register, &clients, proposal, head, conn)?);
    }
    Ok((waiting.len(), waiting.last().map(|(proposal, _)| proposal.id), findings))
}

/// The provinces whose confirmation is awaited and that have no client to give it.
fn nobody_for(
    register: &Register,
    clients: &[Client],
    proposal: &Proposal,
    head: &Head,
    conn: &mut Connection,
) -> Outcome<Vec<Finding>> {
    let Some(kind) = register.kind(&head.kind) else { return Ok(Vec::new()) };
    let eyes = Eyes::on(kind, head, proposal, conn)?;
    let finding = |province: &str| {
        let mut speakers = clients.iter().filter(|client| speaks_for(client, province)).peekable();
        let code = if speakers.peek().is_some() { "nobody-to-confirm" } else { "no-confirming-client" };
        if speakers.any(|client| eyes.bar(client.id, client.org_id).is_none()) {
            return None;
        }
        let finding = Finding::of(&head.code, code).arg("province", province);
        Some(finding.arg("request", proposals::href(proposal.id)))
    };
    Ok(proposal.awaited().into_iter().filter_map(finding).collect())
}

/// Whether a client may confirm for this province at all.
fn speaks_for(client: &Client, province: &str) -> bool {
    let may_confirm = client.disabled_at.is_none() && client.scopes.contains::<ConfirmRecords>();
    may_confirm && client.province.as_deref() == Some(province)
}
