//! Clients of partner systems and their secrets: the registry behind the token endpoint (RFC 6749 §2).
//!
//! Called by the command line, by the token endpoint and by the watch over disabled clients. A deleted client has no
//! secret and cannot be restored, but its row stays: revisions and audit events refer to it, and its name is not used
//! again. Every change here is written to the audit log in the same transaction.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::auth::scopes::{ConfirmRecords, PublishRecords, Scopes, WriteRecords};
use crate::auth::secrets::Secret;
use crate::auth::{MAX_LIVE_SECRETS, OPERATOR, agencies, audited};
use crate::db::schema::{client_secrets, clients, records};
use crate::db::{Connection, Id, Moment};
use crate::problem::{Code, Fault, Outcome, Problem};

/// The kind of the records that a client may act for.
const ORGANIZATIONS: &str = "organizations";

/// A client as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Made by us; the `sub` of its tokens.
    pub id: Id,
    /// The OAuth `client_id`, for example `cq-stb`.
    pub name: String,
    /// The organization record it acts for, if any.
    pub org_id: Option<Id>,
    /// The province it acts for: `500000` (Chongqing) or `510000` (Sichuan) (source: GB/T 2260).
    pub province: Option<String>,
    /// All scopes that a token of this client may carry.
    pub scopes: Scopes,
    /// The source system of its records, for `by-source` addresses.
    pub source_system: String,
    /// When it was registered.
    pub created_at: Moment,
    /// When it was disabled; absent while it may call.
    pub disabled_at: Option<Moment>,
    /// Whether the operator lets it confirm for its province although its organization is no agency.
    pub for_province: bool,
}

/// A new client as the operator registers it.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// `^[a-z0-9][a-z0-9-]{1,62}$`, never reused.
    pub name: String,
    /// An organization record; the client's province defaults to that record's.
    pub org_id: Option<Id>,
    /// `500000` or `510000`; required for writing, confirming and publishing.
    pub province: Option<String>,
    /// At least one.
    pub scopes: Scopes,
    /// The client's name unless given.
    pub source_system: Option<String>,
    /// Lets it have `records:confirm` though its organization is no agency.
    pub for_province: bool,
}

/// A client's columns; the last one is when it was deleted.
type Row = (Id, String, Option<Id>, Option<String>, String, String, Moment, Option<Moment>, bool, Option<Moment>);

impl TryFrom<Row> for Client {
    type Error = Problem;

    fn try_from(row: Row) -> Outcome<Client> {
        let (id, name, org_id, province, scopes, source_system, created_at, disabled_at, for_province, _) = row;
        let scopes = Scopes::known(&scopes);
        Ok(Client { id, name, org_id, province, scopes, source_system, created_at, disabled_at, for_province })
    }
}

/// Whether `name` may be a client's name: `^[a-z0-9][a-z0-9-]{1,62}$`.
pub fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=63).contains(&name.len())
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || byte == b'-')
}

/// Registers a client with its first secret. Fails with 422 naming every fault, or 409 when the name is taken.
pub fn add(conn: &mut Connection, new: &NewClient, secret: &Secret) -> Outcome<Client> {
    let province = checked_province(conn, new)?;
    let source_system = new.source_system.as_deref().unwrap_or(&new.name);
    let now = Moment::now();
    let inserted = diesel::insert_into(clients::table)
        .values((
            clients::id.eq(Id::new()),
            clients::name.eq(&new.name),
            clients::org_id.eq(new.org_id),
            clients::province.eq(province),
            clients::scopes.eq(new.scopes.to_string()),
            clients::source_system.eq(source_system),
            clients::created_at.eq(now),
            clients::for_province.eq(new.for_province),
        ))
        .execute(conn);
    match inserted {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Problem::new(Code::AlreadyExists).arg("kind", "clients").arg("key", &new.name));
        }
        other => other?,
    };
    let client = get(conn, &new.name)?;
    insert_secret(conn, client.id, secret, now)?;
    audited::managed("client.added", &client, Some(granted(&client)), conn)?;
    Ok(client)
}

