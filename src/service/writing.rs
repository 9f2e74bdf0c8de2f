//! A write on its way from the request to its answer: who asks, whether it was asked before, one transaction, and what is
//! answered. The handlers of [`routes`](crate::service::routes) say only what happens in it.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde_json::Value;

use crate::api::idempotency::{self, Idempotency, InFlight};
use crate::api::query::Query;
use crate::api::{Answer, RecordRef, RequestId, Restores, restores};
use crate::auth::{Caller, Principal, Scope};
use crate::db::{Connection, Db, Id, Moment};
use crate::forms::bodies::ConfirmationResult;
use crate::kind::register::{Register, Registered};
use crate::problem::{Code, Outcome, Problem};
use crate::reading::namesakes;
use crate::records::actor::Actor;
use crate::records::commit::{self, Saved};
use crate::records::desk::Desk;
use crate::records::judge::{self, Examined};
use crate::records::rows::{Head, Loaded, state};
use crate::records::{documents, loading};

/// What a handler takes from its request beside path and body. It comes first among the parameters: who calls is checked
/// before anything else.
pub struct Entry<S: Scope> {
    pub caller: Caller<S>,
    pub request: HttpRequest,
    pub db: Data<Db>,
    in_flight: Data<InFlight>,
}

impl<S: Scope> Entry<S> {
    /// The kind that the scope of the path is about.
    pub fn served(&self) -> Outcome<Served> {
        shared::<Served>(&self.request).map(|served| *served.get_ref())
    }

    /// The caller as the author of what is read or done.
    pub fn actor(&self) -> Actor {
        actor(&self.caller.principal(), &self.request)
    }

    /// Refuses every query parameter.
    pub fn takes_no_parameters(&self) -> Outcome<()> {
        Query::of(&self.request)?.finish(&[])
    }
}

impl<S: Scope> FromRequest for Entry<S> {
    type Error = Problem;
    type Future = Ready<Outcome<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        let entry = caller.and_then(|caller| {
            let (db, in_flight) = (shared::<Db>(request)?.clone(), shared::<InFlight>(request)?.clone());
            Ok(Entry { caller, request: request.clone(), db, in_flight })
        });
        ready(entry)
    }
}

/// What the application shares with its handlers.
pub fn shared<T: 'static>(request: &HttpRequest) -> Outcome<&Data<T>> {
    let found = request.app_data::<Data<T>>();
    found.ok_or_else(|| Problem::internal(format!("no {} in the application", std::any::type_name::<T>())))
}

/// A write on its way: who, on what kind, repeated or not.
pub struct Write {
    pub served: Served,
    pub actor: Actor,
    idempotency: Option<Idempotency>,
    /// Held until the write is done.
    _running: Option<idempotency::Running>,
    restores: Restores,
}

impl Write {
    pub fn of<S: Scope>(entry: &Entry<S>, served: Served, raw: &[u8]) -> Outcome<Write> {
        let Entry { request, in_flight, .. } = entry;
        let actor = entry.actor();
        let idempotency = match *request.method() == Method::POST {
            true => Idempotency::of(request, raw)?,
            false => None,
        };
        let _running = in_flight.enter(actor.principal.client_id, idempotency.as_ref())?;
        Ok(Write { served, actor, idempotency, _running, restores: Restores::known(request) })
    }

    /// Runs `work` in one transaction, or repeats the stored answer to the same request.
    pub async fn run(
        self,
        db: &Db,
        work: impl Fn(&Write, &mut Connection) -> Outcome<Answer> + Send + Sync + 'static,
    ) -> Outcome<Answer> {
        let shared = Arc::new((self, work));
        judged_again(attempt(&shared, db).await, &shared.0, db).await
    }

    /// [`Write::run`] for writes whose precondition is not the revision: when another write came first, it is retried.
    pub async fn run_until_current(
        self,
        db: &Db,
        work: impl Fn(&Write, &mut Connection) -> Outcome<Answer> + Send + Sync + 'static,
    ) -> Outcome<Answer> {
        let shared = Arc::new((self, work));
        for _ in 0..10 {
            match attempt(&shared, db).await {
                Err(problem) if problem.code() == Code::RevisionConflict => {}
                done => return judged_again(done, &shared.0, db).await,
            }
        }
        Err(Problem::unavailable("a record changed faster than it could be confirmed"))
    }

