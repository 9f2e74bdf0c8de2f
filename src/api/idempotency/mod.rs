//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent twice takes effect once.
//!
//! The answer of a successful request is kept for 24 hours in the same transaction as its effect. The same key with the
//! same request gets that answer again with `Idempotency-Replayed: true`; with another request 422. Failures are not
//! stored, so they may be retried. Of two concurrent requests with one key the second gets 409 and retries later.
//!
//! ```ignore
//! let idempotency = Idempotency::of(&request, &body.raw)?;
//! let running = in_flight.enter(client_id, idempotency.as_ref())?;
//! let answer = db.write(move |conn| {
//!     let _running = &running; // held until the transaction ends, even when the client went away
//!     idempotency::run(conn, client_id, idempotency.as_ref(), |conn| create(conn, &body.value))
//! }).await?;
//! ```

mod queries;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use sha2::{Digest, Sha256};

use crate::api::answer::Answer;
use crate::db::{Connection, Id, Moment};
use crate::problem::{Code, Fault, Outcome, Problem};

pub use queries::{purge, rewrite};

/// How long an answer is kept.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

const HEADER: &str = "idempotency-key";
const LONGEST_KEY: usize = 255;

/// The key of a request, and the hash that tells whether a second one is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    pub key: String,
    /// SHA-256 over method, path with query, and body, in hexadecimal.
    pub hash: String,
}

impl Idempotency {
    /// Reads the header field: `None` without one, 400 `invalid-header` when it is no key.
    pub fn of(request: &HttpRequest, body: &[u8]) -> Outcome<Option<Idempotency>> {
        let Some(key) = key_of(request.headers())? else { return Ok(None) };
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        Ok(Some(Idempotency { key, hash: hash(request.method().as_str(), target, body) }))
    }
}

fn key_of(headers: &HeaderMap) -> Outcome<Option<String>> {
    let mut values = headers.get_all(HEADER);
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(|text| parse_key(text.trim()));
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => {
            let fault = Fault::header("Idempotency-Key", "format").arg("expected", "1-255 ASCII");
            Err(Problem::of_faults(Code::InvalidHeader, vec![fault]))
        }
    }
}

/// A structured-field string (RFC 9651 §3.3.3), or the bare key.
fn parse_key(text: &str) -> Option<String> {
    let key = match text.strip_prefix('"') {
        Some(quoted) => unquote(quoted.strip_suffix('"')?)?,
        None if text.contains(['"', '\\']) => return None,
        None => text.to_owned(),
    };
    let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (printable && (1..=LONGEST_KEY).contains(&key.len())).then_some(key)
}

fn unquote(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => chars.next().filter(|escaped| matches!(escaped, '"' | '\\'))?,
            '"' => return None,
            other => other,
        });
    }
    Some(text)
}

fn hash(method: &str, target: &str, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    // A request target holds no line break, so the three parts cannot run into each other.
    digest.update(format!("{method}\n{target}\n"));
    digest.update(body);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The keyed requests that run in this process; one in the application's data.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<(Id, String)>>>);

/// Held while a keyed request runs.
#[derive(Debug)]
pub struct Running {
    set: InFlight,
    entry: (Id, String),
}

impl InFlight {
    /// Marks a key as running: 409 `request-in-progress` when it is running already. `None` without a key.
    ///
    /// Move the guard into the database closure: that job goes on when the client disconnects.
    pub fn enter(&self, client_id: Id, idempotency: Option<&Idempotency>) -> Outcome<Option<Running>> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        let entry = (client_id, idempotency.key.clone());
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.clone()) {
            return Ok(Some(Running { set: self.clone(), entry }));
        }
        Err(in_progress())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.set.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.entry);
    }
}

fn in_progress() -> Problem {
    Problem::new(Code::RequestInProgress).header("Retry-After", "1")
}

/// Does `work`, or repeats its stored answer. Call it inside the transaction of the effect, before anything that could
/// refuse a repeated request (If-Match, validation against stored data).
pub fn run(
    conn: &mut Connection,
    client_id: Id,
    idempotency: Option<&Idempotency>,
    work: impl FnOnce(&mut Connection) -> Outcome<Answer>,
) -> Outcome<Answer> {
    let Some(idempotency) = idempotency else { return work(conn) };
    let oldest = Moment::now().plus_seconds(-KEPT_SECONDS);
    if let Some(stored) = queries::find(conn, client_id, &idempotency.key)? {
        if stored.created_at > oldest {
            return replay(stored, idempotency);
        }
        queries::delete(conn, client_id, &idempotency.key)?;
    }
    let answer = work(conn)?;
    if (200..300).contains(&answer.status) && !queries::insert(conn, client_id, idempotency, &answer)? {
        return Err(in_progress());
    }
    Ok(answer)
}

fn replay(stored: queries::Stored, idempotency: &Idempotency) -> Outcome<Answer> {
    if stored.request_hash != idempotency.hash {
        return Err(Problem::new(Code::IdempotencyKeyReused).arg("key", &idempotency.key));
    }
    let headers: Vec<(String, String)> = serde_json::from_str(&stored.headers).map_err(Problem::internal)?;
    let status = u16::try_from(stored.status).map_err(Problem::internal)?;
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Ok(Answer { status, headers, body: stored.body }.header("Idempotency-Replayed", "true"))
}

#[cfg(test)]
mod tests;
