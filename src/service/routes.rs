//! The endpoints that every kind has, written once. A handler says who calls, what they send, what happens and what they
//! get; which kind it is about comes from the scope it is mounted in.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, LINK, VARY};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, guard};

use crate::agreement::decisions::decided;
use crate::agreement::moves::Wish;
use crate::api::conditional::{self, IfMatch};
use crate::api::idempotency::InFlight;
use crate::api::query::{LONGEST_VALUE, Query};
use crate::api::{Answer, Chunks, JsonBody, MergePatch, RecordRef, compressed};
use crate::auth::scopes::{ConfirmRecords, ReadRecords, WriteRecords};
use crate::auth::{Caller, Reader};
use crate::db::{Connection, Db, Id};
use crate::forms::bodies::{PageInfo, TransitionRequest};
use crate::kind::findings::Findings;
use crate::kind::naming::not_found;
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::answers::Answers;
use crate::reading::cache::Shelf;
use crate::reading::find::{self, Reading};
use crate::reading::history::{self, Stretch};
use crate::reading::list::Listing;
use crate::reading::past::AsOf;
use crate::records::commit::UPDATED;
use crate::records::rows::SourceKey;
use crate::records::rows::Succession;
use crate::records::sight::Sight;
use crate::records::{judge, loading};
use crate::reference::formats::line_is_clean;
use crate::service::writing::{Served, Write, actor, changed, confirmation_answer, created, moved};
use crate::service::{change_requests, history_routes};

/// Mounts the endpoints of every kind below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        cfg.configure(change_requests::configure(register));
        for kind in register.kinds() {
            cfg.service(
                web::scope(kind.name)
                    .app_data(Data::new(Served { register, kind }))
                    .service(compressed(
                        web::resource("")
                            .guard(guard::Any(guard::Get()).or(guard::Head()))
                            .route(web::route().to(list)),
                    ))
                    .service(web::resource("").guard(guard::Post()).route(web::post().to(create)))
                    .service(web::resource("/by-source/{source_id}").route(web::put().to(upsert)))
                    .service(
                        web::resource("/{ref}")
                            .route(web::get().to(show))
                            .route(web::head().to(show))
                            .route(web::patch().to(patch))
                            .route(web::delete().to(delete)),
                    )
                    .service(
                        web::resource("/{ref}/transitions")
                            .route(web::get().to(transitions))
                            .route(web::head().to(transitions))
                            .route(web::post().to(transition)),
                    )
                    .service(
                        web::resource("/{ref}/confirmations")
                            .route(web::get().to(confirmations))
                            .route(web::head().to(confirmations))
                            .route(web::post().to(confirm)),
                    )
                    .service(web::resource("/{ref}/change-requests").route(web::post().to(change_requests::create)))
                    .service(web::resource("/{ref}/restorations").route(web::post().to(change_requests::restore)))
                    .service(
                        web::resource("/{ref}/revisions")
                            .route(web::get().to(revisions))
                            .route(web::head().to(revisions)),
                    )
                    .service(
                        web::resource("/{ref}/revisions/{number}")
                            .route(web::get().to(revision))
                            .route(web::head().to(revision)),
                    )
                    .configure(history_routes::configure),
            );
        }
    }
}

async fn list(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let listing = Listing::read(kind, &Query::of(&request)?)?;
    let sight = Sight::of(reader.principal().map(|principal| &**principal));
    let listing = Arc::new(listing);
    let run = {
        let listing = listing.clone();
        move |conn: &mut Connection| listing.run(kind, &sight, &shelf, conn)
    };
    let page = if listing.is_short() { db.peek(run).await? } else { db.read(run).await? };
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &page.next {
        let query = listing.next_query(cursor);
        response.insert_header((LINK, format!("</api/v1/{}?{query}>; rel=\"next\"", kind.name)));
    }
    response.insert_header((VARY, "Authorization"));
    Ok(Chunks::new(page.pieces).answer(&request, &mut response))
}

