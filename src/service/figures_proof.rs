//! `GET /api/v1/statistics/{kind}/proof`: figures that everybody may see, signed. The first answer to a question is kept, and repeated.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use serde_json::{Map, Value, json};

use crate::api::compressed;
use crate::api::openapi::{self, Operation, parameter};
use crate::api::query::{GREATEST, Query};
use crate::auth::Access;
use crate::auth::scopes::ReadRecords;
use crate::kind::components::component_of;
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::cache::{Shelf, last_position};
use crate::reading::statistics::proof::{FiguresProof, Wish, asked};
use crate::service::describe::{Response, WithExample};
use crate::service::shown::computed;
use crate::service::statistics::as_of_seq;
use crate::service::writing::Entry;

/// The longest query of signed figures, in characters.
const LONGEST_QUERY: usize = 4000;

/// The kinds that are counted.
struct Counted(&'static Register);

/// Mounts it below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let proof = web::resource("/statistics/{kind}/proof").app_data(Data::new(Counted(register)));
        cfg.service(compressed(proof.route(web::get().to(prove)).route(web::head().to(prove))));
    }
}

async fn prove(
    entry: Entry<ReadRecords>,
    register: Data<Counted>,
    access: Data<Access>,
    shelf: Data<Shelf>,
    path: Path<String>,
) -> Outcome<HttpResponse> {
    let unknown = || Problem::new(Code::NotFound).arg("kind", "statistics").arg("ref", path.as_str());
    let kind = register.0.kind(&path).ok_or_else(unknown)?;
    let (query, position) = taken(&Query::of(&entry.request)?)?;
    let mut asked = asked(kind, &query)?;
    let position = match position {
        Some(position) => position,
        None => entry.db.read(last_position).await?,
    };
    asked.as_of = Some(position);
    let issuer = access.settings().public_url.clone();
    let wish = Arc::new(Wish { asked, position, query, issuer });
    let (actor, made) = (entry.actor(), (wish.clone(), entry.actor()));
    let (document, is_new) = entry
        .db
        .read(move |conn| match made.0.kept(conn)? {
            Some(document) => Ok((document, false)),
            None => Ok((made.0.make(&made.1, &access.keys().signer(), &shelf, conn)?, true)),
        })
        .await?;
    let document = match is_new {
        true => entry.db.write(move |conn| wish.keep(&document, &actor, conn)).await?,
        false => document,
    };
    Ok(computed(document.into(), &entry.request))
}

/// The query that is signed, and the position.
fn taken(query: &Query) -> Outcome<(String, Option<i64>)> {
    let sent = query.take_as("query", |text| match text.chars().count() {
        0 => Err(Fault::parameter("query", "too-short").arg("limit", 1)),
        1..=LONGEST_QUERY => Ok(text.to_owned()),
        _ => Err(Fault::parameter("query", "too-long").arg("limit", LONGEST_QUERY)),
    });
    let position = query.take_int("as_of_seq", 1, GREATEST);
    query.finish(&["query", "as_of_seq"])?;
    Ok((sent.unwrap_or_default(), position))
}

/// The schemas of its answers.
pub fn components() -> Map<String, Value> {
    component_of::<FiguresProof>().into_iter().collect()
}

/// The path of signed figures, with its operation.
pub fn path() -> (String, Value) {
    let kind = parameter(
        "path",
        "kind",
        "记录种类。Kind of records.",
        json!({"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$", "maxLength": 40}),
    )
    .with_example(json!("instruments"));
    let query = parameter(
        "query",
        "query",
        "统计条件：该种类统计的查询参数，整体编码为一个值；不含 as_of_seq 与 format；默认为全部。What is counted: the query of the kind's statistics, encoded as \
         one value, without `as_of_seq` and `format`; everything, unless given.",
        json!({"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY}),
    )
    .with_example(json!("state=active&group_by=province"));
    let operation = Operation::new("statistics", "show_figures_proof", "统计的证明文件 / Signed figures")
        .describe(
            "对所有人公开的记录在变更流某一位置的统计，由本服务签名（RFC 7515），至多 1,000 格，不含可据以推知需求单位者。首次出具的文件永久保存，同一问题以后得到相同的字节。核验：`chuanyu verify`，或见 docs/proof.md。\
             What everybody may see, counted at a position of the feed and signed by the service, at most 1,000 cells, and nothing that tells the owner \
             of a demand. The first document is kept: the same question gets the \
             same bytes ever after. To verify: `chuanyu verify`, or by hand as docs/proof.md says. Counted among the writes of the rate limit.",
        )
        .secured("records:read")
        .parameters(vec![kind, query, as_of_seq(), openapi::if_none_match()])
        .ok(openapi::json_response("证明文件。The signed figures.", "FiguresProof").with_header("ETag"))
        .not_modified()
        .errors(&[400, 401, 403, 404, 409, 422, 429, 500, 503])
        .finish();
    ("/api/v1/statistics/{kind}/proof".to_owned(), json!({"get": operation}))
}
