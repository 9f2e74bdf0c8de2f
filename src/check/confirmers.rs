//! Clients that may confirm without an agency or an explicit grant: scopes from before agencies were marked.

use std::collections::BTreeSet;

use crate::auth::scopes::ConfirmRecords;
use crate::auth::{agencies, clients};
use crate::check::{Check, Finding, Found, Look};
use crate::db::{Connection, Id};
use crate::problem::Outcome;

pub const CONFIRMERS: Check = Check { name: "confirmers", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    look.db.read_here(without_agency)?.into_iter().for_each(|finding| found.report(finding));
    Ok(())
}

fn without_agency(conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let agencies: BTreeSet<Id> = agencies::list(conn)?.into_iter().map(|agency| agency.id).collect();
    let is_stranger = |org: Option<Id>| org.is_some_and(|org| !agencies.contains(&org));
    let clients = clients::list(conn)?.into_iter().filter(|client| {
        let may = client.disabled_at.is_none() && client.scopes.contains::<ConfirmRecords>();
        may && !client.for_province && is_stranger(client.org_id)
    });
    Ok(clients.map(|client| Finding::of(client.name, "confirms-without-agency")).collect())
}
