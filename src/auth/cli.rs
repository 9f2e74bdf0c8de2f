//! The command line of access: `client …`, `key …` and `token …`. Every function returns the text to print.
//!
//! The first client and the first secret are made here, so only the database and the key folder are needed, no running
//! service.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;

use crate::api::Language;
use crate::auth::agencies::{self, Agency};
use crate::auth::clients::{self, Client, NewClient};
use crate::auth::keys::{self, Key, Keys, Rotation};
use crate::auth::scopes::{self, ReadRecords, Scopes};
use crate::auth::secrets::{MAX_LENGTH, Secret};
use crate::auth::tokens::Tokens;
use crate::auth::{AccessSettings, audited};
use crate::db::{Db, Moment};
use crate::problem::{Fault, Outcome, Problem};

/// How long the old secret stays valid after `client rotate-secret` by default, in seconds.
const OVERLAP_SECONDS: u32 = 7 * 24 * 3600;

/// What can be done with clients.
#[derive(Debug, Clone, Subcommand)]
pub enum ClientCommand {
    /// Register a client and print its secret, which is shown only once
    Add {
        /// The OAuth client_id: a-z, 0-9 and -, 2 to 63 characters
        name: String,
        /// Id or code of the organization record it acts for
        #[arg(long)]
        org: Option<String>,
        /// 500000 (Chongqing) or 510000 (Sichuan)
        #[arg(long)]
        province: Option<String>,
        /// Scopes separated by spaces [default: records:read]
        #[arg(long)]
        scopes: Option<String>,
        /// Name of its source system [default: the client's name]
        #[arg(long)]
        source_system: Option<String>,
        /// Let it confirm (records:confirm) for its province though its organization is no agency
        #[arg(long)]
        for_province: bool,
        /// Read the secret from standard input instead of making one
        #[arg(long)]
        secret_stdin: bool,
    },
    /// List every client
    List,
    /// Refuse a client's logins at once and its tokens within a minute
    Disable {
        /// The client's name
        name: String,
    },
    /// Take back `disable`
    Enable {
        /// The client's name
        name: String,
    },
    /// End a client for good; history and audit log keep its name, which is not used again
    Delete {
        /// The client's name
        name: String,
    },
    /// Say which organization a client acts for, when its record was made after the client
    SetOrganization {
        /// The client's name
        name: String,
        /// Id or code of the organization record
        org: String,
        /// Let it confirm (records:confirm) for its province though that organization is no agency
        #[arg(long)]
        for_province: bool,
    },
    /// Give a client a second secret and end the first one later
    RotateSecret {
        /// The client's name
        name: String,
        /// Seconds that the old secret lives on
        #[arg(long, default_value_t = OVERLAP_SECONDS)]
        overlap_seconds: u32,
        /// Read the secret from standard input instead of making one
        #[arg(long)]
        secret_stdin: bool,
    },
}

/// What can be done with agencies.
#[derive(Debug, Clone, Subcommand)]
pub enum AgencyCommand {
    /// Mark an organization as one that speaks for its province: its clients may confirm
    Add {
        /// Id or code of its record, which is official
        org: String,
    },
    /// Take the mark back
    Remove {
        /// Id or code of its record
        org: String,
    },
    /// List the agencies
    List,
}

/// What can be done with signing keys.
#[derive(Debug, Clone, Subcommand)]
pub enum KeyCommand {
    /// Publish a new key that signs in 24 hours, and remove keys that are no longer needed
    Rotate {
        /// Sign with it at once: when the present key may be known to others
        #[arg(long)]
        now: bool,
    },
    /// List the published keys
    List,
}

/// Makes a token for a client without its secret, for tests and emergencies.
#[derive(Debug, Clone, clap::Args)]
pub struct TokenCommand {
    /// The client's name
    pub client: String,
    /// Scopes separated by spaces, all of the client's unless told
    #[arg(long)]
    pub scopes: Option<String>,
    /// Its life in minutes, at most 60
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub minutes: Option<u32>,
}