/// Every client by name; deleted ones are left out.
pub fn list(conn: &mut Connection) -> Outcome<Vec<Client>> {
    let rows: Vec<Row> = clients::table.filter(clients::deleted_at.is_null()).order(clients::name).load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// The client called `name`, disabled or not, but not a deleted one.
pub fn find_by_name(conn: &mut Connection, name: &str) -> Outcome<Option<Client>> {
    let named = clients::table.filter(clients::name.eq(name).and(clients::deleted_at.is_null()));
    let row: Option<Row> = named.get_result(conn).optional()?;
    row.map(Client::try_from).transpose()
}

/// [`find_by_name`], or 404.
pub fn get(conn: &mut Connection, name: &str) -> Outcome<Client> {
    find_by_name(conn, name)?.ok_or_else(|| Problem::new(Code::NotFound).arg("kind", "clients").arg("ref", name))
}

/// Refuses the client's logins at once and its tokens within a minute; 404 when there is none.
pub fn disable(conn: &mut Connection, name: &str) -> Outcome<Client> {
    let client = set_disabled(conn, name, Some(Moment::now()))?;
    audited::managed("client.disabled", &client, None, conn)?;
    Ok(client)
}

/// Takes back [`disable`].
pub fn enable(conn: &mut Connection, name: &str) -> Outcome<Client> {
    let client = set_disabled(conn, name, None)?;
    audited::managed("client.enabled", &client, None, conn)?;
    Ok(client)
}

/// Ends a client for good: its secrets go, its tokens are refused within a minute. 404 when there is none.
pub fn delete(conn: &mut Connection, name: &str) -> Outcome<Client> {
    let client = get(conn, name)?;
    let now = Moment::now();
    diesel::delete(client_secrets::table.filter(client_secrets::client_id.eq(client.id))).execute(conn)?;
    diesel::update(clients::table.filter(clients::id.eq(client.id)))
        .set((clients::disabled_at.eq(client.disabled_at.unwrap_or(now)), clients::deleted_at.eq(now)))
        .execute(conn)?;
    audited::managed("client.deleted", &client, None, conn)?;
    Ok(client)
}

/// Binds a client to the organization record it acts for, when that was registered after the client; 404 when there is
/// no such client, 422 when the organization belongs to the other province. A client without a province gets the
/// organization's. With `for_province` a client that confirms may be bound to an organization that is no agency; that
/// grant is valid for this organization only.
pub fn bind_organization(conn: &mut Connection, name: &str, org_id: Id, for_province: bool) -> Outcome<()> {
    let client = get(conn, name)?;
    let for_province = for_province || (client.for_province && client.org_id == Some(org_id));
    let (province, mut faults) = match province_with(conn, org_id, client.province)? {
        Ok(province) => (Some(province), Vec::new()),
        Err(fault) => (None, vec![fault]),
    };
    faults.extend(may_confirm(client.scopes, org_id, for_province, conn)?);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    diesel::update(clients::table.find(client.id))
        .set((clients::org_id.eq(org_id), clients::province.eq(province), clients::for_province.eq(for_province)))
        .execute(conn)?;
    let client = get(conn, name)?;
    audited::managed("client.organization_set", &client, client.for_province.then(|| granted(&client)), conn)
}

/// What a client was granted, for the log and for the list.
pub(super) fn granted(client: &Client) -> String {
    let explicit = if client.for_province { "; --for-province" } else { "" };
    format!("{}{explicit}", client.scopes)
}

/// A client that confirms for a province is bound to one of its agencies, or has the operator's explicit grant
/// (`docs/rules.md` §3).
fn may_confirm(scopes: Scopes, org: Id, for_province: bool, conn: &mut Connection) -> Outcome<Option<Fault>> {
    if for_province || !scopes.contains::<ConfirmRecords>() || agencies::among(&[org], conn)?.contains(&org) {
        return Ok(None);
    }
    Ok(Some(Fault::at("/scopes", "confirms-without-agency")))
}

/// Removes scopes from clients that this version does not have; returns which client lost which. Without any nothing is
/// changed or audited.
pub fn drop_unknown_scopes(conn: &mut Connection) -> Outcome<Vec<(String, String)>> {
    let present = clients::table.filter(clients::deleted_at.is_null());
    let stored: Vec<(String, String)> = present.select((clients::name, clients::scopes)).load(conn)?;
    let mut dropped = Vec::new();
    for (name, scopes) in stored {
        let unknown = Scopes::unknown(&scopes).join(" ");
        if unknown.is_empty() {
            continue;
        }
        diesel::update(clients::table.filter(clients::name.eq(&name)))
            .set(clients::scopes.eq(Scopes::known(&scopes).to_string()))
            .execute(conn)?;
        audited::managed("client.scopes_dropped", &get(conn, &name)?, Some(unknown.clone()), conn)?;
        dropped.push((name, unknown));
    }
    Ok(dropped)
}

/// Whether [`drop_unknown_scopes`] has anything to do.
pub fn have_unknown_scopes(conn: &mut Connection) -> Outcome<bool> {
    let present = clients::table.filter(clients::deleted_at.is_null());
    let stored: Vec<String> = present.select(clients::scopes).distinct().load(conn)?;
    Ok(stored.iter().any(|scopes| !Scopes::unknown(scopes).is_empty()))
}

/// Adds a secret; the one in use until now ends `overlap_seconds` later. Older ones end at once, so that never more than
/// two are live.
pub fn rotate_secret(conn: &mut Connection, name: &str, overlap_seconds: u32, secret: &Secret) -> Outcome<Client> {
    let client = get(conn, name)?;
    let now = Moment::now();
    let live = live_secrets(conn, client.id, now)?;
    let kept = live.first().map(|(id, _)| *id);
    let others = client_secrets::table.filter(client_secrets::client_id.eq(client.id));
    match kept {
        Some(kept) => diesel::delete(others.filter(client_secrets::id.ne(kept))).execute(conn)?,
        None => diesel::delete(others).execute(conn)?,
    };
    diesel::update(client_secrets::table.filter(client_secrets::client_id.eq(client.id)))
        .set(client_secrets::expires_at.eq(now.plus_seconds(i64::from(overlap_seconds))))
        .execute(conn)?;
    insert_secret(conn, client.id, secret, now)?;
    let detail = format!("the old secret lives on for {overlap_seconds} s");
    audited::managed("client.secret_rotated", &client, Some(detail), conn)?;
    Ok(client)
}

/// What a login is checked against: the client and the hashes of its live secrets, the newest first.
pub fn for_login(conn: &mut Connection, name: &str) -> Outcome<Option<(Client, Vec<String>)>> {
    let Some(client) = find_by_name(conn, name)? else {
        return Ok(None);
    };
    let hashes = live_secrets(conn, client.id, Moment::now())?.into_iter().map(|(_, hash)| hash).collect();
    Ok(Some((client, hashes)))
}

/// Every client's id and whether it may call.
pub fn statuses(conn: &mut Connection) -> Outcome<Vec<(Id, bool)>> {
    let rows: Vec<(Id, Option<Moment>)> = clients::table.select((clients::id, clients::disabled_at)).load(conn)?;
    Ok(rows.into_iter().map(|(id, disabled_at)| (id, disabled_at.is_none())).collect())
}

/// The organization record with this id or code; 404 when there is none, 422 when there is no organization at all.
pub fn find_organization(conn: &mut Connection, reference: &str) -> Outcome<Id> {
    let organizations = records::table.filter(records::kind.eq(ORGANIZATIONS)).select(records::id);
    let found = match reference.parse::<Id>() {
        Ok(id) => organizations.filter(records::id.eq(id)).get_result(conn).optional()?,
        Err(_) => organizations.filter(records::code.eq(reference)).get_result(conn).optional()?,
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let any: Option<Id> = records::table
        .filter(records::kind.eq(ORGANIZATIONS))
        .select(records::id)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Err(match any {
        Some(_) => Problem::new(Code::NotFound).arg("kind", ORGANIZATIONS).arg("ref", reference),
        None => Problem::invalid(vec![Fault::at("/org", "no-organization-yet")]),
    })
}

/// Checks `new` and returns its province: the one given, else that of its organization.
fn checked_province(conn: &mut Connection, new: &NewClient) -> Outcome<Option<String>> {
    let mut faults = Vec::new();
    if !is_name(&new.name) || new.name == OPERATOR {
        faults.push(Fault::at("/name", "client-name"));
    }
    if new.scopes.is_empty() {
        faults.push(Fault::at("/scopes", "required"));
    }
    if new.source_system.as_deref().is_some_and(|name| !is_name(name)) {
        faults.push(Fault::at("/source_system", "client-name"));
    }
    if new.province.as_deref().is_some_and(|code| !matches!(code, "500000" | "510000")) {
        faults.push(Fault::at("/province", "unknown-province"));
    }
    let mut province = new.province.clone();
    if let Some(org_id) = new.org_id {
        match province_with(conn, org_id, province.clone())? {
            Ok(own) => province = Some(own),
            Err(fault) => faults.push(fault),
        }
        faults.extend(may_confirm(new.scopes, org_id, new.for_province, conn)?);
    }
    let acting = Scopes::only::<WriteRecords>().with::<ConfirmRecords>().with::<PublishRecords>();
    if province.is_none() && new.scopes.overlaps(acting) {
        faults.push(Fault::at("/province", "required"));
    }
    if faults.is_empty() { Ok(province) } else { Err(Problem::invalid(faults)) }
}

/// The province of a client that acts for this organization: that of the organization, which must not be the other one than
/// the client has already.
fn province_with(conn: &mut Connection, org_id: Id, given: Option<String>) -> Outcome<Result<String, Fault>> {
    let own: Option<String> = records::table
        .filter(records::id.eq(org_id).and(records::kind.eq(ORGANIZATIONS)))
        .select(records::province)
        .first(conn)
        .optional()?;
    Ok(match own {
        None => Err(Fault::at("/org_id", "unknown-organization")),
        Some(own) if given.is_some_and(|given| given != own) => Err(Fault::at("/province", "other-province-than-org")),
        Some(own) => Ok(own),
    })
}

fn set_disabled(conn: &mut Connection, name: &str, at: Option<Moment>) -> Outcome<Client> {
    let client = get(conn, name)?;
    diesel::update(clients::table.filter(clients::id.eq(client.id))).set(clients::disabled_at.eq(at)).execute(conn)?;
    get(conn, name)
}

fn insert_secret(conn: &mut Connection, client: Id, secret: &Secret, now: Moment) -> Outcome<()> {
    diesel::insert_into(client_secrets::table)
        .values((
            client_secrets::id.eq(Id::new()),
            client_secrets::client_id.eq(client),
            client_secrets::hash.eq(secret.hash()),
            client_secrets::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ids and hashes of the live secrets, the newest first.
fn live_secrets(conn: &mut Connection, client: Id, now: Moment) -> Outcome<Vec<(Id, String)>> {
    let live = client_secrets::table
        .filter(client_secrets::client_id.eq(client))
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now)))
        .order((client_secrets::created_at.desc(), client_secrets::id.desc()))
        .limit(MAX_LIVE_SECRETS as i64)
        .select((client_secrets::id, client_secrets::hash))
        .load(conn)?;
    Ok(live)
}
