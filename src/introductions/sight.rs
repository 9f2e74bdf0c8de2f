//! Who sees an introduction, in SQL: clients of both owners, its proposer with its organization, and clients that speak for one of
//! the provinces concerned (`docs/rules.md` §27.1).

use crate::auth::Principal;
use crate::db::{Cell, Id, Sql};

/// Introductions (`i`) with what their demand (`d`) and their offer (`o`) are now: merged records are followed.
pub const FROM: &str = "introductions i \
    LEFT JOIN successions ds ON ds.record_id = i.demand_id AND ds.merged \
    JOIN records d ON d.id = COALESCE(ds.successor_id, i.demand_id) \
    LEFT JOIN successions os ON os.record_id = i.offer_id AND os.merged \
    JOIN records o ON o.id = COALESCE(os.successor_id, i.offer_id)";

/// Whether the caller sees an introduction, over [`FROM`].
pub fn visible(principal: &Principal) -> Sql {
    let mut sql: Sql = Sql::new("(i.client_id = ");
    sql.bind(Cell::id(principal.client_id));
    if let Some(org) = principal.org {
        sql.push(" OR ").append(is_organization(org));
    }
    if let Some(province) = principal.province.as_ref().filter(|_| principal.speaks_for_province()) {
        sql.push(" OR d.province = ").bind(Cell::text(province)).push(" OR o.province = ").bind(Cell::text(province));
    }
    sql.push(")");
    sql
}

/// An owner of either side, or the organization that proposed it, which may have been merged into this one.
fn is_organization(org: Id) -> Sql {
    let mut sql: Sql = Sql::new("d.owner_id = ");
    sql.bind(Cell::id(org)).push(" OR o.owner_id = ").bind(Cell::id(org)).push(" OR i.org_id = ").bind(Cell::id(org));
    sql.push(" OR EXISTS (SELECT 1 FROM successions a WHERE a.record_id = i.org_id AND a.merged AND a.successor_id = ");
    sql.bind(Cell::id(org)).push(")");
    sql
}

/// Whether a column of an item of the feed is the id of an introduction that the caller sees.
pub fn sees_item(column: &'static str, principal: &Principal) -> Sql {
    let mut sql: Sql = Sql::new(format!("EXISTS (SELECT 1 FROM {FROM} WHERE i.id = {column} AND "));
    sql.append(visible(principal)).push(")");
    sql
}

/// Whether the caller speaks for the side whose record is called `alias`: it is its owner's client, or a trusted one of its province.
pub fn speaks_for(alias: &'static str, principal: &Principal) -> Sql {
    let mut sql: Sql = Sql::new("(1 = 0");
    if let Some(org) = principal.org {
        sql.push(format!(" OR {alias}.owner_id = ")).bind(Cell::id(org));
    }
    if let Some(province) = principal.province.as_ref().filter(|_| principal.province_wide()) {
        sql.push(format!(" OR {alias}.province = ")).bind(Cell::text(province));
    }
    sql.push(")");
    sql
}
