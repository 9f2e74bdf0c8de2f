//! Records that share an identifier since a merge by an earlier version, which did not move identifiers.

use diesel::prelude::*;

use crate::check::{Check, Finding, Found, Look, each_record};
use crate::db::Connection;
use crate::db::schema::records;
use crate::problem::Outcome;
use crate::records::commit;
use crate::records::projection::Projection;
use crate::records::rows::{Head, state};

pub const DUPLICATES: Check = Check { name: "duplicates", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    for kind in look.register.kinds().iter().filter(|kind| !kind.uniques.is_empty()) {
        each_record(look, kind, found, |head, content, conn| {
            // A draft is refused when it is submitted.
            if head.state == state::DRAFT {
                return Ok(Vec::new());
            }
            let mut projection = Projection::of(kind, content);
            Projection::follow_merges(&mut [&mut projection], head.id, conn)?;
            twice(head, &projection, conn)
        })?;
    }
    Ok(())
}

fn twice(head: &Head, projection: &Projection, conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let taken = commit::taken(head.id, &projection.identifiers, conn)?;
    let finding = |(scheme, value, other): &(String, String, _)| {
        let code: String = records::table.find(other).select(records::code).get_result(conn)?;
        let value = value.split('/').next().unwrap_or_default().to_owned();
        Ok(Finding::of(&head.code, "identifier-twice").arg("scheme", scheme).arg("value", value).arg("other", code))
    };
    taken.iter().map(finding).collect()
}
