//! What each command does, in the words of the modules that do it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use actix_web::App;

use super::{ClientCommand, Failure, KeyCommand};
use crate::config::{Settings, reachable};
use crate::db::migrate;
use crate::health::{self, Draining, Health};
use crate::server;

type Done = Result<(), Failure>;

pub(super) fn serve(mut settings: Settings, demo: bool) -> Done {
    if demo {
        return Err("the demo data is not built in yet".into());
    }
    let listener = server::bind(&mut settings)?;
    migrate::run(settings.database_url.target())?;
    let draining = Draining::default();
    let health = Health::new(settings.database_url.target().clone(), draining.clone());
    println!("{}", announcement(&settings));
    let app = move || App::new().configure(health::configure(health.clone()));
    Ok(actix_web::rt::System::new().block_on(server::run(listener, &settings, draining, app))?)
}

/// What `serve` prints when it is about to accept requests.
fn announcement(settings: &Settings) -> String {
    let (public, database) = (settings.public_url(), &settings.database_url);
    format!("Listening on http://{}\nSwagger UI   {public}/docs/\nDatabase     {database}", settings.listen)
}

pub(super) fn migrate(settings: &Settings) -> Done {
    let ran = migrate::run(settings.database_url.target())?;
    for name in &ran {
        println!("applied {name}");
    }
    if ran.is_empty() {
        println!("the schema is up to date");
    }
    Ok(())
}

pub(super) fn migration_status(settings: &Settings) -> Done {
    let migrations = migrate::status(settings.database_url.target())?;
    for migration in &migrations {
        println!("{} {}", if migration.applied { "applied" } else { "pending" }, migration.name);
    }
    match migrations.iter().filter(|migration| !migration.applied).count() {
        0 => Ok(()),
        pending => Err(Failure::Failed(format!("{pending} of {} migrations have not run", migrations.len()))),
    }
}

pub(super) fn revert(settings: &Settings) -> Done {
    println!("reverted {}", migrate::revert(settings.database_url.target())?);
    Ok(())
}

pub(super) fn openapi() -> Done {
    Err("the document is not built in yet".into())
}

pub(super) fn client(_: &Settings, _: ClientCommand) -> Done {
    Err("clients are not built in yet".into())
}

pub(super) fn key(_: &Settings, _: KeyCommand) -> Done {
    Err("keys are not built in yet".into())
}

pub(super) fn token(_: &Settings, _: &str, _: &[String]) -> Done {
    Err("tokens are not built in yet".into())
}

pub(super) fn rebuild_projections(_: &Settings) -> Done {
    Err("projections are not built in yet".into())
}

pub(super) fn load_demo(_: &Settings) -> Done {
    Err("the demo data is not built in yet".into())
}

/// Asks `/healthz` over a plain socket: the container image has no curl.
pub(super) fn healthcheck(settings: &Settings) -> Done {
    let address = reachable(settings.listen);
    let away = |error: std::io::Error| Failure::Failed(format!("{address} does not answer: {error}"));
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
    Err(Failure::Failed(format!("{address} answers {}", answer.lines().next().unwrap_or("nothing"))))
}