async fn show(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    answers: Data<Answers>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let query = Query::of(&request)?;
    if let Some(as_of) = AsOf::take(kind, &query)? {
        return history_routes::show_past(reader, served, db, wanted, as_of, request).await;
    }
    let options = find::Options::take(kind, &query)?;
    let sight = Sight::of(reader.principal().map(|principal| &**principal));
    let is_public = sight.is_public();
    let by_code = wanted.is_code();
    let plain = options.is_plain();
    let found = match answers.find(&db, kind, wanted, options, sight).await? {
        Reading::Found(found) => found,
        Reading::Moved(id) => return Ok(moved(kind, id, &request)),
    };
    let tag = if is_public { format!("\"{}-public\"", found.revision) } else { format!("\"{}\"", found.revision) };
    let caching = if is_public { "public, no-cache" } else { "private, no-cache" };
    let mut response = match plain && conditional::none_match(&request, &tag) {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response.insert_header((CACHE_CONTROL, caching)).insert_header((VARY, "Authorization"));
    if plain {
        response.insert_header((ETAG, tag.clone()));
    }
    if by_code {
        response.insert_header((CONTENT_LOCATION, format!("/api/v1/{}/{}", kind.name, found.id)));
    }
    if plain && conditional::none_match(&request, &tag) {
        return Ok(response.finish());
    }
    // Never compressed: the strong tag is that of these bytes.
    Ok(response.content_type("application/json").body(found.text))
}

async fn create(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let examined = write.examine(body.value);
    let answer = write
        .run(&db, move |write, conn| {
            let Served { register: _, kind } = write.served;
            let saved = write.desk(conn).create(Id::new(), examined.clone(), None)?;
            Ok(created(kind, saved))
        })
        .await?;
    Ok(answer.into_response())
}

async fn upsert(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let source = SourceKey { system: caller.source_system.clone(), id: source_id(&path)? };
    let if_match = IfMatch::of(&request)?;
    let create_only = conditional::create_only(&request)?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let any_revision = matches!(if_match, IfMatch::Missing) && !create_only;
    let examined = write.examine(body.value);
    let work = move |write: &Write, conn: &mut Connection| {
        let Served { register: _, kind } = write.served;
        let Some(loaded) = loading::by_source(kind, &source, conn)? else {
            if !matches!(if_match, IfMatch::Missing) {
                return Err(conditional::missing());
            }
            let (examined, own) = (examined.clone(), Some(source.clone()));
            return match write.desk(conn).create(Id::new(), examined, own) {
                // The record that holds the identifier may be this very one, sent twice at once.
                Err(problem) if problem.code() == Code::DuplicateIdentifier => {
                    let rival = loading::by_source(kind, &source, conn)?;
                    Err(rival.map_or(problem, |rival| conditional::conflict(rival.head.revision)))
                }
                made => Ok(created(kind, made?)),
            };
        };
        if create_only {
            return Err(conditional::exists(loaded.head.revision));
        }
        if_match.allow(loaded.head.revision)?;
        let saved = write.desk(conn).replace(loaded, examined.clone(), UPDATED)?;
        Ok(changed(saved))
    };
    // Without a precondition the request applies to the record in whatever revision it has.
    let answer = match any_revision {
        true => write.run_until_current(&db, work).await?,
        false => write.run(&db, work).await?,
    };
    Ok(answer.into_response())
}

async fn patch(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: MergePatch,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&request)?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let mut judged = Findings::new(write.actor.at.day_in_shanghai());
    served.kind.checker.check_patch(&body.value, &mut judged);
    let answer = write
        .run(&db, move |write, conn| {
            let Served { register: _, kind } = write.served;
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let mut merged = loaded.content.clone();
            json_patch::merge(&mut merged, &body.value);
            judge::prefer_patched_references(kind, &body.value, &mut merged);
            let mut examined = write.examine(merged);
            examined.findings.include(&judged);
            Ok(changed(write.desk(conn).replace(loaded, examined, UPDATED)?))
        })
        .await?;
    Ok(answer.into_response())
}