    /// The desk at which it is done, in this transaction.
    pub fn desk<'d>(&'d self, conn: &'d mut Connection) -> Desk<'d> {
        let Served { register, kind } = self.served;
        Desk { register, kind, actor: &self.actor, conn }
    }

    /// Judges a body; done before the transaction begins where the body alone decides.
    pub fn examine(&self, body: Value) -> Examined {
        judge::examine(self.served.kind, body, self.actor.at.day_in_shanghai())
    }

    pub fn load(&self, wanted: &RecordRef, conn: &mut Connection) -> Outcome<Loaded> {
        loading::load(self.served.kind, wanted, &self.actor.sight(), conn)
    }

    /// [`Write::load`] of a record that may be withdrawn, for moves.
    pub fn load_with_withdrawn(&self, wanted: &RecordRef, conn: &mut Connection) -> Outcome<Loaded> {
        loading::load_with_withdrawn(self.served.kind, wanted, &self.actor.sight(), conn)
    }
}

/// One transaction of a write.
async fn attempt<W>(shared: &Arc<(Write, W)>, db: &Db) -> Outcome<Answer>
where
    W: Fn(&Write, &mut Connection) -> Outcome<Answer> + Send + Sync + 'static,
{
    let shared = shared.clone();
    db.write(move |conn| {
        let (write, work) = &*shared;
        let client = write.actor.principal.client_id;
        committed(idempotency::run(conn, client, write.idempotency.as_ref(), |conn| work(write, conn)))
    })
    .await?
}

/// When a write was refused for a restore that this process had not heard of, or for one that the caller knows of and this process
/// does not, the request is to be read anew: the client sends it again.
async fn judged_again(done: Outcome<Answer>, write: &Write, db: &Db) -> Outcome<Answer> {
    let Err(problem) = done else { return done };
    if problem.code() != Code::RegisterRestored {
        return Err(problem);
    }
    let count = db.read(restores::counted).await?;
    write.restores.note(count);
    match write.actor.restores == Some(count) {
        true => Err(problem),
        false => Err(Problem::unavailable("the register was restored a moment ago")),
    }
}

/// A refusal that must be recorded commits its transaction like a success.
fn committed(result: Outcome<Answer>) -> Outcome<Outcome<Answer>> {
    match result {
        Err(problem) if problem.said().commits => Ok(Err(problem)),
        other => other.map(Ok),
    }
}

pub fn actor(principal: &Arc<Principal>, request: &HttpRequest) -> Actor {
    let request_id = request.extensions().get::<RequestId>().map_or_else(Id::new, |id| id.0);
    Actor { principal: principal.clone(), request_id, at: Moment::now(), restores: Some(Restores::of(request)) }
}

/// The answer to a new record, with warnings of those that it may be once more.
pub fn created(write: &Write, content: &Value, saved: Saved, conn: &mut Connection) -> Outcome<Answer> {
    let kind = write.served.kind;
    let location = format!("/api/v1/{}/{}", kind.name, saved.head.id);
    let similar = namesakes::warnings(saved.head.id, kind, content, &write.actor.sight(), conn)?;
    let document = documents::warned(saved.document, &similar)?;
    Ok(Answer::new(201, document).header("Location", location).header("ETag", format!("\"{}\"", saved.head.revision)))
}

pub fn changed(saved: Saved) -> Answer {
    Answer::new(200, saved.document).header("ETag", format!("\"{}\"", saved.head.revision))
}

pub fn confirmation_answer(write: &Write, word: &'static str, saved: &Saved, conn: &mut Connection) -> Outcome<Answer> {
    let province = write.actor.principal.province.as_deref().unwrap_or_default();
    let made = commit::confirmations_of(&saved.head, conn)?;
    // A declined submission is a draft again, whose decisions are history; its counterpart is shown all the same.
    let shown = Head { state: state::SUBMITTED.to_owned(), ..saved.head.clone() };
    let counterpart = documents::decisions(&shown, &made).into_iter().find(|one| one.province != province);
    let result = ConfirmationResult {
        province,
        decision: word,
        digest: &saved.head.digest,
        revision: saved.head.revision,
        state: &saved.head.state,
        counterpart,
    };
    let location = format!("/api/v1/{}/{}/confirmations", write.served.kind.name, saved.head.id);
    Ok(Answer::json(201, &result)?.header("Location", location).header("ETag", format!("\"{}\"", saved.head.revision)))
}

/// The kind that a scope serves.
#[derive(Clone, Copy)]
pub struct Served {
    pub register: &'static Register,
    pub kind: &'static Registered,
}
