//! A database for each test: a copy of one that is migrated and filled with demo data once a process.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chuanyu::db::connection::Purpose;
use chuanyu::db::{Connection, Db, PoolSettings, Target, migrate};
use chuanyu::demo;
use diesel::connection::SimpleConnection;

use super::dump::lines;

/// Free space of a folder; none when it does not exist.
fn free_kib(folder: &Path) -> u64 {
    let output = std::process::Command::new("df").arg("-Pk").arg(folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let fields = text.lines().nth(1).map(str::split_whitespace);
    fields.and_then(|mut fields| fields.nth(3)?.parse().ok()).unwrap_or(0)
}

/// The environment variable that names the PostgreSQL server; its user may create databases.
pub const SERVER: &str = "CHUANYU_TEST_POSTGRES";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of one test; removed with it.
pub struct Database {
    pub url: String,
    name: String,
    engine: Engine,
}

impl Database {
    /// One with the schema and the demo data.
    pub fn with_demo_data(engine: Engine) -> Database {
        let database = Database::unmade(engine);
        match engine {
            Engine::Sqlite => {
                std::fs::copy(&*FILLED_FILE, database.file()).unwrap();
            }
            Engine::Postgres => {
                administer(&format!("CREATE DATABASE {} TEMPLATE {}", database.name, &*FILLED_DATABASE))
            }
        }
        database
    }

    /// [`Database::with_demo_data`] for very many writes: SQLite's file lies in memory where there is such a folder, so that
    /// waiting for the disk does not take most of the time.
    pub fn in_memory(engine: Engine) -> Database {
        let memory = Path::new("/dev/shm");
        if engine == Engine::Postgres || free_kib(memory) < 1_000_000 {
            return Database::with_demo_data(engine);
        }
        let mut database = Database::unmade(engine);
        database.url = format!("sqlite:{}", memory.join(format!("{}.db", database.name)).display());
        std::fs::copy(&*FILLED_FILE, database.file()).unwrap();
        database
    }

    /// One without a schema.
    pub fn empty(engine: Engine) -> Database {
        let database = Database::unmade(engine);
        if engine == Engine::Postgres {
            administer(&format!("CREATE DATABASE {}", database.name));
        }
        database
    }

    /// One on a PostgreSQL or in a file of the test's own, which goes with that.
    pub fn elsewhere(url: String) -> Database {
        let engine = if url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        Database { url, name: String::new(), engine }
    }

    pub fn target(&self) -> Target {
        Target::parse(&self.url).unwrap()
    }

    /// A connection beside those of the service.
    pub fn connect(&self) -> Connection {
        self.target().open(Purpose::Write).unwrap()
    }

    /// Waits until nobody is connected to it: PostgreSQL finishes what a killed client had sent.
    pub fn is_left(&self) {
        let others = "SELECT CAST(COUNT(*) AS text) AS line FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut conn = self.connect();
        let ends = Instant::now() + Duration::from_secs(60);
        while let Connection::Postgres(_) = conn
            && lines(&mut conn, others) != ["0"]
        {
            assert!(Instant::now() < ends, "somebody stays connected to {}", self.name);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn unmade(engine: Engine) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("chuanyu_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", scratch().join(format!("{name}.db")).display()),
            Engine::Postgres => url_of(&name),
        };
        Database { url, name, engine }
    }

    /// SQLite's file.
    pub fn file(&self) -> PathBuf {
        self.url.trim_start_matches("sqlite:").into()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match self.engine {
            _ if self.name.is_empty() => {}
            Engine::Sqlite => {
                for ending in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{ending}", self.file().display()));
                }
            }
            Engine::Postgres => administer(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)),
        }
    }
}

/// Files of this test run; below cargo's own folder, so that `cargo clean` takes them away.
pub fn scratch() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api");
        let hour_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
        for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if old.metadata().and_then(|data| data.modified()).is_ok_and(|at| at < hour_ago) {
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        let folder = all.join(std::process::id().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        folder
    });
    &FOLDER
}

/// The server's URL.
pub fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} is not set: run the tests with ./scripts/test --quick, which starts a PostgreSQL for them")
    })
}

/// Runs a statement in the server's own database.
pub fn administer(statement: &str) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let mut conn = Target::parse(&server()).unwrap().open(Purpose::Write).unwrap();
        match conn.batch_execute(statement) {
            Ok(()) => return,
            // Connections that were closed a moment ago are still counted.
            Err(error) if error.to_string().contains("being accessed") && Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => panic!("{statement}: {error}"),
        }
    }
}

static FILLED_FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let file = scratch().join("filled.db");
    fill(&format!("sqlite:{}", file.display()));
    let copy = scratch().join("template.db");
    let mut conn = Target::Sqlite(file).open(Purpose::Write).unwrap();
    conn.batch_execute(&format!("VACUUM INTO '{}'", copy.display())).unwrap();
    copy
});

static FILLED_DATABASE: LazyLock<String> = LazyLock::new(|| {
    let name = format!("chuanyu_test_{}_template", std::process::id());
    administer(&format!("CREATE DATABASE {name}"));
    fill(&url_of(&name));
    name
});

fn fill(url: &str) {
    let target = Target::parse(url).unwrap();
    migrate::run(&target).unwrap();
    let db = Db::open(target, PoolSettings { size: 1, patience: Duration::from_secs(10), waiting: 8 });
    demo::load(&db, None).unwrap().expect("an empty database takes the demo data");
}

fn url_of(database: &str) -> String {
    let mut url = reqwest::Url::parse(&server()).unwrap();
    url.set_path(database);
    url.to_string()
}
