//! Who signs for a province: an organization of the register, whose name is taken from there, or an office that the client
//! names and nobody checked (`stated`).
//!
//! Refused: an organization that is not official, or that is not of the province whose word it signs.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kind::Reference;
use super::model::{Confirmation, state};
use crate::api::{Fault, Outcome, Problem};
use crate::db::schema::records;
use crate::db::{Connection, Id};

/// 签署方：organization（登记簿中的单位）与 zh（自报名称）二者取一。Who signs: an `organization` of the register, or an office by
/// its name `zh`, which is then marked as stated by the client.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignatoryRequest {
    /// 已登记并生效的本省市单位，名称取自登记簿。An official organization of the confirming province; its name is taken from the
    /// register.
    pub organization: Option<Reference>,
    /// 自报的签署单位或职务名称（不写个人姓名）。Chinese name of an office, not of a person, as the client states it.
    #[schema(max_length = 200, min_length = 1)]
    pub zh: Option<String>,
    /// 自报的英文名称。Its English name.
    #[schema(max_length = 200, min_length = 1)]
    pub en: Option<String>,
}

/// 签署方。Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signatory {
    /// 中文名称。Chinese name.
    #[schema(max_length = 200)]
    pub zh: String,
    /// 英文名称。English name.
    #[schema(max_length = 400)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// 登记簿中的单位；自报的没有。The organization of the register, whose names are those of that day; none when stated.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<Id>,
    /// 名称是否为客户端自报、未经核对。Whether the name is what the client said, which nobody checked.
    #[serde(default = "stated")]
    pub stated: bool,
}

/// Documents from before signatories were checked do not say so.
fn stated() -> bool {
    true
}

impl SignatoryRequest {
    /// Looks up whom a client of this province names.
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

impl Confirmation {
    /// Who signed it.
    pub fn signatory(&self) -> Option<Signatory> {
        let (en, org_id) = (self.signatory_en.clone(), self.signatory_id);
        Some(Signatory { zh: self.signatory_zh.clone()?, en, org_id, stated: org_id.is_none() })
    }
}
