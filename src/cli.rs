//! The command line: what an operator may ask for, and what each command answers.
//!
//! Exit status: 0 done, 1 failed, 2 wrong usage or settings. Results go to standard output, log events and errors to
//! standard error.

mod commands;
mod flags;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::api::{Language, render};
use crate::audit::cli::AuditCommand;
use crate::auth::cli::{AgencyCommand, ClientCommand, KeyCommand, TokenCommand};
use crate::check::{self, Check};
use crate::cli::flags::SettingFlags;
use crate::config::{Flags, Settings};
use crate::jobs::cli::JobsCommand;
use crate::problem::Problem;

/// Sichuan–Chongqing science and technology cooperation register (川渝科技合作登记服务)
#[derive(Debug, Parser)]
#[command(name = "chuanyu", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// TOML file with settings.
    #[arg(long, env = "CHUANYU_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    #[command(flatten)]
    flags: SettingFlags,

    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
A setting is taken from the last of: its default, the file given with --config, the environment (CHUANYU_LISTEN …), a flag \
(--listen …). `--help` lists all of them.

Exit status: 0 done, 1 failed, 2 wrong usage or settings.

Try it:
  chuanyu serve --demo              a register with demo data at http://127.0.0.1:8080/docs/
  chuanyu token cq-university       a token for curl";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the schema up to date and serve until SIGTERM.
    Serve {
        /// Load the demo data if the database is empty, and print the demo clients with their secrets.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date.
    Migrate {
        /// Only list the migrations; fails when one has not run.
        #[arg(long, conflicts_with = "revert")]
        status: bool,
        /// Take back the newest migration.
        #[arg(long)]
        revert: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Manage the clients: the systems that may ask for tokens.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Manage the agencies: the organizations that speak for their province.
    #[command(subcommand)]
    Agency(AgencyCommand),
    /// Manage the keys that sign tokens and proofs.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print a token for a client, for curl.
    Token(TokenCommand),
    /// Check a proof of a record, or signed figures, offline: the signature, and that what is shown is what was signed.
    Verify {
        /// The proof, as `GET /api/v1/{kind}/{ref}/proof` answered it.
        file: PathBuf,
        /// A copy of /.well-known/proof-keys.json [default: the keys of this installation].
        #[arg(long)]
        keys: Option<PathBuf>,
    },
    /// List what breaks a rule that came later: records, clients, grants; ends with 1 when there is any.
    Check {
        /// Only these checks [default: all].
        #[arg(value_name = "CHECK", value_parser = check)]
        checks: Vec<&'static Check>,
    },
    /// Take the contact data out of all revisions of a record, which stays valid: when a person asks for that.
    RedactContact {
        /// Id or code of the record.
        #[arg(value_name = "REF")]
        reference: String,
    },
    /// Look after long work: list, show, cancel and retry jobs.
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Count a restore, after the database was set back to a backup: what partners hold of before is refused from then on.
    Restored {
        /// The number of the last restore, as `/readyz` told it before, if the folder of the keys was lost too.
        #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..1_000))]
        after: i64,
    },
    /// Make the typed tables and the stored answers anew from the signed contents.
    RebuildProjections,
    /// Work with the demo data.
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Ask the service that runs on the listen address whether it is alive (for containers).
    Healthcheck,
}

#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Load the demo data into an empty database.
    Load,
}

/// The check of this name, for the command line.
fn check(name: &str) -> Result<&'static Check, String> {
    let known = || check::ALL.iter().map(|check| check.name).collect::<Vec<_>>().join(", ");
    check::named(name).ok_or_else(|| format!("there are these checks: {}", known()))
}

/// Why a command ended badly.
#[derive(Debug)]
pub enum Failure {
    /// The settings do not allow a start.
    Settings(String),
    /// The input of the command cannot be read.
    Unreadable(String),
    /// The command itself failed.
    Failed(String),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Failed(render::lines(&problem, Language::of_environment()))
    }
}

macro_rules! told_as_it_is {
    ($($error:ty)+) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::Failed(error.to_string())
            }
        }
    )+};
}

told_as_it_is! { String std::io::Error Box<dyn std::error::Error + Send + Sync> diesel::ConnectionError }

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Settings(sentences)) => {
            eprintln!("chuanyu: {}\n{sentences}", Language::tell("settings", &[]));
            ExitCode::from(2)
        }
        Err(Failure::Unreadable(sentence)) => {
            eprintln!("chuanyu: {sentence}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(sentence)) => {
            eprintln!("chuanyu: {sentence}");
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    /// The settings that this command line, the environment and the file give.
    fn settings(&self) -> Result<Settings, Failure> {
        let flags = Flags(self.flags.0.clone());
        Settings::load(self.config.as_deref(), &flags).map_err(Failure::Settings)
    }

    fn run(self) -> Result<(), Failure> {
        let settings = self.settings()?;
        crate::telemetry::start(settings.log_format, settings.log_level);
        match self.command {
            Command::Serve { demo } => commands::serve(settings, demo),
            Command::Migrate { status: true, .. } => commands::migration_status(&settings),
            Command::Migrate { revert: true, .. } => commands::revert(&settings),
            Command::Migrate { .. } => commands::migrate(&settings),
            Command::Openapi => commands::openapi(),
            Command::Client(command) => commands::client(&settings, command),
            Command::Agency(command) => commands::agency(&settings, command),
            Command::Key(command) => commands::key(&settings, command),
            Command::Audit(command) => commands::audit(&settings, command),
            Command::Token(command) => commands::token(&settings, command),
            Command::Verify { file, keys } => commands::verify(&settings, &file, keys.as_deref()),
            Command::Check { checks } => commands::check(&settings, &checks),
            Command::RedactContact { reference } => commands::redact_contact(&settings, &reference),
            Command::Jobs(command) => commands::jobs(&settings, command),
            Command::Restored { after } => commands::restored(&settings, after),
            Command::RebuildProjections => commands::rebuild_projections(&settings),
            Command::Demo(DemoCommand::Load) => commands::load_demo(&settings),
            Command::Healthcheck => commands::healthcheck(&settings),
        }
    }
}

#[cfg(test)]
mod tests;
