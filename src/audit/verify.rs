//! Verification of the log: follows the chain from its start to its head and compares it with the revisions.
//!
//! The service may be running: events that are added meanwhile are left for the next run. Memory does not grow with the
//! log.

use std::fmt;

use diesel::result::Error as DieselError;

use crate::api::Language;
use crate::audit::chain::{Break, Tip};
use crate::audit::events::AuditEvent;
use crate::audit::readings::{self, Compared, Head};
use crate::db::{Connection, Db};
use crate::problem::Outcome;

/// Events and revisions that are read at a time.
const BATCH: i64 = 1000;

/// The range to verify.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The first event; those before it are not checked.
    pub from: Option<i64>,
    /// A head of the log that was noted elsewhere earlier.
    pub expect: Option<Tip>,
}

/// The result for an intact log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub events: i64,
    /// To be noted elsewhere.
    pub head: Tip,
    pub revisions: i64,
    /// Revisions that are older than the log.
    pub uncovered: i64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.head.seq == 0 && self.uncovered == 0 {
            return f.write_str(&Language::tell("audit-empty", &[]));
        }
        let counts = [("events", self.events.to_string()), ("revisions", self.revisions.to_string())];
        writeln!(f, "{}", Language::tell("audit-verified", &counts))?;
        if self.uncovered > 0 {
            let older = [("revisions", self.uncovered.to_string())];
            writeln!(f, "{}", Language::tell("audit-uncovered", &older))?;
        }
        f.write_str(&Language::tell("audit-head", &[("head", self.head.to_string())]))
    }
}

/// Verifies the log; the inner error is the first place where it differs from what was written.
pub fn run(db: &Db, wanted: &Wanted) -> Outcome<Result<Report, Break>> {
    let Some(head) = db.read_here(readings::head)? else { return Ok(Err(Break::NoHead)) };
    let first = wanted.from.unwrap_or(1).max(1);
    let mut tip = match start(db, first)? {
        Ok(tip) => tip,
        Err(found) => return Ok(Err(found)),
    };
    let checks = [follow(db, &mut tip, &head)?, ends(&tip, &head), noted(db, wanted.expect.as_ref(), &head)?];
    if let Some(found) = checks.into_iter().find_map(Result::err) {
        return Ok(Err(found));
    }
    let (revisions, uncovered) = match revisions(db, &head)? {
        Ok(counts) => counts,
        Err(found) => return Ok(Err(found)),
    };
    Ok(Ok(Report { events: tip.seq + 1 - first, head: head.tip, revisions, uncovered }))
}

/// The tip that the event `first` is to follow.
fn start(db: &Db, first: i64) -> Outcome<Result<Tip, Break>> {
    if first == 1 {
        return Ok(Ok(Tip::start()));
    }
    let seq = first - 1;
    let hash = db.read_here(|conn| readings::hash_of(seq, conn))?;
    Ok(hash.map(|hash| Tip { seq, hash }).ok_or(Break::Missing { first: seq, last: seq }))
}

/// Advances `tip` along the chain up to the head.
fn follow(db: &Db, tip: &mut Tip, head: &Head) -> Outcome<Result<(), Break>> {
    let last = head.tip.seq;
    while tip.seq < last {
        let after = tip.seq;
        let events = match db.read_here(|conn| stretch(after, last, conn))? {
            Ok(events) => events,
            Err(found) => return Ok(Err(found)),
        };
        if events.is_empty() {
            return Ok(Err(Break::Cut { last: tip.seq, head: last }));
        }
        for event in &events {
            if let Err(found) = tip.follow(event)? {
                return Ok(Err(found));
            }
        }
        let (from, to) = (after, tip.seq);
        if let Some((seq, record, number)) = db.read_here(|conn| readings::event_without_revision(from, to, conn))? {
            return Ok(Err(Break::EventWithoutRevision { seq, record, number }));
        }
    }
    Ok(Ok(()))
}

/// The next events. An event that cannot be read (SQLite takes any value in any column) was tampered with, and is
/// located.
fn stretch(after: i64, last: i64, conn: &mut Connection) -> Outcome<Result<Vec<AuditEvent>, Break>> {
    let unreadable = |error: &DieselError| matches!(error, DieselError::DeserializationError(_));
    match readings::events(after, last, BATCH, conn) {
        Err(error) if unreadable(&error) => {}
        other => return Ok(Ok(other?)),
    }
    let mut events = Vec::new();
    for seq in after + 1..=last.min(after + BATCH) {
        match readings::events(seq - 1, seq, 1, conn) {
            Err(error) if unreadable(&error) && events.is_empty() => return Ok(Err(Break::Unreadable(seq))),
            // Events before it are checked first.
            Err(error) if unreadable(&error) => break,
            other => events.extend(other?),
        }
    }
    Ok(Ok(events))
}

/// Whether the log ends at its head.
fn ends(tip: &Tip, head: &Head) -> Result<(), Break> {
    if head.last > head.tip.seq {
        return Err(Break::Beyond { seq: head.last, head: head.tip.seq });
    }
    if tip.seq == head.tip.seq && tip.hash != head.tip.hash {
        return Err(Break::Head(tip.seq));
    }
    Ok(())
}

/// Whether the log still contains the noted head: a chain that was rewritten as a whole is consistent in itself.
fn noted(db: &Db, expect: Option<&Tip>, head: &Head) -> Outcome<Result<(), Break>> {
    let Some(Tip { seq, hash: noted }) = expect else { return Ok(Ok(())) };
    let found = match *seq {
        0 => Some(Tip::start().hash),
        seq => db.read_here(|conn| readings::hash_of(seq, conn))?,
    };
    Ok(match found {
        None => Err(Break::Forgotten { noted: *seq, last: head.tip.seq }),
        Some(found) if found != *noted => Err(Break::Rewritten { seq: *seq, found, noted: noted.clone() }),
        Some(_) => Ok(()),
    })
}

/// Compares every revision with its event; returns how many there are and how many are older than the log.
fn revisions(db: &Db, head: &Head) -> Outcome<Result<(i64, i64), Break>> {
    let (mut count, mut uncovered, mut after) = (0, 0, None);
    loop {
        let rows = db.read_here(|conn| readings::compared(after, head.began_after, BATCH, conn))?;
        for Compared { record, number, event, missing, differs } in &rows {
            let (record, number) = (*record, *number);
            match event {
                None if *missing => return Ok(Err(Break::RevisionWithoutEvent { record, number })),
                None => uncovered += 1,
                Some(seq) if *differs => return Ok(Err(Break::Differs { seq: *seq, record, number })),
                Some(_) => count += 1,
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == BATCH => after = Some((last.record, last.number)),
            _ => return Ok(Ok((count, uncovered))),
        }
    }
}
