//! Records that follow, precede or contain themselves: refused by now, but a trap for clients that follow the chain.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::check::{Check, Finding, Found, Look};
use crate::db::schema::records;
use crate::db::{Connection, Id};
use crate::kind::register::Registered;
use crate::problem::Outcome;
use crate::records::chains;

pub const LOOPS: Check = Check { name: "loops", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    for kind in look.register.kinds() {
        look.db.read_here(|conn| of_kind(kind, conn))?.into_iter().for_each(|finding| found.report(finding));
    }
    Ok(())
}

fn of_kind(kind: &Registered, conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    for (member, ids) in chains::standing(kind, conn)? {
        let codes = records::table.filter(records::id.eq_any(&ids)).select((records::id, records::code));
        let codes: BTreeMap<Id, String> = codes.load::<(Id, String)>(conn)?.into_iter().collect();
        let way: Vec<&str> = ids.iter().chain(ids.first()).filter_map(|id| codes.get(id)).map(String::as_str).collect();
        let about = way.first().copied().unwrap_or_default();
        findings.push(Finding::of(about, "loop").arg("field", member).arg("path", way.join(" → ")));
    }
    Ok(findings)
}
