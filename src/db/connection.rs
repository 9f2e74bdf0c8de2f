//! One connection type over both engines, and how a connection is opened.
//!
//! The engine is chosen by the URL's scheme and by nothing else: `sqlite:PATH` or `postgres://…`. The derived
//! `establish` is not used, because it hides why a connection failed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::{SimpleConnection, TransactionManager, TransactionManagerStatus};
use diesel::prelude::*;

use crate::db::postgres;

/// A connection to either engine, called `Connection` everywhere else (the derive takes that name here).
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Which database, taken from `CHUANYU_DATABASE_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Postgres(String),
    Sqlite(PathBuf),
}

/// What a connection is used for: SQLite's readers cannot write, even by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Read,
    Write,
}

impl AnyConnection {
    /// Whether the engine knows how many rows a condition selects. SQLite has no statistics here: with them it would
    /// prepare a statement again for every bound value.
    pub fn has_statistics(&self) -> bool {
        matches!(self, AnyConnection::Postgres(_))
    }

    /// Serializes transactions with the same `turn`: waits for the others and holds it to the end of this one. SQLite
    /// has one writer anyway.
    pub fn take_turns(&mut self, turn: i64) -> QueryResult<()> {
        match self {
            AnyConnection::Postgres(conn) => {
                diesel::sql_query(format!("SELECT pg_advisory_xact_lock({turn})")).execute(conn).map(drop)
            }
            AnyConnection::Sqlite(_) => Ok(()),
        }
    }

    /// Whether a transaction is open, or broken.
    pub fn is_in_transaction(&mut self) -> bool {
        let status: &TransactionManagerStatus =
            <Self as diesel::Connection>::TransactionManager::transaction_manager_status_mut(self);
        !matches!(status.transaction_depth(), Ok(None))
    }
}

impl Target {
    /// Reads `sqlite:PATH` or a libpq URL; any other scheme is an error that names it.
    pub fn parse(url: &str) -> Result<Target, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" | ":memory:" => Err("sqlite: needs a file path; an in-memory database would lose records".into()),
                path => Ok(Target::Sqlite(path.into())),
            };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Target::Postgres(url.to_owned()));
        }
        Err(format!("unknown scheme in `{}`: use sqlite:PATH or postgres://…", redact(url)))
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Target::Sqlite(path) => Some(path),
            Target::Postgres(_) => None,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Target::Sqlite(_))
    }

    /// Opens a connection and sets what every connection of the service needs.
    pub fn open(&self, purpose: Purpose) -> ConnectionResult<AnyConnection> {
        match self {
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(&with_timeouts(url))?;
                // A statement that outlives its caller's patience must not hold locks or a connection. Storage is SSD:
                // with the default random_page_cost the planner prefers a full scan to fifty index look-ups. No
                // statement here runs long enough to be worth JIT compilation.
                conn.batch_execute(
                    "SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET client_min_messages = warning; \
                     SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'; \
                     SET random_page_cost = 1.1; SET jit = off",
                )
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                postgres::speak_english(&mut conn)?;
                Ok(AnyConnection::Postgres(conn))
            }
            Target::Sqlite(path) => {
                private_file(path)?;
                let path = path.to_string_lossy();
                let mut conn = SqliteConnection::establish(&path)?;
                let query_only = match purpose {
                    Purpose::Read => "ON",
                    Purpose::Write => "OFF",
                };
                // synchronous=FULL: what was acknowledged survives a power cut, also in WAL mode. Caches are per
                // connection, and a mapped file would count as memory for each of them.
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; \
                     PRAGMA cache_size = -1024; PRAGMA journal_size_limit = 67108864; PRAGMA query_only = {query_only}"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConnection::Sqlite(conn))
            }
        }
    }
}

/// How long a start waits before it tries again.
const PAUSE: Duration = Duration::from_millis(500);

/// Waits until a PostgreSQL that is not up yet takes connections, `limit` at most. What a server answers (a wrong
/// password, no such database) does not pass by waiting and is reported at once.
pub fn wait_for(target: &Target, limit: Duration) -> ConnectionResult<()> {
    let ends = Instant::now() + limit;
    let mut told = false;
    while let Target::Postgres(_) = target {
        match target.open(Purpose::Read) {
            Ok(_) => break,
            Err(error) if will_not_pass(&error) || Instant::now() >= ends => return Err(error),
            Err(error) if !told => {
                tracing::warn!(%error, seconds = limit.as_secs(), "the database is not there yet; waiting for it");
                told = true;
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    Ok(())
}

/// Whether a server answered and would give the same answer again. Until we are authenticated it speaks the language of
/// its own settings and no SQLSTATE reaches us: English and Chinese are recognised.
fn will_not_pass(error: &ConnectionError) -> bool {
    const REFUSED: [&str; 2] = ["FATAL:", "致命错误:"];
    const PASSING: [&str; 6] = [
        "the database system is",
        "too many clients",
        "remaining connection slots",
        "数据库系统",
        "太多的客户",
        "连接位置",
    ];
    match error {
        ConnectionError::BadConnection(message) => {
            let has = |words: &&str| message.contains(*words);
            REFUSED.iter().any(has) && !PASSING.iter().any(has)
        }
        _ => true,
    }
}

/// The URL with timeouts for a dead network, unless it has its own.
fn with_timeouts(url: &str) -> String {
    const LIMITS: [(&str, u32); 4] =
        [("connect_timeout", 5), ("tcp_user_timeout", 15_000), ("keepalives_idle", 30), ("keepalives_interval", 10)];
    let mut url = url.to_owned();
    for (name, value) in LIMITS {
        if !url.contains(name) {
            let separator = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{separator}{name}={value}"));
        }
    }
    url
}

/// Makes a missing database file readable by its owner only: it holds contacts and hashes of secrets. SQLite gives the files
/// beside it the same permissions.
fn private_file(path: &std::path::Path) -> ConnectionResult<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(ConnectionError::BadConnection(format!("{}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

/// A URL without its password, for messages and logs.
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (login, place) = match rest.rsplit_once('@') {
        Some((login, place)) => (login.split([':', '/', '?']).next(), place),
        None => (None, rest),
    };
    let login = login.map_or_else(String::new, |user| format!("{user}:***@"));
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    let shown: Vec<&str> = query.split('&').filter(|option| !option.is_empty()).map(redact_option).collect();
    let question = if shown.is_empty() { "" } else { "?" };
    format!("{scheme}://{login}{place}{question}{}", shown.join("&"))
}

fn redact_option(option: &str) -> &str {
    if option.to_ascii_lowercase().contains("password") { "password=***" } else { option }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_shows() {
        assert_eq!(redact("postgres://u:p@ss@h:5/db"), "postgres://u:***@h:5/db");
        assert_eq!(redact("postgres://h/db?user=u&password=s"), "postgres://h/db?user=u&password=***");
        assert_eq!(redact("postgres://u:what?x@h/db"), "postgres://u:***@h/db");
    }

    #[test]
    fn a_start_waits_for_a_server_that_comes_and_not_for_one_that_refuses() {
        let bad = |message: &str| will_not_pass(&ConnectionError::BadConnection(message.to_owned()));
        assert!(!bad("connection to server at \"db\" (10.0.0.2), port 5432 failed: Connection refused"));
        assert!(!bad("could not translate host name \"db\" to address: Name or service not known"));
        assert!(!bad("connection to server failed: FATAL:  the database system is starting up"));
        assert!(bad("connection to server failed: FATAL:  password authentication failed for user \"chuanyu\""));
        assert!(bad("connection to server failed: FATAL:  database \"chuanyu\" does not exist"));
    }

    #[test]
    fn a_server_that_speaks_chinese_is_understood() {
        let bad = |message: &str| will_not_pass(&ConnectionError::BadConnection(message.to_owned()));
        assert!(bad("connection to server failed: 致命错误:  用户 \"chuanyu\" Password 认证失败"));
        assert!(bad("connection to server failed: 致命错误:  数据库 \"chuanyu\" 不存在"));
        assert!(!bad("connection to server failed: 致命错误:  数据库系统启动中"));
        assert!(!bad("connection to server failed: 致命错误:  对不起, 已经有太多的客户"));
        assert!(!bad("connection to server failed: 致命错误:  已保留的连接位置为执行非复制请求的超级用户预留"));
    }

    #[test]
    fn nobody_waits_longer_than_the_limit() {
        let nobody = Target::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned());
        let began = Instant::now();
        assert!(wait_for(&nobody, Duration::from_millis(700)).is_err());
        assert!((700..5000).contains(&began.elapsed().as_millis()));
        let file = Target::Sqlite("/nonexistent/register.db".into());
        assert!(wait_for(&file, Duration::from_secs(60)).is_ok(), "a file is made, not waited for");
    }

    #[test]
    fn the_scheme_decides_the_engine_and_a_wrong_one_is_named() {
        assert_eq!(Target::parse("sqlite:var/a.db"), Ok(Target::Sqlite("var/a.db".into())));
        assert!(Target::parse("postgres://h/db").is_ok());
        assert!(Target::parse("mysql://u:secret@h/db").is_err_and(|e| e.contains("mysql") && !e.contains("secret")));
    }
}
