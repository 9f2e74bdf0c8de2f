//! The endpoints that look back, for every kind: what differs between two revisions, what a record was at a moment, and its
//! proof. Mounted by [`routes`](crate::service::routes) below each kind.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, VARY};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::query::Query;
use crate::api::{Answer, RecordRef, conditional};
use crate::auth::scopes::ReadRecords;
use crate::auth::{Access, Caller, Reader};
use crate::db::Db;
use crate::kind::naming::not_found;
use crate::problem::Outcome;
use crate::reading::find::Reading;
use crate::reading::history;
use crate::reading::past::{self, AsOf};
use crate::reading::proof::{self, Wish};
use crate::records::sight::Sight;
use crate::service::writing::{Served, actor, moved};

/// The greatest number of a revision.
pub const MOST: i64 = 9_007_199_254_740_991;

/// Mounts them in the scope of a kind.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/{ref}/revisions/{number}/diff").route(web::get().to(diff)).route(web::head().to(diff)))
        .service(web::resource("/{ref}/proof").route(web::get().to(prove)).route(web::head().to(prove)));
}

async fn diff(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let (wanted, number) = path.into_inner();
    let wanted = RecordRef::parse(kind, &wanted)?;
    let from: i64 = number.parse().map_err(|_| not_found(kind, &number))?;
    let query = Query::of(&request)?;
    let to = query.take_int("to", 1, MOST);
    query.finish(&["to"])?;
    let actor = actor(&caller.principal(), &request);
    let answer = db.read(move |conn| history::difference(kind, &wanted, from, to, &actor, conn)).await?;
    Ok(Answer::json(200, &answer)?.into_response())
}

async fn prove(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    access: Data<Access>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let query = Query::of(&request)?;
    let revision = query.take_int("revision", 1, MOST);
    query.finish(&["revision"])?;
    let actor = actor(&caller.principal(), &request);
    let proof = db
        .read(move |conn| {
            let wish = Wish { wanted: &wanted, revision, issuer: &access.settings().public_url };
            proof::make(kind, &wish, &actor, &access.keys().signer(), conn)
        })
        .await?;
    Ok(Answer::json(200, &proof)?.into_response())
}

/// What [`show`](crate::service::routes) answers with `as_of`.
///
/// The tag is that of the revision that was in force: the past itself does not change, but the view depends on the caller.
pub async fn show_past(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    wanted: RecordRef,
    as_of: AsOf,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let sight = Sight::of(reader.principal().map(|principal| &**principal));
    let (is_public, by_code, plain, at) = (sight.is_public(), wanted.is_code(), as_of.is_plain(), as_of.at);
    let found = match db.read(move |conn| past::find(kind, &wanted, &as_of, &sight, conn)).await? {
        Reading::Found(found) => found,
        Reading::Moved(id) => return Ok(moved(kind, id, &request)),
    };
    let (view, caching) = if is_public { ("-public", "public, no-cache") } else { ("", "private, no-cache") };
    let tag = format!("\"{}{view}\"", found.revision);
    let same = plain && conditional::none_match(&request, &tag);
    let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((CACHE_CONTROL, caching)).insert_header((VARY, "Authorization"));
    if plain {
        response.insert_header((ETAG, tag));
    }
    if by_code {
        response.insert_header((CONTENT_LOCATION, format!("/api/v1/{}/{}?as_of={at}", kind.name, found.id)));
    }
    if same {
        return Ok(response.finish());
    }
    // Never compressed: the strong tag is that of these bytes.
    Ok(response.content_type("application/json").body(found.text))
}
