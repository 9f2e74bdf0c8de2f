//! `audit …`: the command line of the log.

use clap::Subcommand;

use crate::audit::chain::{Break, Tip};
use crate::audit::verify::{self, Report, Wanted};
use crate::db::Db;
use crate::problem::Outcome;

/// What can be done with the audit log.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Find altered, missing and inserted events; print the head, to be noted elsewhere
    ///
    /// Recomputes the hash of every event, follows the chain to its head and compares it with the revisions. Ends with 1 at the
    /// first place that is not what was written. Note the head that it prints where the database's administrator cannot write,
    /// and give it back with --expect: that is how a log that was written anew as a whole is found.
    Verify {
        /// Begin with this event; those before it are taken as they are
        #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(1..))]
        from: Option<i64>,
        /// A head that was noted earlier and must still be in the log
        #[arg(long, value_name = "SEQ:HASH")]
        expect: Option<Tip>,
    },
}

impl AuditCommand {
    /// Does it; the inner error says what is wrong with the log.
    pub fn run(self, db: &Db) -> Outcome<Result<Report, Break>> {
        match self {
            AuditCommand::Verify { from, expect } => verify::run(db, &Wanted { from, expect }),
        }
    }
}
