//! The Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group), for OpenRefine and its like: organizations and
//! the entries of vocabularies.
//!
//! It stands beside the API, below `/reconciliation`, and its manifests describe it. It says in the words of that specification what
//! [`matched_for`](crate::matching::matched_for) says in ours. Tools send more parameters than it names (`callback`, `flyout`), which are not
//! refused here.

mod organizations;
mod protocol;
mod vocabularies;

use std::collections::BTreeMap;

use actix_web::http::header::VARY;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;

use crate::api::body::{LARGEST, PATIENCE, check_head, read_within};
use crate::api::pages::{escape, preview};
use crate::api::query;
use crate::api::{Answer, compressed};
use crate::auth::{Access, Reader, form};
use crate::kind::register::Register;
use crate::matching::{KIND, MOST_NAMES};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::vocabularies::{Vocabulary, vocabulary};
use crate::service::asking::Asking;
use crate::service::writing::Served;

use protocol::{Entity, Queries, Suggestions};

/// The addresses of a service and what it offers, below `/reconciliation`, with their methods beside GET.
pub const PLACES: [(&str, bool); 6] = [
    ("/reconciliation/organizations", true),
    ("/reconciliation/organizations/suggest/entity", false),
    ("/reconciliation/organizations/preview", false),
    ("/reconciliation/vocabularies/{vocabulary}", true),
    ("/reconciliation/vocabularies/{vocabulary}/suggest/entity", false),
    ("/reconciliation/vocabularies/{vocabulary}/preview", false),
];

const FORM: &str = "application/x-www-form-urlencoded";

/// Mounts the services below `/reconciliation`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let Some(kind) = register.kind(KIND) else { return };
        let served = Data::new(Served { register, kind });
        for (base, is_vocabulary) in [("/organizations", false), ("/vocabularies/{vocabulary}", true)] {
            let [service, suggest, shown] = ["", "/suggest/entity", "/preview"]
                .map(|place| web::resource(format!("{base}{place}")).app_data(served.clone()));
            let (service, suggest, shown) = match is_vocabulary {
                false => (
                    service
                        .route(web::get().to(organizations_by_get))
                        .route(web::head().to(organizations_by_get))
                        .route(web::post().to(organizations_by_post)),
                    suggest.route(web::get().to(suggest_organizations)).route(web::head().to(suggest_organizations)),
                    shown.route(web::get().to(preview_organization)).route(web::head().to(preview_organization)),
                ),
                true => (
                    service
                        .route(web::get().to(vocabulary_by_get))
                        .route(web::head().to(vocabulary_by_get))
                        .route(web::post().to(vocabulary_by_post)),
                    suggest.route(web::get().to(suggest_codes)).route(web::head().to(suggest_codes)),
                    shown.route(web::get().to(preview_code)).route(web::head().to(preview_code)),
                ),
            };
            cfg.service(compressed(service)).service(compressed(suggest)).service(shown);
        }
    }
}

/// What a request says in its query.
struct Said(BTreeMap<String, String>);

