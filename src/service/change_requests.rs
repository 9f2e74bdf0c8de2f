//! The endpoints of change requests: proposing and restoring below a record, everything else below `/change-requests`.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::agreement::changes::Change;
use crate::agreement::decisions::decided;
use crate::agreement::inbox::{self, Filter};
use crate::api::conditional::IfMatch;
use crate::api::idempotency::InFlight;
use crate::api::{Answer, JsonBody, Query, RecordRef, compressed, paging};
use crate::auth::Caller;
use crate::auth::scopes::{ConfirmRecords, ReadRecords, WriteRecords};
use crate::db::{Connection, Db, Id, Moment};
use crate::forms::bodies::PageInfo;
use crate::forms::change_request::{ChangeRequest, ChangeRequestPage};
use crate::kind::register::Register;
use crate::problem::{Code, Outcome, Problem};
use crate::reading::list::Cursor;
use crate::records::action::Action;
use crate::records::commit::Step;
use crate::records::rows::{Loaded, PROVINCES, Proposal, outcome, purpose};
use crate::records::sight::Sight;
use crate::records::{loading, proposals};
use crate::service::writing::{Served, Write, changed};

/// Parameters of the inbox.
pub const PARAMETERS: [&str; 9] =
    ["awaiting", "overdue", "kind", "purpose", "state", "province", "record", "limit", "cursor"];

/// Mounts what exists once, below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        cfg.service(
            web::scope("/change-requests")
                .app_data(Data::new(register))
                .service(compressed(web::resource("").route(web::get().to(inbox)).route(web::head().to(inbox))))
                .service(web::resource("/{id}").route(web::get().to(show)).route(web::head().to(show)))
                .service(web::resource("/{id}/confirmations").route(web::post().to(confirm)))
                .service(web::resource("/{id}/transitions").route(web::post().to(transition))),
        );
    }
}

/// `POST /{kind}/{ref}/change-requests`
pub async fn create(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let if_match = IfMatch::of(&request)?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let answer = write
        .run(&db, move |write, conn| {
            let Served { register, kind: _ } = write.served;
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish = register.requests.proposal(&body.value)?;
            let change = match (wish.patch, wish.restore) {
                (Some(patch), _) => Change::Patch(patch),
                (None, number) => Change::Restore(number.unwrap_or_default()),
            };
            let (_, proposal) = write.desk(conn).propose(loaded, &change, &wish.reason)?;
            let shown = shown(proposal.id, write, conn)?;
            Ok(Answer::json(201, &shown)?.header("Location", proposals::href(proposal.id)))
        })
        .await?;
    Ok(answer.into_response())
}

/// `POST /{kind}/{ref}/restorations`: an earlier content again, at once, where no confirmation is needed.
pub async fn restore(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&request)?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let answer = write
        .run(&db, move |write, conn| {
            let Served { register, kind } = write.served;
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish = register.requests.restoration(&body.value)?;
            let earlier = crate::agreement::changes::content_at(kind, &write.actor, &loaded.head, wish.revision, conn)?;
            let step = Step { action: Action::Restored, reason: Some(&wish.reason) };
            let examined = write.examine(earlier);
            Ok(changed(write.desk(conn).replace(loaded, examined, step)?))
        })
        .await?;
    Ok(answer.into_response())
}

async fn inbox(
    caller: Caller<ReadRecords>,
    register: Data<&'static Register>,
    db: Data<Db>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let mut filter = filter(&register, &query);
    let record = RecordRef::take(&query, "record");
    let cursor = Cursor::take(&query);
    query.finish(&PARAMETERS)?;
    let (link, fingerprint) = paging::fingerprint("change-requests", &query);
    let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 0)).transpose()?;
    filter.after = cursor.as_ref().map(|cursor| cursor.id());
    let sight = Sight::of(Some(&caller));
    let page = db
        .read(move |conn| {
            if let Some(cursor) = &cursor {
                cursor.check_restores(conn)?;
            }
            let mut filter = filter.clone();
            filter.record = record.as_ref().map(|record| record_id(record, conn)).transpose()?;
            page(&filter, &fingerprint, &sight, conn)
        })
        .await?;
    let mut answer = Answer::json(200, &page)?.header("Vary", "Authorization");
    if let Some(cursor) = &page.page.next_cursor {
        let query = paging::next_query(&link, cursor);
        answer = answer.header("Link", format!("</api/v1/change-requests?{query}>; rel=\"next\""));
    }
    Ok(answer.into_response())
}

fn page(filter: &Filter, fingerprint: &str, sight: &Sight, conn: &mut Connection) -> Outcome<ChangeRequestPage> {
    let now = Moment::now();
    let mut ids = inbox::list(filter, sight, now, conn)?;
    let has_more = ids.len() as i64 > filter.limit;
    ids.truncate(filter.limit as usize);
    let last = ids.last().filter(|_| has_more);
    let next_cursor = last.map(|id| Cursor::after(Vec::new(), *id, fingerprint).text()).transpose()?;
    let items = inbox::show(&ids, false, now, conn)?;
    Ok(ChangeRequestPage { items, page: PageInfo { limit: filter.limit as i32, has_more, next_cursor, total: None } })
}

