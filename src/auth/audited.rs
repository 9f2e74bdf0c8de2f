//! Audit events of access: what operators do with clients, keys and tokens, and refused logins.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::DefaultClock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Mutex, Semaphore};

use crate::audit::{self, ActorKind, BOTH, NewEvent};
use crate::auth::clients::Client;
use crate::auth::keys::Rotation;
use crate::db::{Connection, Db, Id};
use crate::problem::Outcome;

/// Records what an operator did with a client, in the same transaction.
pub fn managed(action: &str, client: &Client, detail: Option<String>, conn: &mut Connection) -> Outcome<()> {
    let event = NewEvent::of(ActorKind::Operator, action).detail(detail).client(client);
    audit::append(event, conn)
}

/// Records a change of the signing keys.
pub fn keys_rotated(done: &Rotation, conn: &mut Connection) -> Outcome<()> {
    let made = done.made.then(|| format!("made {}, signs from {}", done.kid, done.start));
    let removed = done.pruned.iter().map(|kid| format!("removed {kid}"));
    let detail: Vec<String> = made.into_iter().chain(removed).collect();
    if detail.is_empty() {
        return Ok(());
    }
    audit::append(NewEvent::of(ActorKind::Operator, "key.rotated").detail(Some(detail.join("; "))), conn)
}

impl NewEvent {
    fn client(self, client: &Client) -> NewEvent {
        NewEvent {
            client_id: Some(client.id),
            client: Some(client.name.clone()),
            org_id: client.org_id,
            concerns: client.province.clone().unwrap_or_else(|| BOTH.to_owned()),
            province: client.province.clone(),
            ..self
        }
    }

    fn detail(self, detail: Option<String>) -> NewEvent {
        NewEvent { detail, ..self }
    }
}

/// A login that was refused, and why; the client gets less detail.
pub struct Refusal {
    /// `unknown-client`, `wrong-secret`, `client-disabled`, [`HELD`], `unknown-scope` or `scope-not-granted`, with the scope.
    pub why: String,
    /// The name it gave, if that can be a client's name: anything else may be a secret in the wrong field.
    pub name: Option<String>,
    /// The client of that name.
    pub client: Option<Client>,
    pub request_id: Option<Id>,
}

impl Refusal {
    /// A refusal of a client that is known.
    pub fn of(why: String, client: Client) -> Refusal {
        Refusal { why, name: None, client: Some(client), request_id: None }
    }
}

impl From<Refusal> for NewEvent {
    fn from(refusal: Refusal) -> NewEvent {
        let event = NewEvent::of(ActorKind::Unauthenticated, "token.refused").detail(Some(refusal.why));
        let event = NewEvent { request_id: refusal.request_id, ..event };
        match &refusal.client {
            Some(client) => event.client(client),
            None => NewEvent { client: refusal.name, ..event },
        }
    }
}

/// Why a login was refused unseen after too many others (429): its secret was not checked.
pub const HELD: &str = "too-many-logins";

/// Refusals recorded per minute: guessing names must not fill the disk.
const A_MINUTE: u32 = 600;
/// Held logins recorded per minute, beside these: they cost their sender nothing and must not crowd others out of the
/// log.
const HELD_A_MINUTE: u32 = 60;
/// Refusals that may wait to be recorded.
const WAITING: usize = 256;
/// How long an answer waits for its event to be written.
const PATIENCE: Duration = Duration::from_secs(1);

type Throttle = RateLimiter<NotKeyed, InMemoryState, DefaultClock>;

/// Records refused logins, each in a transaction of its own. A failure of that does not change the answer.
pub struct Refusals {
    quota: Throttle,
    held: Throttle,
    room: Arc<Semaphore>,
    /// One at a time: a log that is locked for long must not occupy all connections.
    turn: Arc<Mutex<()>>,
}

impl Default for Refusals {
    fn default() -> Refusals {
        let throttle = |a_minute: u32| {
            let a_minute = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_minute(a_minute))
        };
        let (quota, held) = (throttle(A_MINUTE), throttle(HELD_A_MINUTE));
        Refusals { quota, held, room: Arc::new(Semaphore::new(WAITING)), turn: Arc::default() }
    }
}

impl Refusals {
    /// Records a refusal. Waits until it is written, but not for long; beyond the limits it is in the service's log
    /// only.
    pub async fn note(&self, db: &Db, refusal: Refusal) {
        let room = self.room.clone().try_acquire_owned();
        let quota = if refusal.why == HELD { &self.held } else { &self.quota };
        let (Ok(place), Ok(())) = (room, quota.check()) else {
            tracing::warn!("a refused login is not in the audit log: there are too many");
            return;
        };
        let (db, turn, event) = (db.clone(), self.turn.clone(), NewEvent::from(refusal));
        let kept = actix_web::rt::spawn(async move {
            let _turn = turn.lock().await;
            if let Err(problem) = db.write(move |conn| audit::append(event.clone(), conn)).await {
                tracing::error!(%problem, "a refused login could not be kept in the audit log");
            }
            drop(place);
        });
        // Dropping the handle does not stop the writing.
        let _ = tokio::time::timeout(PATIENCE, kept).await;
    }
}