impl ClientCommand {
    /// Does it. `input` is read only for `--secret-stdin`.
    pub fn run(self, db: &Db, input: impl Read) -> Outcome<String> {
        match self {
            ClientCommand::Add { name, org, province, scopes, source_system, for_province, secret_stdin } => {
                let scopes = scopes.as_deref().map_or(Ok(Scopes::only::<ReadRecords>()), parse_scopes)?;
                let secret = secret(secret_stdin, input)?;
                let mut new = NewClient { name, org_id: None, province, scopes, source_system, for_province };
                if let Some(org) = &org {
                    new.org_id = Some(db.read_here(|conn| clients::find_organization(conn, org))?);
                }
                let client = db.write_here(|conn| clients::add(conn, &new, &secret))?;
                Ok(with_secret(&client, &secret, secret_stdin))
            }
            ClientCommand::List => Ok(client_table(&db.read_here(clients::list)?)),
            ClientCommand::Disable { name } => {
                db.write_here(|conn| clients::disable(conn, &name))?;
                Ok(Language::tell("client-disabled", &[("name", name)]))
            }
            ClientCommand::Enable { name } => {
                db.write_here(|conn| clients::enable(conn, &name))?;
                Ok(Language::tell("client-enabled", &[("name", name)]))
            }
            ClientCommand::Delete { name } => {
                db.write_here(|conn| clients::delete(conn, &name))?;
                Ok(Language::tell("client-deleted", &[("name", name)]))
            }
            ClientCommand::SetOrganization { name, org, for_province } => {
                let org_id = db.read_here(|conn| clients::find_organization(conn, &org))?;
                db.write_here(|conn| clients::bind_organization(conn, &name, org_id, for_province))?;
                Ok(Language::tell("client-bound", &[("name", name), ("org", org)]))
            }
            ClientCommand::RotateSecret { name, overlap_seconds, secret_stdin } => {
                let secret = secret(secret_stdin, input)?;
                let client = db.write_here(|conn| clients::rotate_secret(conn, &name, overlap_seconds, &secret))?;
                let end = Moment::now().plus_seconds(i64::from(overlap_seconds));
                let ends = Language::tell("secret-ends", &[("at", end.to_string())]);
                Ok(format!("{}\n{ends}", with_secret(&client, &secret, secret_stdin)))
            }
        }
    }
}

impl AgencyCommand {
    /// Does it.
    pub fn run(self, db: &Db) -> Outcome<String> {
        let said = |agency: &Agency, what: &str| {
            Language::tell(what, &[("code", agency.code.clone()), ("name", agency.name_zh.clone())])
        };
        match self {
            AgencyCommand::Add { org } => {
                let agency = db.write_here(|conn| agencies::add(&org, conn))?;
                Ok(said(&agency, "agency-marked"))
            }
            AgencyCommand::Remove { org } => {
                let agency = db.write_here(|conn| agencies::remove(&org, conn))?;
                Ok(said(&agency, "agency-unmarked"))
            }
            AgencyCommand::List => Ok(agency_table(&db.read_here(agencies::list)?)),
        }
    }
}

impl KeyCommand {
    /// The keys in the folder of the settings.
    pub fn list(settings: &AccessSettings) -> Outcome<String> {
        Ok(key_table(&keys::look(&settings.keys_dir)?))
    }

    /// Rotates them. The folder is not transactional: the database is checked first for whether it accepts the event,
    /// so that no key changes without one.
    pub fn rotate(now: bool, settings: &AccessSettings, db: &Db) -> Outcome<String> {
        let keys = Keys::existing(&settings.keys_dir, settings.token_seconds)?;
        db.write_here(crate::audit::ready)?;
        let done = keys.rotate(now)?;
        let text = rotation_text(&done, now.then(|| keys.folder()));
        let noted = db.write_here(|conn| audited::keys_rotated(&done, conn));
        noted.map_err(|problem| {
            let told = [("done", text.clone()), ("why", problem.to_string())];
            Problem::internal(Language::tell("key-unaudited", &told))
        })?;
        Ok(text)
    }
}

impl TokenCommand {
    /// Makes the token; refused for a disabled client and for scopes it does not have (422).
    pub fn run(self, db: &Db, settings: &AccessSettings) -> Outcome<String> {
        let client = db.read_here(|conn| clients::get(conn, &self.client))?;
        if client.disabled_at.is_some() {
            return Err(Problem::invalid(vec![Fault::at("/client", "client-disabled")]));
        }
        let scopes = self.scopes.as_deref().map(parse_scopes).transpose()?.unwrap_or(client.scopes);
        if !client.scopes.covers(scopes) {
            return Err(Problem::invalid(vec![Fault::at("/scopes", "scope-not-granted").arg("scopes", client.scopes)]));
        }
        let keys = Arc::new(Keys::existing(&settings.keys_dir, settings.token_seconds)?);
        let tokens = Tokens::new(keys, &settings.public_url, settings.token_seconds);
        let token = tokens.mint(&client, scopes, self.minutes.map(|minutes| minutes * 60))?.token;
        db.write_here(|conn| audited::managed("token.issued", &client, Some(scopes.to_string()), conn))?;
        Ok(token)
    }
}

