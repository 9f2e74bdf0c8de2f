//! How a record of a kind is named in a path, and the 404 for one that is not there.

use crate::api::RecordRef;
use crate::kind::Kind;
use crate::problem::{Code, Outcome, Problem};
use crate::reference::RecordCode;

/// 404 for a record of this kind.
pub fn not_found(kind: &Kind, wanted: &str) -> Problem {
    Problem::new(Code::NotFound).arg("kind", kind.singular).arg("ref", wanted)
}

impl RecordRef {
    /// Reads a path segment. A code with a wrong check digit is 400; what is neither id nor code of this kind is 404.
    pub fn parse(kind: &Kind, text: &str) -> Outcome<RecordRef> {
        if let Ok(id) = text.parse() {
            return Ok(RecordRef::Id(id));
        }
        match RecordCode::parse(text) {
            Ok(code) if code.prefix() == kind.prefix => Ok(RecordRef::Code(text.to_owned())),
            Err("record-code-check") => Err(Problem::new(Code::InvalidCode).arg("ref", text)),
            _ => Err(not_found(kind, text)),
        }
    }
}
