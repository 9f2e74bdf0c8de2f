//! What stayed behind when an organization moved to the other province: records, in earlier versions, and clients,
//! whose province only the operator changes.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::auth::clients;
use crate::check::{Check, Finding, Found, Look, each_record};
use crate::db::schema::records;
use crate::db::{Connection, Id, Sql};
use crate::kind::Owner;
use crate::problem::Outcome;

pub const PROVINCES: Check = Check { name: "provinces", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    let moved: BTreeMap<Id, String> = look.db.read_here(owners_elsewhere)?.into_iter().collect();
    for kind in look.register.kinds().iter().filter(|kind| kind.has_owner() && !moved.is_empty()) {
        each_record(look, kind, found, |head, content, _| {
            let province = moved.get(&head.owner_id).filter(|province| **province != head.province);
            let is_left = !head.joint && matches!(kind.owner(content), Owner::Organization(_));
            let finding = |province: &String| Finding::of(&head.code, "kept-elsewhere").arg("province", province);
            Ok(province.filter(|_| is_left).map(finding).into_iter().collect())
        })?;
    }
    look.db.read_here(clients_elsewhere)?.into_iter().for_each(|finding| found.report(finding));
    Ok(())
}

/// The organizations that own a record which another province keeps, with their own province.
fn owners_elsewhere(conn: &mut Connection) -> Outcome<Vec<(Id, String)>> {
    let rows: Sql<(crate::db::Uid, Text)> = Sql::new(
        "SELECT DISTINCT o.id, o.province FROM records r JOIN records o ON o.id = r.owner_id WHERE r.province <> o.province",
    );
    Ok(rows.load(conn)?)
}

fn clients_elsewhere(conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    for client in clients::list(conn)?.into_iter().filter(|client| client.disabled_at.is_none()) {
        let (Some(org), Some(province)) = (client.org_id, client.province) else { continue };
        let (code, seat): (String, String) =
            records::table.find(org).select((records::code, records::province)).get_result(conn)?;
        if seat != province {
            let finding = Finding::of(client.name, "acts-elsewhere").arg("organization", code);
            findings.push(finding.arg("seat", seat).arg("province", province));
        }
    }
    Ok(findings)
}
