//! Introductions that a merge left in a state in which none would be proposed, and those that differ from their history.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::check::{Check, Finding, Found, Look};
use crate::db::{Connection, Sql};
use crate::introductions::{sight, state};
use crate::problem::Outcome;

pub const INTRODUCTIONS: Check = Check { name: "introductions", run };

fn run(look: &Look, found: &mut Found) -> Outcome<()> {
    for findings in [twice, to_itself, without_step] {
        look.db.read_here(findings)?.into_iter().for_each(|finding| found.report(finding));
    }
    Ok(())
}

/// The states of those that live, for `IN`.
fn live() -> String {
    state::LIVE.map(|state| format!("'{state}'")).join(", ")
}

/// Two that live between what is one demand and one offer now.
fn twice(conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let live = live();
    let each =
        format!("SELECT i.code AS code, d.id AS demand, o.id AS offer FROM {} WHERE i.state IN ({live})", sight::FROM);
    let pairs: Sql<(Text, Text)> = Sql::new(format!(
        "SELECT a.code, b.code FROM ({each}) a JOIN ({each}) b ON b.demand = a.demand AND b.offer = a.offer AND b.code < a.code \
         ORDER BY a.code, b.code"
    ));
    let rows: Vec<(String, String)> = pairs.load(conn)?;
    Ok(rows.into_iter().map(|(code, other)| Finding::of(code, "introduced-twice").arg("other", other)).collect())
}

/// Those of which both sides are one organization now.
fn to_itself(conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let live = live();
    let rows: Sql<(Text, Text)> = Sql::new(format!(
        "SELECT i.code, w.code FROM {} JOIN records w ON w.id = d.owner_id WHERE d.owner_id = o.owner_id AND i.state IN ({live}) \
         ORDER BY i.code",
        sight::FROM
    ));
    let rows: Vec<(String, String)> = rows.load(conn)?;
    Ok(rows.into_iter().map(|(code, org)| Finding::of(code, "introduced-to-itself").arg("organization", org)).collect())
}

/// Those whose last step is not the one that they speak of.
fn without_step(conn: &mut Connection) -> Outcome<Vec<Finding>> {
    let rows: Sql<Text> = Sql::new(
        "SELECT i.code FROM introductions i WHERE NOT EXISTS (SELECT 1 FROM introduction_steps s WHERE s.introduction_id = i.id \
         AND s.number = i.revision AND s.state = i.state) OR (SELECT COUNT(*) FROM introduction_steps s \
         WHERE s.introduction_id = i.id) <> i.revision ORDER BY i.code",
    );
    let codes: Vec<String> = rows.load(conn)?;
    Ok(codes.into_iter().map(|code| Finding::of(code, "step-missing")).collect())
}
