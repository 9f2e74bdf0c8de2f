//! Users of a record: what would be left dangling by its withdrawal.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::db::schema::clients;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::forms::change_request::Usage;
use crate::forms::summary::RecordSummary;
use crate::problem::Outcome;
use crate::records::sight::Sight;

/// Maximum number of users named.
const MOST_NAMED: usize = 20;

impl Usage {
    /// Only the counts.
    pub fn of(id: Id, conn: &mut Connection) -> Outcome<Usage> {
        let mut count: Sql<BigInt> = Sql::new("SELECT COUNT(*) FROM records r WHERE ");
        count.append(uses(id));
        let acting = clients::table.filter(clients::org_id.eq(id)).filter(clients::disabled_at.is_null());
        let clients = acting.count().get_result(conn)?;
        Ok(Usage { records: count.get_result(conn)?, clients, items: Vec::new() })
    }

    /// With the first users that the caller may see.
    pub fn seen_by(id: Id, sight: &Sight, conn: &mut Connection) -> Outcome<Usage> {
        type Row = (Id, String, String, String, String, Option<String>);
        let mut first: Sql<(Uid, Text, Text, Text, Text, Nullable<Text>)> =
            Sql::new("SELECT r.id, r.code, r.kind, r.state, r.name_zh, r.name_en FROM records r WHERE ");
        first.append(uses(id)).push(" AND ").append(sight.condition("r"));
        first.push(format!(" ORDER BY r.kind, r.id LIMIT {MOST_NAMED}"));
        let rows: Vec<Row> = first.load(conn)?;
        let items =
            rows.into_iter().map(|(id, code, kind, state, zh, en)| RecordSummary::new(id, code, kind, state, zh, en));
        Ok(Usage { items: items.collect(), ..Usage::of(id, conn)? })
    }

    pub fn is_used(&self) -> bool {
        self.records > 0 || self.clients > 0
    }
}

/// Over `records` called `r`: what counts as a user. Drafts do not: they are judged again before they are submitted.
fn uses(id: Id) -> Sql {
    let mut sql: Sql = Sql::new("r.id IN (SELECT o.id FROM records o WHERE o.owner_id = ");
    sql.bind(Cell::id(id)).push(" UNION SELECT l.record_id FROM links l WHERE l.target_id = ").bind(Cell::id(id));
    sql.push(") AND r.id <> ").bind(Cell::id(id)).push(" AND r.state <> 'draft' AND r.state <> 'withdrawn'");
    sql
}
