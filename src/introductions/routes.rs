//! `/api/v1/introductions`, and where introductions are proposed and counted.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::api::conditional::IfMatch;
use crate::api::paging::{self, Cursor, DEFAULT_LIMIT, MAX_LIMIT};
use crate::api::query::Query;
use crate::api::{Answer, JsonBody, RecordRef, compressed};
use crate::auth::Caller;
use crate::auth::scopes::{ReadRecords, WriteRecords};
use crate::db::{Connection, Db, Id, Moment};
use crate::forms::bodies::PageInfo;
use crate::forms::introduction::{IntroductionPage, IntroductionParty as Party};
use crate::introductions::figures::{self, Wanted};
use crate::introductions::list::{self, Awaiting, Filter};
use crate::introductions::propose::{self, Proposal, named, offer_named};
use crate::introductions::rows::{self, Row};
use crate::introductions::sides::with_merged;
use crate::introductions::{NAME, PREFIX, SINGULAR, moves, show, state};
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::settled::settled;
use crate::records::actor::Actor;
use crate::records::loading;
use crate::records::merges::merges_of;
use crate::records::rows::PROVINCES;
use crate::reference::{Day, RecordCode};
use crate::service::shown::computed;
use crate::service::writing::{Entry, Served, Write, actor};

/// Mounts introductions below `/api/v1`, before the records of demands and capabilities.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let (Some(demands), Some(capabilities)) = (register.kind("demands"), register.kind("capabilities")) else {
            return;
        };
        let of = |place: &str, kind| web::resource(place.to_owned()).app_data(Data::new(Served { register, kind }));
        cfg.service(of("/demands/{ref}/introductions", demands).route(web::post().to(of_demand)))
            .service(of("/capabilities/{ref}/introductions", capabilities).route(web::post().to(of_capability)));
        let list_place = of("/introductions", demands);
        cfg.service(compressed(list_place.route(web::get().to(list)).route(web::head().to(list))));
        let figures_place = of("/statistics/introductions", demands);
        cfg.service(compressed(figures_place.route(web::get().to(count)).route(web::head().to(count))));
        let one = of("/introductions/{ref}", demands);
        cfg.service(one.route(web::get().to(show_one)).route(web::head().to(show_one)));
        let steps = of("/introductions/{ref}/transitions", demands);
        let steps = steps.route(web::get().to(transitions)).route(web::head().to(transitions));
        cfg.service(steps.route(web::post().to(move_one)));
    }
}

async fn of_demand(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    propose_from(entry, path, body, |demand, body, write, conn| {
        let wish = write.served.register.requests.introduction_of_demand(body)?;
        let offer = offer_named(&wish.offer, &write.actor, conn)?.id;
        let from = (Party::Demand, "/offer");
        Ok(Proposal { id: Id::new(), demand, offer, from, note: wish.note, party: wish.proposed_by })
    })
    .await
}

async fn of_capability(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    propose_from(entry, path, body, |offer, body, write, conn| {
        let wish = write.served.register.requests.introduction_of_capability(body)?;
        let demand = named(&wish.demand, "/demand", &["demands"], &write.actor, conn)?.id;
        let from = (Party::Offer, "/demand");
        Ok(Proposal { id: Id::new(), demand, offer, from, note: wish.note, party: wish.proposed_by })
    })
    .await
}

/// Proposes what `wish` makes of the record of the path and the body.
async fn propose_from(
    entry: Entry<WriteRecords>,
    path: Path<String>,
    body: JsonBody,
    wish: impl Fn(Id, &Value, &Write, &mut Connection) -> Outcome<Proposal<'static>> + Send + Sync + 'static,
) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let record = write.load(&wanted, conn)?.head.id;
            let wish = wish(record, &body.value, write, conn)?;
            proposed(wish, write, conn)
        })
        .await?;
    Ok(answer.into_response())
}

fn proposed(wish: Proposal, write: &Write, conn: &mut Connection) -> Outcome<Answer> {
    let row = propose::propose(wish, write.served.register, &write.actor, conn)?;
    let place = format!("/api/v1/{NAME}/{}", row.id);
    Ok(answer(201, row, (write.served.register, &write.actor), conn)?.header("Location", place))
}

/// An introduction with its tag. It is not to be kept: it shows its records as they are now, whatever its revision.
fn answer(status: u16, row: Row, (register, actor): (&Register, &Actor), conn: &mut Connection) -> Outcome<Answer> {
    let tag = format!("\"{}\"", row.revision);
    let shown = show::one(row, register, actor, conn)?;
    Ok(Answer::json(status, &shown)?.header("ETag", tag))
}

/// The id or code of an introduction; a code with a wrong check digit is 400.
fn reference(text: &str) -> Outcome<RecordRef> {
    if let Ok(id) = text.parse() {
        return Ok(RecordRef::Id(id));
    }
    match RecordCode::parse_other(PREFIX, text) {
        Ok(_) => Ok(RecordRef::Code(text.to_owned())),
        Err("record-code-check") => Err(Problem::new(Code::InvalidCode).arg("ref", text)),
        Err(_) => Err(not_found(text)),
    }
}

fn not_found(wanted: &str) -> Problem {
    Problem::new(Code::NotFound).arg("kind", SINGULAR).arg("ref", wanted)
}

fn found(wanted: &RecordRef, actor: &Actor, conn: &mut Connection) -> Outcome<Row> {
    rows::find(wanted, actor, conn)?.ok_or_else(|| not_found(&wanted.to_string()))
}

