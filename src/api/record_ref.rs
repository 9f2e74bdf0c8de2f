//! How a record is named: by its id or by its code.

use crate::api::Query;
use crate::api::query::shown;
use crate::db::Id;
use crate::problem::Fault;
use crate::reference::RecordCode;

/// The id or the code of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordRef {
    Id(Id),
    Code(String),
}

impl RecordRef {
    /// What every one of them matches, for the contract.
    pub const PATTERN: &str =
        r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$";

    /// Takes a parameter that names a record of any kind.
    pub fn take(query: &Query, name: &str) -> Option<RecordRef> {
        query.take_as(name, |text| RecordRef::check(name, text))
    }

    /// What the value of a parameter names, or what is wrong with it.
    pub fn check(parameter: &str, text: &str) -> Result<RecordRef, Fault> {
        if let Ok(id) = text.parse() {
            return Ok(RecordRef::Id(id));
        }
        let fault = |code| Fault::parameter(parameter, code).arg("value", shown(text));
        RecordCode::parse(text).map(|_| RecordRef::Code(text.to_owned())).map_err(fault)
    }

    pub fn is_code(&self) -> bool {
        matches!(self, RecordRef::Code(_))
    }
}

impl std::fmt::Display for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RecordRef::Id(id) => id.fmt(f),
            RecordRef::Code(code) => f.write_str(code),
        }
    }
}
