//! Every setting of the service: its name, default, meaning and where its value came from.
//!
//! A value is taken from the last of these sources that has it: the default, the TOML file given with `--config`, the
//! environment (`CHUANYU_` and the name in capitals), a flag (`--` and the name with hyphens). The list below is the
//! only one: the structure, the flags, the checks for unknown names and the table in `README.md` are made from it.
//!
//! A setting that is unknown, unreadable or out of range stops the start with a sentence that names it and its source.
//! Secrets, and passwords inside URLs, are in no message and no `Debug` output.

mod sources;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

pub use sources::{ENVIRONMENT_PREFIX, Flags};
pub use values::{Contact, DatabaseUrl, LogFormat, LogLevel, Network, Origin, Secret};

/// One line of the settings table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// As in the TOML file, for example `database_url`.
    pub name: &'static str,
    pub default: Preset,
    /// What it does, its unit and its range: the doc comment of the field.
    pub meaning: &'static str,
}

/// The default of a setting; it also determines how text from the environment and from flags is read.
#[derive(Debug, Clone, Copy)]
pub enum Preset {
    Text(&'static str),
    Number(u64),
    Switch(bool),
    /// An empty list; items are separated by commas.
    List,
    /// No value; the words say what happens then.
    Unset(&'static str),
}

impl Setting {
    /// The environment variable, for example `CHUANYU_DATABASE_URL`.
    pub fn variable(&self) -> String {
        format!("{ENVIRONMENT_PREFIX}{}", self.name.to_ascii_uppercase())
    }

    /// The flag without its hyphens, for example `database-url`. Secrets have none: everyone on a machine sees flags.
    pub fn flag(&self) -> Option<String> {
        (self.name != "demo_secret").then(|| self.name.replace('_', "-"))
    }

    /// May the value hold something that must not be shown?
    fn is_secret(&self) -> bool {
        matches!(self.name, "demo_secret" | "database_url")
    }
}

macro_rules! settings {
    ($($(#[doc = $meaning:literal])+ $name:ident: $type:ty = $default:expr;)+) => {
        /// What an operator decides. Read it with [`Settings::load`].
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Settings {
            $($(#[doc = $meaning])+ pub $name: $type,)+
        }

        /// All settings, in the order of the README.
        pub const TABLE: &[Setting] = &[$(Setting {
            name: stringify!($name),
            default: $default,
            meaning: concat!($($meaning),+),
        },)+];
    };
}

use Preset::{List, Number, Switch, Text, Unset};

settings! {
    /// Address and port to listen on.
    listen: SocketAddr = Text("127.0.0.1:8080");
    /// The database: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    database_url: DatabaseUrl = Text("sqlite:var/chuanyu.db");
    /// Scheme, host and port under which clients reach the service; it is the issuer and audience of tokens
    /// and the base of links and problem types.
    public_url: Option<Origin> = Unset("`http://` and the listen address");
    /// Where partners reach the operator, an e-mail address or a page: the contact of the published OpenAPI document.
    contact: Option<Contact> = Unset("none: the document names the operator without an address");
    /// Whether active, suspended and closed records and vocabularies can be read without a token.
    public_read: bool = Switch(true);
    /// Folder of the private keys that sign tokens and proofs; made when missing, readable by its owner only.
    keys_dir: PathBuf = Text("var/keys");
    /// One secret for all demo clients.
    demo_secret: Option<Secret> = Unset("random, shown once");
    /// How long a token is valid, in seconds (60 to 3600).
    token_seconds: u64 = Number(900);
    /// Addresses or networks (CIDR) of the proxies in front, whose `X-Forwarded-For` is believed;
    /// separated by commas.
    trusted_proxies: Vec<Network> = List;
    /// Origins whose pages may call the service (CORS), such as `https://app.example.org`; separated by commas.
    cors_origins: Vec<Origin> = List;
    /// Whether to send `Strict-Transport-Security`: right when TLS ends in front of the service.
    hsts: bool = Switch(false);
    /// `human` or `json`, one event a line on standard error.
    log_format: LogFormat = Text("human");
    /// The least important events to log: `error`, `warn`, `info`, `debug` or `trace`.
    log_level: LogLevel = Text("info");
    /// Whether to log one event for each request.
    access_log: bool = Switch(true);
    /// Threads that serve requests (up to 256); 0 means one for each processor core.
    workers: usize = Number(0);
    /// How long a start waits for a PostgreSQL that is not up yet, in seconds (0 to 3600).
    database_wait_seconds: u64 = Number(30);
    /// Database connections (1 to 500): all of PostgreSQL's, SQLite's for reading.
    pool_size: u32 = Number(8);
    /// How long a request waits for a database connection before it is answered with 503, in milliseconds (1 to 60000).
    pool_patience_ms: u64 = Number(2000);
    /// How many requests may wait for a database connection at once (1 to 100000); more are answered with 503 at once.
    pool_waiting: usize = Number(256);
    /// Memory for records that were read before, in MiB (0 to 65536); 0 keeps none.
    answers_mib: u64 = Number(32);
    /// Reading requests that a client may make a minute; 0 means no limit.
    read_per_minute: u32 = Number(600);
    /// Writing requests that a client may make a minute; 0 means no limit.
    write_per_minute: u32 = Number(120);
    /// Threads of this process that work on jobs (0 to 16); 0 leaves them to other processes and to commands.
    job_workers: usize = Number(1);
    /// How often the worker of a job says that it is alive, in seconds (1 to 15).
    job_heartbeat_seconds: u64 = Number(15);
    /// After how long without that another worker takes the job over, in seconds (up to 3600); more than twice the heartbeat.
    job_lease_seconds: u64 = Number(45);
    /// How often an idle worker looks for work, in milliseconds (10 to 60000).
    job_poll_ms: u64 = Number(1000);
    /// What a job waits at least between two chunks, so that others write, in milliseconds (0 to 60000).
    job_pause_ms: u64 = Number(5);
    /// The most rows that a job takes into one transaction (1 to 1000); fewer where they take long.
    job_chunk_rows: u64 = Number(200);
    /// The wait before a job that failed is tried again, in seconds (0 to 3600); doubled with every attempt.
    job_retry_seconds: u64 = Number(10);
    /// How often answers under old idempotency keys and long finished jobs are removed, in minutes (1 to 1440).
    purge_minutes: u64 = Number(60);
    /// How long, after SIGTERM, new connections are still accepted while `/readyz` already answers 503, in seconds
    /// (up to 300), so that a balancer can turn away in time.
    drain_seconds: u64 = Number(2);
    /// How long running requests may take to end after that, in seconds (up to 3600).
    shutdown_seconds: u64 = Number(30);
}

impl Settings {
    /// The address clients use, without a slash at its end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(origin) => origin.to_string(),
            None => format!("http://{}", reachable(self.listen)),
        }
    }

    /// Threads that serve requests, at least one.
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        }
    }

    pub fn pool(&self) -> crate::db::PoolSettings {
        crate::db::PoolSettings {
            size: self.pool_size,
            patience: Duration::from_millis(self.pool_patience_ms),
            waiting: self.pool_waiting,
        }
    }

    /// The waits of the workers.
    pub fn job_times(&self) -> crate::jobs::Times {
        crate::jobs::Times {
            heartbeat: Duration::from_secs(self.job_heartbeat_seconds),
            lease: Duration::from_secs(self.job_lease_seconds),
            poll: Duration::from_millis(self.job_poll_ms),
            pause: Duration::from_millis(self.job_pause_ms),
            retry: Duration::from_secs(self.job_retry_seconds),
            chunk: self.job_chunk_rows as i64,
        }
    }

    /// Every number outside its range, as `(setting, range)`.
    fn out_of_range(&self) -> Vec<(&'static str, String)> {
        let limits = [
            ("token_seconds", self.token_seconds, 60, 3600),
            ("workers", self.workers as u64, 0, 256),
            ("database_wait_seconds", self.database_wait_seconds, 0, 3600),
            ("pool_size", self.pool_size.into(), 1, 500),
            ("pool_patience_ms", self.pool_patience_ms, 1, 60_000),
            ("pool_waiting", self.pool_waiting as u64, 1, 100_000),
            ("answers_mib", self.answers_mib, 0, 65_536),
            ("job_workers", self.job_workers as u64, 0, 16),
            ("job_heartbeat_seconds", self.job_heartbeat_seconds, 1, 15),
            ("job_lease_seconds", self.job_lease_seconds, 2 * self.job_heartbeat_seconds + 1, 3600),
            ("job_poll_ms", self.job_poll_ms, 10, 60_000),
            ("job_pause_ms", self.job_pause_ms, 0, 60_000),
            ("job_chunk_rows", self.job_chunk_rows, 1, 1000),
            ("job_retry_seconds", self.job_retry_seconds, 0, 3600),
            ("purge_minutes", self.purge_minutes, 1, 1440),
            ("drain_seconds", self.drain_seconds, 0, 300),
            ("shutdown_seconds", self.shutdown_seconds, 0, 3600),
        ];
        let bad = limits.into_iter().filter(|(_, value, least, most)| !(least..=most).contains(&value));
        bad.map(|(name, value, least, most)| (name, format!("{value} is not between {least} and {most}"))).collect()
    }
}

/// The address for a client on this machine: `0.0.0.0` can be listened on, but not called.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let mut address = listen;
    if listen.ip().is_unspecified() {
        let loopback = match listen {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(loopback);
    }
    address
}

/// The configuration table of `README.md`, in Markdown.
pub fn settings_table() -> String {
    let mut table = String::from("| Setting | Environment | Default | Meaning |\n|---|---|---|---|\n");
    for setting in TABLE {
        let default = match setting.default {
            Text(text) => format!("`{text}`"),
            Number(number) => format!("`{number}`"),
            Switch(on) => format!("`{on}`"),
            List => "empty".to_owned(),
            Unset(words) => words.to_owned(),
        };
        let (name, variable, meaning) = (setting.name, setting.variable(), setting.meaning.trim());
        table.push_str(&format!("| `{name}` | `{variable}` | {default} | {meaning} |\n"));
    }
    table
}

/// Is `address` one of `networks`?
pub fn is_in(networks: &[Network], address: std::net::IpAddr) -> bool {
    networks.iter().any(|Network(network): &Network| IpNet::contains(network, &address.to_canonical()))
}

#[cfg(test)]
mod tests;