async fn show_one(entry: Entry<ReadRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let (wanted, actor, register) = (reference(&path)?, entry.actor(), entry.served()?.register);
    let read = move |conn: &mut Connection| answer(200, found(&wanted, &actor, conn)?, (register, &actor), conn);
    let answer = entry.db.read(read).await?;
    Ok(answer.header("Cache-Control", "private, no-store").into_response())
}

async fn transitions(entry: Entry<ReadRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let (wanted, actor, register) = (reference(&path)?, entry.actor(), entry.served()?.register);
    let read = move |conn: &mut Connection| show::history(&found(&wanted, &actor, conn)?, register, &actor, conn);
    let history = entry.db.read(read).await?;
    Ok(Answer::json(200, &history)?.header("Vary", "Authorization").into_response())
}

async fn move_one(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let wanted = reference(&path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, entry.served()?, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let (register, actor) = (write.served.register, &write.actor);
            let row = found(&wanted, actor, conn)?;
            if_match.require(row.revision)?;
            let wish = register.requests.introduction_move(&body.value)?;
            let row = moves::move_to(row, &wish, register, actor, conn)?;
            answer(200, row, (register, actor), conn)
        })
        .await?;
    Ok(answer.into_response())
}

/// Parameters of the list.
pub const PARAMETERS: [&str; 8] = ["state", "demand", "offer", "province", "awaiting", "overdue", "limit", "cursor"];

async fn list(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let mut filter = Filter {
        states: query.take_words("state", &state::ALL).unwrap_or_default(),
        province: query.take_word("province", &PROVINCES),
        awaiting: query.take_word("awaiting", &Awaiting::WORDS).map(|word| Awaiting::of(&word)),
        overdue: query.take_bool("overdue"),
        limit: query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT),
        ..Filter::default()
    };
    let records = ["demand", "offer"].map(|name| RecordRef::take(&query, name));
    let cursor = Cursor::take(&query);
    query.finish(&PARAMETERS)?;
    let (link, fingerprint) = paging::fingerprint(NAME, &query);
    let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 0)).transpose()?;
    filter.after = cursor.as_ref().map(Cursor::id);
    let (actor, register) = (actor(&caller.principal(), &request), served.register);
    let page = db
        .read(move |conn| {
            if let Some(cursor) = &cursor {
                cursor.check_restores(conn)?;
            }
            let mut filter = filter.clone();
            let [demand, offer] = &records;
            filter.demand = demand.as_ref().map(|record| ids_of(record, conn)).transpose()?;
            filter.offer = offer.as_ref().map(|record| ids_of(record, conn)).transpose()?;
            page(&filter, &fingerprint, (register, &actor), conn)
        })
        .await?;
    let mut answer = Answer::json(200, &page)?.header("Vary", "Authorization");
    if let Some(cursor) = &page.page.next_cursor {
        let query = paging::next_query(&link, cursor);
        answer = answer.header("Link", format!("</api/v1/{NAME}?{query}>; rel=\"next\""));
    }
    Ok(answer.into_response())
}

fn page(
    filter: &Filter,
    fingerprint: &str,
    (register, actor): (&Register, &Actor),
    conn: &mut Connection,
) -> Outcome<IntroductionPage> {
    let mut ids = list::list(filter, &actor.principal, actor.at, conn)?;
    let has_more = ids.len() as i64 > filter.limit;
    ids.truncate(filter.limit as usize);
    let last = ids.last().filter(|_| has_more);
    let next_cursor = last.map(|id| Cursor::after(Vec::new(), *id, fingerprint).text()).transpose()?;
    let items = show::shown(rows::load(&ids, conn)?, register, actor, conn)?;
    let page = PageInfo { limit: filter.limit as i32, has_more, next_cursor, total: None, did_you_mean: Vec::new() };
    Ok(IntroductionPage { items, page })
}

/// The record that is named, or what it was merged into, with all that were merged into that. An unknown one has no introductions.
fn ids_of(record: &RecordRef, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let id = match record {
        RecordRef::Id(id) => *id,
        RecordRef::Code(code) => loading::id_of_code(code, conn)?.unwrap_or_default(),
    };
    let meant = merges_of(&[id], conn)?.remove(&id).unwrap_or(id);
    with_merged(meant, conn)
}

/// Kinds whose changes may change who sees an introduction; instruments change all the time, and their owners hardly ever.
const COUNTED: [&str; 3] = [NAME, "demands", "capabilities"];

async fn count(
    caller: Caller<ReadRecords>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let day = |name: &str| query.take_as(name, |text| Day::parse(text).map_err(|code| Fault::parameter(name, code)));
    let (first, last) = (day("proposed_on_gte"), day("proposed_on_lte"));
    let wanted = Wanted {
        province: query.take_word("province", &PROVINCES),
        from: first.map(|day| Moment::start_in_shanghai(day.date())),
        before: last.and_then(|day| day.date().succ_opt()).map(Moment::start_in_shanghai),
    };
    query.finish(&["province", "proposed_on_gte", "proposed_on_lte"])?;
    let principal = caller.principal();
    let figures = db
        .read(move |conn| {
            settled(&COUNTED, &shelf, conn, |position, conn| {
                figures::figures(&figures::load(&wanted, &principal, conn)?, position)
            })
        })
        .await?;
    Ok(computed(serde_json::to_vec(&figures).map_err(Problem::internal)?.into(), &request))
}
