//! Who signs for a province: an organization of the register, whose name is taken from there, or an office named by the
//! client, which is not checked (`stated`).
//!
//! Refused: an organization that is not official, or not of the province for which it signs.

use diesel::prelude::*;

use crate::db::schema::records;
use crate::db::{Connection, Id};
use crate::forms::envelope::Reference;
use crate::forms::signatory::{Signatory, SignatoryRequest};
use crate::problem::{Fault, Outcome, Problem};
use crate::records::rows::state;

impl SignatoryRequest {
    /// Looks up the signatory named by a client of this province.
    pub fn find(self, province: &str, conn: &mut Connection) -> Outcome<Signatory> {
        match (self.organization, self.zh) {
            (Some(_), Some(_)) => Err(refused("/zh", "either-or", "organization")),
            (Some(_), None) if self.en.is_some() => Err(refused("/en", "either-or", "organization")),
            (Some(organization), None) => of_register(&organization, province, conn),
            (None, Some(zh)) => Ok(Signatory { zh, en: self.en, org_id: None, stated: true }),
            (None, None) => Err(refused("/zh", "required", "organization")),
        }
    }
}

fn refused(at: &str, code: &'static str, other: &str) -> Problem {
    Problem::invalid(vec![Fault::at(format!("/signatory{at}"), code).arg("other", other)])
}

/// The organization with its names of today.
fn of_register(wanted: &Reference, province: &str, conn: &mut Connection) -> Outcome<Signatory> {
    let at = "/signatory/organization";
    let organizations = records::table.filter(records::kind.eq("organizations"));
    let mut query = organizations
        .filter(records::state.eq_any(state::PUBLIC))
        .select((records::id, records::code, records::province, records::name_zh, records::name_en))
        .into_boxed();
    match (wanted.id, &wanted.code) {
        (None, None) => return Err(Problem::invalid(vec![Fault::at(at, "reference-empty")])),
        (Some(id), _) => query = query.filter(records::id.eq(id)),
        (None, Some(code)) => query = query.filter(records::code.eq(code)),
    }
    let found: Option<(Id, String, String, String, Option<String>)> = query.get_result(conn).optional()?;
    let Some((id, code, own, zh, en)) = found else {
        let shown = wanted.id.map(|id| id.to_string()).or(wanted.code.clone()).unwrap_or_default();
        let fault = Fault::at(at, "reference-not-found").arg("ref", shown).arg("kind", "organizations");
        return Err(Problem::invalid(vec![fault]));
    };
    if wanted.code.as_ref().is_some_and(|given| *given != code) {
        return Err(Problem::invalid(vec![Fault::at(at, "reference-mismatch").arg("code", code)]));
    }
    if own != province {
        return Err(Problem::invalid(vec![Fault::at(at, "signatory-of-other-province").arg("province", province)]));
    }
    Ok(Signatory { zh, en, org_id: Some(id), stated: false })
}