impl Said {
    fn of(query: &str) -> Outcome<Said> {
        let pairs = form::pairs(query).ok_or_else(|| refused("queries", "wrong-type"))?;
        Ok(Said(pairs.into_iter().collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn required(&self, name: &'static str) -> Outcome<&str> {
        self.get(name).ok_or_else(|| refused(name, "required"))
    }

    /// Whether more than the first suggestions are asked for: there are none.
    fn is_further(&self) -> bool {
        let places = ["cursor", "start"].iter().filter_map(|name| self.get(name)?.parse::<u64>().ok());
        places.into_iter().any(|at| at > 0)
    }

    /// A batch of queries, if one is sent.
    fn queries(&self) -> Outcome<Option<Queries>> {
        let Some(text) = self.get("queries") else { return Ok(None) };
        let sent: BTreeMap<String, Value> = serde_json::from_str(text).map_err(|_| refused("queries", "wrong-type"))?;
        if sent.len() > MOST_NAMES {
            let fault = Fault::parameter("queries", "too-many-items").arg("limit", MOST_NAMES);
            return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
        }
        let (mut queries, mut faults) = (BTreeMap::new(), Vec::new());
        for (name, query) in sent {
            match serde_json::from_value(query) {
                Ok(query) => drop(queries.insert(name, query)),
                Err(_) => faults.push(Fault::parameter("queries", "wrong-query").arg("name", query::shown(&name))),
            }
        }
        if faults.is_empty() {
            Ok(Some(Queries(queries)))
        } else {
            Err(Problem::of_faults(Code::InvalidParameter, faults))
        }
    }
}

fn refused(parameter: &'static str, code: &'static str) -> Problem {
    let fault = Fault::parameter(parameter, code).arg("expected", "object");
    Problem::of_faults(Code::InvalidParameter, vec![fault])
}

/// The form of a POST.
async fn form(request: &HttpRequest, payload: Payload) -> Outcome<Said> {
    check_head(request.headers(), FORM, "Accept", LARGEST)?;
    let body = read_within(payload.into_inner(), LARGEST, PATIENCE).await?;
    let text = std::str::from_utf8(&body).map_err(|_| refused("queries", "wrong-type"))?;
    Said::of(text)
}

fn sent(answer: &impl Serialize) -> Outcome<HttpResponse> {
    Ok(Answer::json(200, answer)?.header(VARY.as_str().to_owned(), "Authorization").into_response())
}

fn base(access: &Access) -> &str {
    &access.settings().public_url
}

/// Shows the reconciliation service of organizations.
async fn organizations_by_get(asking: Asking, access: Data<Access>, request: HttpRequest) -> Outcome<HttpResponse> {
    match Said::of(request.query_string())?.queries()? {
        None => sent(&organizations::manifest(base(&access))),
        Some(queries) => sent(&organizations::answer(&asking, queries).await?),
    }
}

/// Reconciles names of organizations.
async fn organizations_by_post(asking: Asking, request: HttpRequest, payload: Payload) -> Outcome<HttpResponse> {
    let queries = form(&request, payload).await?.queries()?.ok_or_else(|| refused("queries", "required"))?;
    sent(&organizations::answer(&asking, queries).await?)
}

/// What organizations may be meant by what was typed.
async fn suggest_organizations(asking: Asking, request: HttpRequest) -> Outcome<HttpResponse> {
    let said = Said::of(request.query_string())?;
    let prefix = said.required("prefix")?.to_owned();
    if said.is_further() {
        return sent(&Suggestions { result: Vec::new() });
    }
    sent(&asking.read(move |around, conn| organizations::suggest(&around, &prefix, conn)).await?)
}

/// Shows an organization in a reconciliation tool.
async fn preview_organization(asking: Asking, request: HttpRequest) -> Outcome<HttpResponse> {
    let said = Said::of(request.query_string())?;
    let id = said.required("id")?.to_owned();
    let entity = organizations::identified(&asking, &id).await?;
    shown(entity.ok_or_else(|| Problem::new(Code::NotFound).arg("ref", id))?)
}

fn shown(entity: Entity) -> Outcome<HttpResponse> {
    let line =
        |text: &Option<String>| text.as_deref().map(|text| format!("<p>{}</p>", escape(text))).unwrap_or_default();
    let types: Vec<String> = entity.r#type.iter().map(|one| escape(&one.name)).collect();
    let body = format!(
        "<h1>{}</h1>\n{}<p><code>{}</code> · {}</p>\n",
        escape(&entity.name),
        line(&entity.description),
        escape(&entity.id),
        types.join("、"),
    );
    Ok(preview(&escape(&entity.name), &body))
}

/// Shows the reconciliation service of a vocabulary.
async fn vocabulary_by_get(_: Reader, access: Data<Access>, request: HttpRequest) -> Outcome<HttpResponse> {
    let list = named(&request)?;
    match Said::of(request.query_string())?.queries()? {
        None => sent(&vocabularies::manifest(list, base(&access))),
        Some(queries) => sent(&vocabularies::answer(list, &queries)),
    }
}

/// Reconciles labels with the codes of a vocabulary.
async fn vocabulary_by_post(_: Reader, request: HttpRequest, payload: Payload) -> Outcome<HttpResponse> {
    let list = named(&request)?;
    let queries = form(&request, payload).await?.queries()?.ok_or_else(|| refused("queries", "required"))?;
    sent(&vocabularies::answer(list, &queries))
}

/// What codes may be meant by what was typed.
async fn suggest_codes(_: Reader, request: HttpRequest) -> Outcome<HttpResponse> {
    let list = named(&request)?;
    let said = Said::of(request.query_string())?;
    let prefix = said.required("prefix")?;
    match said.is_further() {
        true => sent(&Suggestions { result: Vec::new() }),
        false => sent(&vocabularies::suggest(list, prefix)),
    }
}

/// Shows a code in a reconciliation tool.
async fn preview_code(_: Reader, request: HttpRequest) -> Outcome<HttpResponse> {
    let list = named(&request)?;
    let said = Said::of(request.query_string())?;
    let code = said.required("id")?;
    shown(vocabularies::entity(list, code).ok_or_else(|| Problem::new(Code::NotFound).arg("ref", code))?)
}

/// The vocabulary of the path.
fn named(request: &HttpRequest) -> Outcome<&'static Vocabulary> {
    let name = request.match_info().get("vocabulary").unwrap_or_default();
    vocabulary(name).ok_or_else(|| Problem::new(Code::NotFound).arg("ref", name))
}