/// The filters of the inbox, without the record and the cursor.
fn filter(register: &Register, query: &Query) -> Filter {
    let kinds: Vec<&str> = register.kinds().iter().map(|kind| kind.name).collect();
    Filter {
        awaiting: query.take_word("awaiting", &PROVINCES),
        overdue: query.take_bool("overdue"),
        kinds: query.take_words("kind", &kinds).unwrap_or_default(),
        purposes: query.take_words("purpose", &purpose::ALL).unwrap_or_default(),
        states: query.take_words("state", &outcome::ALL).unwrap_or_default(),
        province: query.take_word("province", &PROVINCES),
        record: None,
        after: None,
        limit: query.take_int("limit", 1, paging::MAX_LIMIT).unwrap_or(paging::DEFAULT_LIMIT),
    }
}

/// The id of that record; an unknown one has no change requests.
fn record_id(record: &RecordRef, conn: &mut Connection) -> Outcome<Id> {
    match record {
        RecordRef::Id(id) => Ok(*id),
        RecordRef::Code(code) => Ok(loading::id_of_code(code, conn)?.unwrap_or_default()),
    }
}

async fn show(
    caller: Caller<ReadRecords>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let id = id_of(&path)?;
    let sight = Sight::of(Some(&caller));
    let found = db.read(move |conn| inbox::find(id, &sight, Moment::now(), conn)).await?;
    Ok(Answer::json(200, &found.ok_or_else(|| not_found(&path))?)?.into_response())
}

async fn confirm(
    caller: Caller<ConfirmRecords>,
    register: Data<&'static Register>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let id = id_of(&path)?;
    let served = served(&register, id, Sight::of(Some(&caller)), &db).await?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let answer = write
        .run_until_current(&db, move |write, conn| {
            let Served { register, kind: _ } = write.served;
            let decided = decided(register.requests.confirmation(&body.value)?, &write.actor, conn)?;
            let (loaded, proposal) = load(write, id, conn)?;
            write.desk(conn).decide(loaded, proposal, decided)?;
            answer(201, id, write, conn)
        })
        .await?;
    Ok(answer.into_response())
}

async fn transition(
    caller: Caller<WriteRecords>,
    register: Data<&'static Register>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let id = id_of(&path)?;
    let served = served(&register, id, Sight::of(Some(&caller)), &db).await?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let answer = write
        .run_until_current(&db, move |write, conn| {
            let Served { register, kind: _ } = write.served;
            let wish = register.requests.recall(&body.value)?;
            let (loaded, proposal) = load(write, id, conn)?;
            write.desk(conn).recall(loaded, proposal, &wish.reason)?;
            answer(200, id, write, conn)
        })
        .await?;
    Ok(answer.into_response())
}

fn id_of(text: &str) -> Outcome<Id> {
    text.parse().map_err(|_| not_found(text))
}

fn not_found(wanted: &str) -> Problem {
    Problem::new(Code::NotFound).arg("kind", "change_request").arg("ref", wanted)
}

/// The kind of the record that a change request is about: the caller must be able to see both.
async fn served(register: &Data<&'static Register>, id: Id, sight: Sight, db: &Db) -> Outcome<Served> {
    let register: &'static Register = register.get_ref();
    let name = db.read(move |conn| inbox::kind_of(id, &sight, conn)).await?;
    let kind = name.and_then(|name| register.kind(&name)).ok_or_else(|| not_found(&id.to_string()))?;
    Ok(Served { register, kind })
}

/// The proposal and the record that it is about, as both are now.
fn load(write: &Write, id: Id, conn: &mut Connection) -> Outcome<(Loaded, Proposal)> {
    let find = |conn: &mut Connection| proposals::find(id, conn)?.ok_or_else(|| not_found(&id.to_string()));
    let record = find(conn)?.record_id;
    let loaded = write.load_with_withdrawn(&RecordRef::Id(record), conn)?;
    // Read after the record: a proposal settled since then has given its record another revision, which the
    // compare-and-set detects.
    Ok((loaded, find(conn)?))
}

fn answer(status: u16, id: Id, write: &Write, conn: &mut Connection) -> Outcome<Answer> {
    let answer = Answer::json(status, &shown(id, write, conn)?)?;
    Ok(if status == 201 { answer.header("Location", proposals::href(id)) } else { answer })
}

fn shown(id: Id, write: &Write, conn: &mut Connection) -> Outcome<ChangeRequest> {
    let found = inbox::in_full(id, &write.actor.sight(), write.actor.at, conn)?;
    found.ok_or_else(|| not_found(&id.to_string()))
}