async fn delete(
    caller: Caller<WriteRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&request)?;
    let write = Write::of(&caller.principal(), &served, &request, b"", &in_flight)?;
    let answer = write
        .run(&db, move |write, conn| {
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            write.desk(conn).delete(&loaded.head)?;
            Ok(Answer::no_content())
        })
        .await?;
    Ok(answer.into_response())
}

async fn transition(
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
            let loaded = write.load_with_withdrawn(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish: TransitionRequest = register.requests.transition(&body.value)?;
            let reason = wish.reason.as_deref();
            let succession =
                Succession::find(kind, &loaded.head, wish.superseded_by.as_ref(), wish.merged_into.as_ref(), conn)?;
            let wish = Wish { to: &wish.to, reason, succession };
            let saved = write.desk(conn).move_to(loaded, wish)?;
            Ok(changed(saved))
        })
        .await?;
    Ok(answer.into_response())
}

pub async fn confirm(
    caller: Caller<ConfirmRecords>,
    served: Data<Served>,
    db: Data<Db>,
    in_flight: Data<InFlight>,
    path: Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let write = Write::of(&caller.principal(), &served, &request, &body.raw, &in_flight)?;
    let answer = write
        .run_until_current(&db, move |write, conn| {
            let Served { register, kind: _ } = write.served;
            let loaded = write.load(&wanted, conn)?;
            let decided = decided(register.requests.confirmation(&body.value)?, &write.actor, conn)?;
            let word = decided.word;
            let saved = write.desk(conn).decide_submission(loaded, decided)?;
            confirmation_answer(write, word, &saved, conn)
        })
        .await?;
    Ok(answer.into_response())
}

async fn transitions(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let stretch = Arc::new(Stretch::take(request.path(), &Query::of(&request)?)?);
    let (actor, asked) = (actor(&caller.principal(), &request), stretch.clone());
    let list = db.read(move |conn| history::transitions(kind, &wanted, &actor, &asked, conn)).await?;
    Ok(linked(Answer::json(200, &list)?, &list.page, &stretch, &request).into_response())
}

/// With the address of the next page of a history.
fn linked(answer: Answer, page: &PageInfo, stretch: &Stretch, request: &HttpRequest) -> Answer {
    match &page.next_cursor {
        Some(cursor) => {
            answer.header("Link", format!("<{}?{}>; rel=\"next\"", request.path(), stretch.next_query(cursor)))
        }
        None => answer,
    }
}

async fn confirmations(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let actor = actor(&caller.principal(), &request);
    let list = db.read(move |conn| history::confirmations(kind, &wanted, &actor, conn)).await?;
    Ok(Answer::json(200, &list)?.into_response())
}

async fn revisions(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let stretch = Arc::new(Stretch::take(request.path(), &Query::of(&request)?)?);
    let (actor, asked) = (actor(&caller.principal(), &request), stretch.clone());
    let list = db.read(move |conn| history::revisions(kind, &wanted, &actor, &asked, conn)).await?;
    Ok(linked(Answer::json(200, &list)?, &list.page, &stretch, &request).into_response())
}

async fn revision(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let kind = served.kind;
    let (wanted, number) = path.into_inner();
    let wanted = RecordRef::parse(kind, &wanted)?;
    let number: i64 = number.parse().map_err(|_| not_found(kind, &number))?;
    let actor = actor(&caller.principal(), &request);
    let text = db.read(move |conn| history::revision(kind, &wanted, number, &actor, conn)).await?;
    let tag = format!("\"{number}\"");
    if conditional::none_match(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let answer = Answer::new(200, text).header("ETag", tag).header("Cache-Control", "private, no-cache");
    Ok(answer.into_response())
}

/// A source's own key, as it reads after percent-decoding: the router splits the path before.
fn source_id(text: &str) -> Outcome<String> {
    let refused = |fault| Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
    if text.chars().count() > LONGEST_VALUE {
        return refused(Fault::parameter("source_id", "too-long").arg("limit", LONGEST_VALUE));
    }
    match line_is_clean(text) {
        Err(code) => refused(Fault::parameter("source_id", code)),
        Ok(()) if text.contains('/') => refused(Fault::parameter("source_id", "pattern")),
        Ok(()) => Ok(text.to_owned()),
    }
}
