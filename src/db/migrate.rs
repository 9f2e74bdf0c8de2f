//! Schema migrations: one tree an engine, the same names in both, compiled in.
//!
//! They run under a lock, because several processes may start at once on an empty database: an advisory lock on
//! PostgreSQL, a lock on the database's folder for SQLite.

use std::fs::File;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db::Connection;
use crate::db::connection::{Purpose, Target};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Advisory lock held by migrations; the same in every process of the service.
const LOCK: i64 = 0x6368_7561_6e79_7531;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One migration and whether this database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    pub name: String,
    pub applied: bool,
}

/// Brings the schema to the newest version; returns the names of the migrations that ran. If none is missing nothing is
/// changed, so that the service may run as a role that owns no table.
pub fn run(target: &Target) -> Result<Vec<String>, Failure> {
    locked(target, |conn| {
        if standing(conn)? != SchemaStanding::Behind {
            return Ok(Vec::new());
        }
        let done = match conn {
            Connection::Postgres(conn) => conn.run_pending_migrations(POSTGRES)?,
            Connection::Sqlite(conn) => conn.run_pending_migrations(SQLITE)?,
        };
        Ok(done.iter().map(ToString::to_string).collect())
    })
}

/// Reverts the newest migration; returns its name.
pub fn revert(target: &Target) -> Result<String, Failure> {
    locked(target, |conn| {
        let undone = match conn {
            Connection::Postgres(conn) => conn.revert_last_migration(POSTGRES)?,
            Connection::Sqlite(conn) => conn.revert_last_migration(SQLITE)?,
        };
        Ok(undone.to_string())
    })
}

/// All migrations in order, with whether they ran.
pub fn status(target: &Target) -> Result<Vec<Migration>, Failure> {
    status_on(&mut target.open(Purpose::Write)?)
}

/// [`status`] on an open connection.
pub fn status_on(conn: &mut Connection) -> Result<Vec<Migration>, Failure> {
    use diesel::migration::MigrationSource;
    let (names, pending) = match conn {
        Connection::Postgres(conn) => (names::<diesel::pg::Pg>(POSTGRES.migrations()?), pending_names(conn, POSTGRES)?),
        Connection::Sqlite(conn) => {
            (names::<diesel::sqlite::Sqlite>(SQLITE.migrations()?), pending_names(conn, SQLITE)?)
        }
    };
    Ok(names.into_iter().map(|name| Migration { applied: !pending.contains(&name), name }).collect())
}

/// Whether no migration ever ran, so that this database is empty. Changes nothing.
pub fn is_new(target: &Target) -> Result<bool, Failure> {
    use __diesel_schema_migrations::dsl::{__diesel_schema_migrations as table, version};
    let mut conn = target.open(Purpose::Read)?;
    match table.select(version).limit(1).load::<String>(&mut conn) {
        Ok(applied) => Ok(applied.is_empty()),
        // The table is missing, unless the database does not answer at all.
        Err(_) => Ok(conn.batch_execute("SELECT 1").map(|()| true)?),
    }
}

/// A database's schema compared with this version's migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaStanding {
    Current,
    /// Migrations of this version have not run.
    Behind,
    /// Migrations of a newer version have run.
    Ahead,
}

/// Compares by one query that changes nothing, so that a health check can call it often, also on a read-only replica.
pub fn standing(conn: &mut Connection) -> Result<SchemaStanding, Failure> {
    use __diesel_schema_migrations::dsl::{__diesel_schema_migrations as table, version};
    let known = match conn {
        Connection::Postgres(_) => versions::<diesel::pg::Pg>(POSTGRES)?,
        Connection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(SQLITE)?,
    };
    let applied: Vec<String> = match table.select(version).load(conn) {
        Ok(applied) => applied,
        // The table is missing: nothing ran yet, unless the database does not answer at all.
        Err(_) => {
            conn.batch_execute("SELECT 1")?;
            return Ok(SchemaStanding::Behind);
        }
    };
    Ok(if known.iter().any(|name| !applied.contains(name)) {
        SchemaStanding::Behind
    } else if applied.iter().any(|name| !known.contains(name)) {
        SchemaStanding::Ahead
    } else {
        SchemaStanding::Current
    })
}

diesel::table! {
    /// The table in which diesel_migrations keeps what ran.
    __diesel_schema_migrations (version) {
        version -> VarChar,
        run_on -> Timestamp,
    }
}

fn versions<DB: diesel::backend::Backend>(
    source: impl diesel::migration::MigrationSource<DB>,
) -> Result<Vec<String>, Failure> {
    Ok(source.migrations()?.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn pending_names<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    Ok(names(conn.pending_migrations(source)?))
}

fn names<DB: diesel::backend::Backend>(list: Vec<Box<dyn diesel::migration::Migration<DB>>>) -> Vec<String> {
    let mut names: Vec<String> = list.iter().map(|migration| migration.name().to_string()).collect();
    names.sort();
    names
}

fn locked<T>(target: &Target, work: impl FnOnce(&mut Connection) -> Result<T, Failure>) -> Result<T, Failure> {
    let _held = match target {
        Target::Sqlite(path) => Some(lock_folder(path)?),
        Target::Postgres(_) => None,
    };
    let mut conn = target.open(Purpose::Write)?;
    match &mut conn {
        Connection::Postgres(pg) => {
            pg.batch_execute(&format!(
                "SET lock_timeout = '60s'; SET statement_timeout = 0; SELECT pg_advisory_lock({LOCK})"
            ))?;
        }
        Connection::Sqlite(sqlite) => sqlite.batch_execute("PRAGMA busy_timeout = 60000")?,
    }
    // Either lock is released with this process at the latest, also when it is killed.
    work(&mut conn)
}

/// Makes the folder of an SQLite database and holds a lock on it: SQLite itself locks for one migration, not for all.
fn lock_folder(database: &Path) -> std::io::Result<File> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let folder = File::open(folder)?;
    folder.lock()?;
    Ok(folder)
}
