//! A walk through all records of a kind, for checks that look at each of them.

use serde_json::Value;

use crate::check::{Finding, Found, Look};
use crate::db::{Connection, Id};
use crate::kind::register::Registered;
use crate::problem::{Outcome, Problem};
use crate::records::commit;
use crate::records::rows::{Head, state};

/// Records that are read at a time.
const BATCH: i64 = 500;

/// Judges every record of a kind that is not withdrawn, with the content in force, in the order of their ids. A judge
/// may query the database; because a batch may be read twice, it must have no side effects.
pub fn each_record(
    look: &Look,
    kind: &Registered,
    found: &mut Found,
    judge: impl Fn(&Head, &Value, &mut Connection) -> Outcome<Vec<Finding>>,
) -> Outcome<()> {
    let mut after: Option<Id> = None;
    loop {
        let (count, last, findings) = look.db.read_here(|conn| {
            let batch = commit::batch(kind, after, BATCH, conn)?;
            let mut findings = Vec::new();
            for (head, text) in batch.iter().filter(|(head, _)| head.state != state::WITHDRAWN) {
                let content: Value = serde_json::from_str(text).map_err(Problem::internal)?;
                findings.extend(judge(head, &content, conn)?);
            }
            Ok((batch.len(), batch.last().map(|(head, _)| head.id), findings))
        })?;
        findings.into_iter().for_each(|finding| found.report(finding));
        if count < BATCH as usize {
            return Ok(());
        }
        after = last;
    }
}
