//! Answers kept in the process, so that the database is asked which records are wanted and in which revision, and for the
//! text of those alone that are not here.
//!
//! The answer of a record in one revision does not change, as its entity tag says, whoever writes. Only a rebuild, and a database
//! that is set back, need the process to be started again. Texts of more than some 100 KiB may not be kept.

use std::collections::HashMap;

use actix_web::web::Bytes;
use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::view::Sight;
use crate::api::Outcome;
use crate::db::{Connection, Id, Sql, Stored, StoredText, Uid};

/// The answers.
pub struct Shelf(Cache<Key, Answer, Weight>);

/// A record, and whether the answer is the public one.
type Key = (Id, bool);

/// An answer: JSON in UTF-8.
#[derive(Clone)]
pub struct Answer {
    pub revision: i64,
    pub text: Bytes,
}

#[derive(Clone)]
struct Weight;

/// What one entry takes beside its text, in bytes.
const OVERHEAD: u64 = 160;

/// About what one takes in all.
const USUAL: u64 = 2048;

impl Weighter<Key, Answer> for Weight {
    fn weight(&self, _: &Key, answer: &Answer) -> u64 {
        answer.text.len() as u64 + OVERHEAD
    }
}

/// The most texts that one statement asks for.
const AT_ONCE: usize = 256;

impl Shelf {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Shelf {
        Shelf(Cache::with_weighter((bytes / USUAL) as usize, bytes, Weight))
    }

    /// The answer of a record in a revision, if it is here.
    pub fn kept(&self, id: Id, revision: i64, sight: &Sight) -> Option<Bytes> {
        let kept = self.0.get(&(id, sight.is_public()))?;
        (kept.revision == revision).then_some(kept.text)
    }

    pub fn keep(&self, id: Id, revision: i64, sight: &Sight, text: &Bytes) {
        self.0.insert((id, sight.is_public()), Answer { revision, text: text.clone() });
    }

    /// The answers of some records for a caller who sees them, in order; newer than wanted when they changed since, absent
    /// when there is none to see any more.
    pub fn fetch(&self, wanted: &[(Id, i64)], sight: &Sight, conn: &mut Connection) -> Outcome<Vec<Option<Answer>>> {
        let mut answers: Vec<Option<Answer>> = wanted
            .iter()
            .map(|(id, revision)| Some(Answer { revision: *revision, text: self.kept(*id, *revision, sight)? }))
            .collect();
        let missing: Vec<Id> =
            wanted.iter().zip(&answers).filter(|(_, kept)| kept.is_none()).map(|((id, _), _)| *id).collect();
        if missing.is_empty() {
            return Ok(answers);
        }
        let mut found = HashMap::with_capacity(missing.len());
        for ids in missing.chunks(AT_ONCE) {
            let mut sql: Sql<(Uid, BigInt, Stored)> = Sql::new("SELECT r.id, r.revision, ");
            sql.push_stored(sight.answer()).push(" FROM records r WHERE r.id IN (");
            sql.bind_ids(ids).push(") AND ").append(sight.condition("r"));
            for (id, revision, StoredText(text)) in sql.load::<(Id, i64, StoredText)>(conn)? {
                let text = Bytes::from(text);
                self.keep(id, revision, sight, &text);
                found.insert(id, Answer { revision, text });
            }
        }
        for ((id, _), answer) in wanted.iter().zip(&mut answers).filter(|(_, kept)| kept.is_none()) {
            *answer = found.get(id).cloned();
        }
        Ok(answers)
    }
}
