//! Who may see which record (`docs/rules.md` §18), as a rule and as the same rule in SQL.

use crate::auth::{Principal, Reader};
use crate::db::{Cell, Id, Sql};
use crate::records::rows::{Standing, state};

/// What a caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Without a token: active, suspended and closed records, in the public view.
    Public,
    /// With a token: besides, submitted records of the provinces concerned and the drafts of the own organization.
    Client { client_id: Id, org: Option<Id>, province: Option<String> },
}

impl From<&Reader> for Sight {
    fn from(reader: &Reader) -> Sight {
        Sight::of(reader.principal().map(|principal| &**principal))
    }
}

impl Sight {
    pub fn of(principal: Option<&Principal>) -> Sight {
        match principal {
            None => Sight::Public,
            Some(principal) => Sight::Client {
                client_id: principal.client_id,
                org: principal.org,
                province: principal.province.clone(),
            },
        }
    }

    pub fn is_public(&self) -> bool {
        matches!(self, Sight::Public)
    }

    /// Whether this record is visible to the caller. Withdrawn records answer 410 to everybody who could see them
    /// before.
    pub fn sees(&self, row: &Standing) -> bool {
        if state::PUBLIC.contains(&row.state.as_str()) || (row.state == state::WITHDRAWN && row.published_at.is_some())
        {
            return true;
        }
        let Sight::Client { client_id, org, province } = self else {
            return false;
        };
        *org == Some(row.owner_id)
            || *client_id == row.created_by
            || (row.state == state::SUBMITTED
                && province.as_ref().is_some_and(|province| row.joint || *province == row.province))
    }

    /// [`Sight::sees`] in SQL, over the `records` row called `alias`.
    pub fn known(&self, alias: &'static str) -> Sql {
        let mut sql: Sql = Sql::new("(");
        sql.append(self.condition(alias));
        sql.push(format!(" OR ({alias}.state = 'withdrawn' AND ({alias}.published_at IS NOT NULL"));
        if let Sight::Client { client_id, org, .. } = self {
            sql.push(" OR ").append(own(alias, *client_id, *org));
        }
        sql.push(")))");
        sql
    }

    /// [`Sight::known`] without withdrawn records, which have no answer any more.
    ///
    /// Three `<>` tests: almost all rows are public, so an index on the state would only cost; and SQLite would build a
    /// temporary table for `NOT IN`.
    pub fn condition(&self, alias: &'static str) -> Sql {
        let mut sql: Sql = Sql::new("(");
        sql.push("(").push(alias).push(".state <> 'draft' AND ").push(alias).push(".state <> 'submitted' AND ");
        sql.push(alias).push(".state <> 'withdrawn')");
        if let Sight::Client { client_id, org, province } = self {
            if let Some(province) = province {
                sql.push(format!(" OR ({alias}.state = 'submitted' AND ({alias}.joint OR {alias}.province = "));
                sql.bind(Cell::text(province)).push("))");
            }
            sql.push(format!(" OR ({alias}.state IN ('draft', 'submitted') AND "));
            sql.append(own(alias, *client_id, *org)).push(")");
        }
        sql.push(")");
        sql
    }
}

/// Whether the record is the caller's own: made by it, or its organization's.
fn own(alias: &'static str, client_id: Id, org: Option<Id>) -> Sql {
    let mut sql: Sql = Sql::new(format!("({alias}.created_by = "));
    sql.bind(Cell::id(client_id));
    if let Some(org) = org {
        sql.push(format!(" OR {alias}.owner_id = ")).bind(Cell::id(org));
    }
    sql.push(")");
    sql
}
