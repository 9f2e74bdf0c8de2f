//! The commands, each delegating to the module that does the work.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::api::Language;
use crate::app::{self, Services};
use crate::audit::cli::AuditCommand;
use crate::auth::cli::{AgencyCommand, ClientCommand, KeyCommand, TokenCommand};
use crate::auth::proof_keys::ProofKeySet;
use crate::auth::{clients, key_files};
use crate::changes::restores;
use crate::check::{self, Check, Look};
use crate::cli::Failure;
use crate::config::{Settings, reachable};
use crate::db::{Db, connection, migrate, postgres};
use crate::demo::{self, DemoClient};
use crate::health::Draining;
use crate::jobs::cli::JobsCommand;
use crate::jobs::{self, Job, Registry, Runners, State, Stop, Worker};
use crate::problem::Code;
use crate::reading::proof::verify;
use crate::records::actor::Actor;
use crate::records::rebuild::Rebuild;
use crate::records::redact::{self, Redacted};
use crate::{contract, kinds, server};

/// The file beside the keys that holds the number of restores.
const RESTORES_FILE: &str = "restores";

type Done = Result<(), Failure>;

fn tell(key: &str, args: &[(&'static str, String)]) -> String {
    Language::tell(key, args)
}

/// A line on standard output. A reader that closed the pipe (`| head`) is no error.
fn print(text: impl std::fmt::Display) -> Done {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn serve(mut settings: Settings, demo: bool) -> Done {
    let listener = server::bind(&mut settings)?;
    connection::wait_for(settings.database_url.target(), Duration::from_secs(settings.database_wait_seconds))?;
    migrate::run(settings.database_url.target())?;
    let draining = Draining::default();
    let services = Services::open(&settings, draining.clone())?;
    forget_old_scopes(&services.db)?;
    services.restores.note(services.db.read_here(crate::api::restores::counted)?);
    if let Some(warning) = services.db.read_here(|conn| Ok(postgres::warning(conn)?))? {
        tracing::warn!("{warning}");
    }
    let clients = match demo {
        true => demo::load(&services.db, settings.demo_secret.as_ref())?.unwrap_or_default(),
        false => Vec::new(),
    };
    print(announcement(&settings, &clients))?;
    let system = actix_web::rt::System::new();
    Ok(system.block_on(async {
        // They run for as long as the server does.
        let _watching = services.access.clone().into_inner().watch(services.db.get_ref().clone()).await;
        let job = worker(services.db.get_ref().clone(), &settings, draining.stop());
        let _working = Runners::start(settings.job_workers, &job);
        server::run(listener, &settings, draining, move || app::app(services.clone())).await
    })?)
}

/// Removes scopes that this version does not have from the clients, and logs it.
fn forget_old_scopes(db: &Db) -> Done {
    if db.read_here(clients::have_unknown_scopes)? {
        for (client, scopes) in db.write_here(clients::drop_unknown_scopes)? {
            tracing::warn!(client, scopes, "scopes that nothing asks for were taken from a client");
        }
    }
    Ok(())
}

/// What `serve` prints when it is about to accept requests.
fn announcement(settings: &Settings, clients: &[DemoClient]) -> String {
    let (public, database) = (settings.public_url(), &settings.database_url);
    let mut lines = vec![
        tell("listening", &[("address", format!("http://{}", settings.listen))]),
        tell("swagger", &[("address", format!("{public}/docs/"))]),
        tell("database", &[("database", database.to_string())]),
    ];
    lines.extend(clients.iter().map(|client| {
        let (name, secret) = (format!("{:<14}", client.name), client.secret.to_string());
        tell("demo-client", &[("name", name), ("secret", secret), ("about", client.about.to_string())])
    }));
    lines.join("\n")
}

pub(super) fn migrate(settings: &Settings) -> Done {
    let ran = migrate::run(settings.database_url.target())?;
    for name in &ran {
        print(tell("applied", &[("name", name.clone())]))?;
    }
    if ran.is_empty() {
        print(tell("schema-current", &[]))?;
    }
    forget_old_scopes(&Db::open(settings.database_url.target().clone(), settings.pool()))
}

pub(super) fn migration_status(settings: &Settings) -> Done {
    let migrations = migrate::status(settings.database_url.target())?;
    for migration in &migrations {
        let word = if migration.applied { "applied" } else { "pending" };
        print(tell(word, &[("name", migration.name.clone())]))?;
    }
    match migrations.iter().filter(|migration| !migration.applied).count() {
        0 => Ok(()),
        pending => {
            let numbers = [("pending", pending.to_string()), ("total", migrations.len().to_string())];
            Err(Failure::Failed(tell("schema-behind", &numbers)))
        }
    }
}

pub(super) fn revert(settings: &Settings) -> Done {
    print(tell("reverted", &[("name", migrate::revert(settings.database_url.target())?)]))
}

pub(super) fn openapi() -> Done {
    print(contract::published(None).trim_end())?;
    Ok(())
}

pub(super) fn client(settings: &Settings, command: ClientCommand) -> Done {
    let db = match command {
        ClientCommand::Add { .. } => database(settings),
        _ => existing(settings),
    };
    print(command.run(&db?, std::io::stdin())?)?;
    Ok(())
}

pub(super) fn agency(settings: &Settings, command: AgencyCommand) -> Done {
    print(command.run(&existing(settings)?)?)?;
    Ok(())
}

pub(super) fn key(settings: &Settings, command: KeyCommand) -> Done {
    let access = app::access_settings(settings);
    let text = match command {
        KeyCommand::List => KeyCommand::list(&access)?,
        KeyCommand::Rotate { now } => KeyCommand::rotate(now, &access, &existing(settings)?)?,
    };
    print(text)?;
    Ok(())
}

/// Opens the database without migrating it: suspect data must not be changed first.
pub(super) fn audit(settings: &Settings, command: AuditCommand) -> Done {
    let db = Db::open(settings.database_url.target().clone(), settings.pool());
    print(command.run(&db)?.map_err(|found| Failure::Failed(found.to_string()))?)
}

pub(super) fn token(settings: &Settings, command: TokenCommand) -> Done {
    print(command.run(&existing(settings)?, &app::access_settings(settings))?)?;
    Ok(())
}

pub(super) fn verify(settings: &Settings, file: &Path, keys: Option<&Path>) -> Done {
    let text = |path: &Path| std::fs::read(path).map_err(|error| unreadable(path, error));
    let proof = text(file)?;
    let set = match keys {
        Some(path) => {
            ProofKeySet::parse(&String::from_utf8_lossy(&text(path)?)).map_err(|error| unreadable(path, error))
        }
        None => ProofKeySet::of_folder(&settings.keys_dir).map_err(Failure::from),
    }?;
    let source = keys.unwrap_or(&settings.keys_dir);
    if set.keys.is_empty() {
        return Err(Failure::Unreadable(tell("no-proof-keys", &[("place", source.display().to_string())])));
    }
    match verify::verify(&proof, &set, kinds::register()) {
        Ok(verified) => {
            let place = source.display().to_string();
            print(tell("proof-from", &[("verified", verified.to_string()), ("place", place)]))
        }
        Err(faults) => {
            let broken = tell("proof-broken", &[("file", file.display().to_string())]);
            Err(Failure::Failed(format!("{broken}\n- {}", faults.join("\n- "))))
        }
    }
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::Unreadable(format!("{}: {error}", path.display()))
}

pub(super) fn check(settings: &Settings, checks: &[&'static Check]) -> Done {
    let db = existing(settings)?;
    let all: Vec<&Check> = check::ALL.iter().collect();
    let checks = if checks.is_empty() { &all } else { checks };
    let language = Language::of_environment();
    let mut told = Ok(());
    let mut line = |text: String| {
        if told.is_ok() {
            told = print(text);
        }
    };
    let look = Look { db: &db, register: kinds::register() };
    let count = check::run(&look, checks, language, &mut line)?;
    told?;
    match count {
        0 => print(language.say("check-nothing", &[]).unwrap_or_default()),
        count => {
            let args = [("count", count.to_string())];
            Err(Failure::Failed(language.say("check-found", &args).unwrap_or_default()))
        }
    }
}

pub(super) fn redact_contact(settings: &Settings, reference: &str) -> Done {
    let db = existing(settings)?;
    let redacted = loop {
        let actor = Actor::operator();
        match db.write_here(|conn| redact::contact(kinds::register(), reference, &actor, conn)) {
            // The record was changed concurrently: retry.
            Err(problem) if problem.code() == Code::RevisionConflict => continue,
            done => break done?,
        }
    };
    let Redacted { code, contents, proposals, answers, revision } = redacted;
    let language = Language::of_environment();
    let (key, args) = match revision {
        None => ("redact-nothing", vec![("code", code)]),
        Some(revision) => {
            let [contents, proposals, answers] = [contents, proposals, answers].map(|count| count.to_string());
            let counts = [("contents", contents), ("requests", proposals), ("answers", answers)];
            let args = [("code", code), ("revision", revision.to_string())].into_iter().chain(counts);
            ("redact-done", args.collect())
        }
    };
    print(language.say(key, &args).unwrap_or_default())
}

pub(super) fn jobs(settings: &Settings, command: JobsCommand) -> Done {
    print(command.run(&existing(settings)?, registry(settings))?.map_err(Failure::Failed)?)
}

/// Counts a restore. The number stands in the folder of the keys too: a backup of before the last restore does not know of it.
pub(super) fn restored(settings: &Settings, after: i64) -> Done {
    let (db, file) = (existing(settings)?, settings.keys_dir.join(RESTORES_FILE));
    let counted: i64 = match std::fs::read_to_string(&file) {
        Ok(text) => text.trim().parse().map_err(|error| unreadable(&file, error))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(unreadable(&file, error)),
    };
    let done = db.write_here(|conn| restores::count(counted.max(after), conn))?;
    let written = key_files::keep(&settings.keys_dir, RESTORES_FILE, format!("{}\n", done.number).as_bytes());
    let numbers = [("number", done.number.to_string()), ("position", done.true_until.to_string())];
    print(tell("restored", &numbers))?;
    written.map_err(|error| Failure::Failed(error.to_string()))
}

/// Enqueues the job and works on it here, so that no server has to run; one that does may be the faster.
pub(super) fn rebuild_projections(settings: &Settings) -> Done {
    let db = existing(settings)?;
    let worker = worker(db.clone(), settings, Stop::default());
    let bar = progress(Rebuild::NAME);
    let row = jobs::cli::see_through::<Rebuild>(&db, &worker, &settings.job_times(), &(), &mut |row| {
        bar.set_length(row.total.unwrap_or(row.done) as u64);
        bar.set_position(row.done as u64);
    })?;
    bar.finish_and_clear();
    let args = [("done", row.done.to_string()), ("id", row.id.to_string())];
    match row.state() {
        State::Done => print(tell("rebuilt", &args)),
        _ => {
            let reason = row.reason(Language::of_environment().tag()).unwrap_or_default();
            Err(Failure::Failed(format!("{}\n{reason}", tell("not-rebuilt", &args))))
        }
    }
}

/// A worker on this process's jobs.
fn worker(db: Db, settings: &Settings, stop: Stop) -> Worker {
    Worker::new(db, registry(settings), settings.job_times(), stop)
}

fn registry(settings: &Settings) -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| app::jobs(settings))
}

/// A bar on standard error, where that is a terminal.
fn progress(name: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    let bar = ProgressBar::new(0).with_prefix(name);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

pub(super) fn load_demo(settings: &Settings) -> Done {
    match demo::load(&database(settings)?, settings.demo_secret.as_ref())? {
        None => Err(Failure::Failed(tell("not-empty", &[]))),
        Some(clients) => {
            for client in clients {
                print(format_args!("{:<14} secret {}   {}", client.name, client.secret, client.about))?;
            }
            Ok(())
        }
    }
}

/// The database of the settings, with its schema up to date.
fn database(settings: &Settings) -> Result<Db, Failure> {
    let target = settings.database_url.target();
    migrate::run(target)?;
    Ok(Db::open(target.clone(), settings.pool()))
}

/// The database of the settings, for a command that needs an existing one: none is created.
fn existing(settings: &Settings) -> Result<Db, Failure> {
    let target = settings.database_url.target();
    if let Some(file) = target.file().filter(|file| !file.exists()) {
        return Err(Failure::Failed(tell("no-database", &[("place", file.display().to_string())])));
    }
    if migrate::is_new(target)? {
        return Err(Failure::Failed(tell("nothing-in-database", &[("place", settings.database_url.to_string())])));
    }
    database(settings)
}

/// Asks `/healthz` over a plain socket: the container image has no curl.
pub(super) fn healthcheck(settings: &Settings) -> Done {
    let address = reachable(settings.listen);
    let away = |error: std::io::Error| {
        Failure::Failed(tell("away", &[("address", address.to_string()), ("why", error.to_string())]))
    };
    let patience = Duration::from_secs(3);
    let mut stream = TcpStream::connect_timeout(&address, patience).map_err(away)?;
    stream.set_read_timeout(Some(patience)).map_err(away)?;
    stream.set_write_timeout(Some(patience)).map_err(away)?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(away)?;
    let mut answer = Vec::new();
    stream.take(65_536).read_to_end(&mut answer).map_err(away)?;
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.lines().next().unwrap_or("-").to_owned();
    Err(Failure::Failed(tell("unwell", &[("address", address.to_string()), ("answer", answer)])))
}
