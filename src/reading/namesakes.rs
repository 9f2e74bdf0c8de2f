//! Records that a new one may be once more: they have its name, or its number, in some spelling.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde_json::Value;

use crate::db::{Cell, Connection, Id, Instant, Sql, Uid};
use crate::kind::Kind;
use crate::kind::search::told_apart_by;
use crate::problem::{Fault, Outcome};
use crate::reading::search::{Engine, push_found, push_query};
use crate::records::rows::{SICHUAN, Standing};
use crate::records::sight::Sight;

/// Records that are named for one text.
const MOST: i64 = 3;

/// Warnings that name what a record may be once more: official records, submitted ones that the caller sees, and of other submitted
/// ones the side that registers them. Drafts are not hinted at.
pub fn warnings(id: Id, kind: &Kind, content: &Value, sight: &Sight, conn: &mut Connection) -> Outcome<Vec<Fault>> {
    let mut warnings = Vec::new();
    for (pointer, term) in told_apart_by(kind, content) {
        type Types = ((Uid, Text, Text, BigInt, Bool, Text, Uid, Uid, Nullable<Instant>), Text);
        let mut sql: Sql<Types> = Sql::new(
            "SELECT r.id, r.kind, r.state, r.revision, r.joint, r.province, r.owner_id, r.created_by, r.published_at, r.code FROM ",
        );
        push_found(&mut sql);
        sql.push_join().push("records r ON r.id = s.record_id WHERE ");
        push_query(&mut sql, &[vec![term]], &[kind], Engine::of(conn));
        sql.push(" AND r.state <> 'draft' AND r.state <> 'withdrawn' AND r.id <> ").bind(Cell::id(id));
        sql.push(format!(" ORDER BY r.id LIMIT {MOST}"));
        let found: Vec<(Standing, String)> = sql.planned_by_values().load(conn)?;
        for (standing, code) in found {
            warnings.push(match sight.sees(&standing) {
                true => Fault::at(&pointer, "namesake").arg("ref", code),
                false => Fault::at(&pointer, "namesake-waiting").arg("ask", side(&standing)),
            });
        }
    }
    // Of several that nobody may see it is told once.
    warnings.dedup_by(|one, other| one.code == "namesake-waiting" && one.code == other.code && one.args == other.args);
    Ok(warnings)
}

fn side(standing: &Standing) -> &'static str {
    if standing.province == SICHUAN { "sichuan" } else { "chongqing" }
}
