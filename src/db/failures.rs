//! What a failure of the database means: for the client, for the write that may be retried, for the connection.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::problem::Problem;

/// How often a write is tried when PostgreSQL asks for it (serialization failure, deadlock).
const TRIES: usize = 5;

/// How often a write that failed like this is tried in all.
pub(super) fn tries_for(problem: &Problem) -> usize {
    match database_error(problem) {
        Some(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => TRIES,
        Some(DieselError::DatabaseError(_, info)) if info.message().contains("deadlock detected") => TRIES,
        // A concurrent transaction inserted the same key, or deleted what is referred to, first: the second run sees
        // that and can name it.
        Some(DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation,
            _,
        )) => 2,
        _ => 1,
    }
}

/// The failure of the database behind a problem, if that is what it is.
pub(super) fn database_error(problem: &Problem) -> Option<&DieselError> {
    problem.said().source.as_deref().and_then(|source| source.downcast_ref::<DieselError>())
}

/// Whether the connection was refused a write because it may only read.
pub(super) fn may_only_read(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => true,
        DieselError::DatabaseError(_, info) => info.message().contains("readonly database"),
        _ => false,
    }
}

impl From<DieselError> for Problem {
    /// What passes by itself (no connection, lock timeout, full disk) is 503; anything else unexpected is 500. What a
    /// client can cause is turned into a problem where it happens. The rules refuse a content before a CHECK does and
    /// say where; one that fires all the same is logged with its name and answered with 422.
    fn from(error: DieselError) -> Problem {
        match error {
            // Nothing could be rolled back, because the connection was lost before.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Problem::from(*commit_error),
            error if is_passing(&error) => Problem::unavailable(error),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Problem::taken(error),
            DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, ref info) => {
                // SQLite gives the name, or the condition itself, in the message only.
                let (constraint, message) = (info.constraint_name(), info.message());
                tracing::error!(constraint, message, "a constraint was broken that a rule should have refused before");
                Problem::rule_violated(error)
            }
            error => Problem::internal(error),
        }
    }
}

fn is_passing(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction, _)
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(_, info) => tells_of_passing(info.message()),
        _ => false,
    }
}

/// libpq and SQLite report these conditions by their wording only; [`postgres`](crate::db::postgres) sees to it that they
/// are English.
fn tells_of_passing(message: &str) -> bool {
    const WORDS: [&str; 17] = [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "the database system is",
        "canceling statement due to",
        "remaining connection slots",
        "too many clients",
        "No space left on device",
        // A disk that fills in the middle of a page.
        "could not extend file",
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "attempt to write a readonly database",
        "SSL connection has been closed",
    ];
    WORDS.iter().any(|words| message.contains(words))
}