/// The text about a rotation; in an emergency with the folder whose files must be reviewed.
fn rotation_text(done: &Rotation, emergency: Option<&Path>) -> String {
    let key = if done.made { "key-made" } else { "key-coming" };
    let made = Language::tell(key, &[("kid", done.kid.clone()), ("start", done.start.to_string())]);
    let removed = done.pruned.iter().map(|kid| Language::tell("key-removed", &[("kid", kid.clone())]));
    let stolen = emergency.map(|folder| Language::tell("key-stolen", &[("folder", folder.display().to_string())]));
    std::iter::once(made).chain(removed).chain(stolen).collect::<Vec<_>>().join("\n")
}

pub(super) fn parse_scopes(text: &str) -> Outcome<Scopes> {
    Scopes::parse(text).map_err(|unknown| {
        let guess = scopes::ALL
            .iter()
            .map(|scope| scope.name)
            .max_by(|a, b| strsim::jaro_winkler(a, &unknown.0).total_cmp(&strsim::jaro_winkler(b, &unknown.0)));
        Problem::invalid(vec![Fault::at("/scopes", "unknown-scope").arg("value", unknown.0).did_you_mean(guess)])
    })
}

fn secret(from_input: bool, input: impl Read) -> Outcome<Secret> {
    if !from_input {
        return Secret::random();
    }
    let mut text = String::new();
    // A little more than allowed, so that a longer one is refused and not truncated.
    input.take(MAX_LENGTH as u64 + 3).read_to_string(&mut text).map_err(Problem::internal)?;
    Secret::given(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn with_secret(client: &Client, secret: &Secret, given: bool) -> String {
    let shown = if given { Language::tell("secret-given", &[]) } else { secret.reveal().to_owned() };
    let mut text = format!("client_id: {}\nclient_secret: {shown}\nscopes: {}", client.name, client.scopes);
    if let Some(province) = &client.province {
        text.push_str(&format!("\nprovince: {province}"));
    }
    text
}

fn client_table(clients: &[Client]) -> String {
    let head = ["name", "province", "organization", "state", "scopes"].map(heading);
    let rows = clients.iter().map(|client| {
        let state = if client.disabled_at.is_some() { "state-disabled" } else { "state-enabled" };
        let org = client.org_id.map_or("-".to_owned(), |id| id.to_string());
        let province = client.province.clone().unwrap_or("-".to_owned());
        [client.name.clone(), province, org, Language::tell(state, &[]), clients::granted(client)]
    });
    table(std::iter::once(head).chain(rows).collect())
}

fn agency_table(agencies: &[Agency]) -> String {
    let head = ["province", "organization", "since", "name"].map(heading);
    let rows = agencies
        .iter()
        .map(|agency| [agency.province.clone(), agency.code.clone(), agency.since.to_string(), agency.name_zh.clone()]);
    table(std::iter::once(head).chain(rows).collect())
}

fn key_table(keys: &[(Arc<Key>, bool)]) -> String {
    let now = Moment::now();
    let head = ["kid", "signs-from", "state"].map(heading);
    let rows = keys.iter().map(|(key, signs)| {
        let state = match signs {
            true => "state-signing",
            false if key.start > now => "state-coming",
            false => "state-verifying",
        };
        [key.kid.clone(), key.start.to_string(), Language::tell(state, &[])]
    });
    table(std::iter::once(head).chain(rows).collect())
}

/// The heading of a column.
pub fn heading(column: &str) -> String {
    Language::tell(&format!("head-{column}"), &[])
}

/// The width of a text on a terminal: a Chinese character takes two columns.
fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// Columns as wide as their widest cell.
pub fn table<const N: usize>(rows: Vec<[String; N]>) -> String {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, most)| format!("{cell}{}", " ".repeat(most - width(cell)))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
