//! `GET /api/v1/vocabularies` and `GET /api/v1/vocabularies/{name}`: the code lists for partners (`docs/rules.md` §8,
//! §20).
//!
//! The lists change only with the program, so answers may be kept for an hour and carry an entity tag over their
//! bytes, weak because they are compressed; like published records they are open while `public_read` is on. `Accept-Language` chooses the labels; names are always given in both languages. An unknown query parameter is
//! refused, not ignored: a misspelt filter would silently answer with everything.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::api::query::Query;
use crate::api::{Language, compressed, conditional};
use crate::auth::Reader;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::guess::closest;
use crate::reference::values::{Day, LocalizedText};
use crate::reference::vocabularies::{Entry, Vocabulary, all, vocabulary};

/// Mounts both endpoints, relative to the scope they are configured in (`/api/v1`).
pub fn configure(cfg: &mut web::ServiceConfig) {
    let list = web::resource("/vocabularies");
    let show = web::resource("/vocabularies/{name}");
    cfg.service(compressed(list.route(web::get().to(list_vocabularies)).route(web::head().to(list_vocabularies))))
        .service(compressed(show.route(web::get().to(show_vocabulary)).route(web::head().to(show_vocabulary))));
}

/// 全部代码表。All vocabularies.
#[derive(Serialize, ToSchema)]
pub struct VocabularyList {
    /// 每个代码表一项。One item for each vocabulary.
    #[schema(max_items = 200)]
    items: Vec<VocabularySummary>,
}

/// 一个代码表的概要。A vocabulary without its codes.
#[derive(Serialize, ToSchema)]
pub struct VocabularySummary {
    /// 代码表名称，即其路径中的名称。Name of the vocabulary, as in its path.
    #[schema(max_length = 64, examples("research-fields"))]
    name: &'static str,
    /// 标题（按 Accept-Language）。Title in the language of the answer.
    #[schema(max_length = 200, examples("重点领域"))]
    title: &'static str,
    /// 代码数，含已停用的。Number of codes, withdrawn ones included.
    #[schema(minimum = 0, maximum = 100_000, value_type = i32)]
    count: usize,
    /// 代码表的路径。Path of the vocabulary.
    #[schema(max_length = 200, examples("/api/v1/vocabularies/research-fields"))]
    href: String,
}

/// 一个代码表的代码。The codes of one vocabulary.
#[derive(Serialize, ToSchema)]
pub struct VocabularyCodes {
    /// 符合查询的代码，按来源的次序。The codes that fit the query, in the order of their source.
    #[schema(max_items = 10_000)]
    items: Vec<VocabularyCode>,
}

/// 代码属性的值。Value of a code's further property.
#[derive(Serialize, ToSchema)]
#[schema(max_length = 2000)]
pub struct AttributeText(String);

/// 一个代码。One code.
#[derive(Serialize, ToSchema)]
pub struct VocabularyCode {
    /// 代码，与来源一致。The code, verbatim from its source.
    #[schema(max_length = 64, examples("F1"))]
    code: &'static str,
    /// 名称（按 Accept-Language），无英文时为中文。Name in the language of the answer; Chinese where no English one is known.
    #[schema(max_length = 200, examples("人工智能"))]
    label: &'static str,
    /// 中英文名称。Name in both languages.
    name: LocalizedText,
    /// 上一级代码。The code one level up in the same vocabulary.
    #[schema(max_length = 64)]
    parent: Option<&'static str>,
    /// 启用日期；null 为早于本表。First day the code may be used; null: since before our tables begin.
    #[schema(value_type = Option<String>, format = "date", max_length = 10)]
    valid_from: Option<Day>,
    /// 停用日期；null 为仍有效。First day the code may no longer be used; null: still valid.
    #[schema(value_type = Option<String>, format = "date", max_length = 10)]
    valid_to: Option<Day>,
    /// 承接的代码。The code that took over, if it is known.
    #[schema(max_length = 64)]
    successor: Option<&'static str>,
    /// 来源中的其他属性。Further properties from the source, such as `level` or `confidence`.
    #[schema(value_type = BTreeMap<String, AttributeText>)]
    attributes: BTreeMap<&'static str, &'static str>,
}

/// 列出代码表 / List vocabularies
///
/// 全部代码表的名称与代码数；代码见各表。Names and sizes of all code lists; the codes are in each list.
#[utoipa::path(
    get, path = "/api/v1/vocabularies",
    tag = "vocabularies",
    operation_id = "list_vocabularies", security((), ("oauth2" = ["records:read"])),
    params(
        ("Accept-Language" = Option<String>, Header, description = "标题的语言：zh-CN（默认）或 en。Language of the titles: zh-CN (default) or en."),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags the caller already has"),
    ),
    responses(
        (status = 200, description = "全部代码表。All vocabularies.", body = VocabularyList, headers(
            ("ETag" = String),
            ("Cache-Control" = String),
            ("Content-Language" = String))),
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 401),
        (status = 403),
            )
)]
async fn list_vocabularies(_: Reader, request: HttpRequest) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    static BODIES: LazyLock<[Body; 2]> =
        LazyLock::new(|| Language::ALL.map(|language| Body::of(&list(language), language)));
    let language = Language::of(request.headers());
    Ok(answer(&request, language, &BODIES[language as usize]))
}

/// 查看代码表 / Show a vocabulary
///
/// 一个代码表的代码，可按上级代码与日期筛选。The codes of one list, by parent code and by day where asked for.
#[utoipa::path(
    get, path = "/api/v1/vocabularies/{name}",
    tag = "vocabularies",
    operation_id = "show_vocabulary", security((), ("oauth2" = ["records:read"])),
    params(
        ("name" = String, Path, max_length = 64, description = "代码表名称。Name of the vocabulary.", pattern = "^[a-z0-9-]+$", example = "research-fields"),
        ("valid_on" = Option<Day>, Query, description = "只列当日可用的代码。Only codes that may be used on this day."),
        ("parent" = Option<String>, Query, max_length = 64, description = "只列该代码的直接下级。Only the codes directly below this code."),
        ("Accept-Language" = Option<String>, Header, description = "名称的语言：zh-CN（默认）或 en。Language of the labels: zh-CN (default) or en."),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags the caller already has"),
    ),
    responses(
        (status = 200, description = "代码。The codes.", body = VocabularyCodes, headers(
            ("ETag" = String),
            ("Cache-Control" = String),
            ("Content-Language" = String))),
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 401),
        (status = 403),
                (status = 404, description = "not-found"),
    )
)]
async fn show_vocabulary(_: Reader, request: HttpRequest, name: web::Path<String>) -> Outcome<HttpResponse> {
    let vocabulary = vocabulary(&name).ok_or_else(|| unknown_vocabulary(&name))?;
    let query = Query::of(&request)?;
    let filter = Filter::take(vocabulary, &query);
    query.finish(&["valid_on", "parent"])?;
    let language = Language::of(request.headers());
    if filter == Filter::default() {
        return Ok(answer(&request, language, whole(vocabulary, language)));
    }
    Ok(answer(&request, language, &Body::of(&codes(vocabulary, &filter, language), language)))
}

fn unknown_vocabulary(name: &str) -> Problem {
    let guess = closest(name, all().iter().map(|vocabulary| vocabulary.name));
    let fault = Fault::parameter("name", "unknown-vocabulary").did_you_mean(guess);
    Problem::of_faults(Code::NotFound, vec![fault])
}

/// Which codes of a vocabulary are asked for.
#[derive(Default, PartialEq)]
struct Filter {
    valid_on: Option<Day>,
    parent: Option<String>,
}

impl Filter {
    fn take(vocabulary: &Vocabulary, query: &Query) -> Filter {
        let parent = query.take("parent");
        if let Some(parent) = parent.as_deref().filter(|parent| !vocabulary.contains(parent)) {
            query.refuse(Fault::parameter("parent", "unknown-code").did_you_mean(vocabulary.suggest(parent)));
        }
        let day = |text: &str| Day::parse(text).map_err(|code| Fault::parameter("valid_on", code));
        Filter { valid_on: query.take_as("valid_on", day), parent }
    }

    fn fits(&self, entry: &Entry) -> bool {
        self.valid_on.is_none_or(|day| entry.valid_on(day.date()))
            && (self.parent.is_none() || self.parent == entry.parent)
    }
}

fn list(language: Language) -> VocabularyList {
    let summary = |vocabulary: &Vocabulary| VocabularySummary {
        name: vocabulary.name,
        title: vocabulary.title(language),
        count: vocabulary.entries.len(),
        href: format!("/api/v1/vocabularies/{}", vocabulary.name),
    };
    VocabularyList { items: all().iter().map(summary).collect() }
}

fn codes(vocabulary: &'static Vocabulary, filter: &Filter, language: Language) -> VocabularyCodes {
    let code = |entry: &'static Entry| VocabularyCode {
        code: &entry.code,
        label: entry.label(language),
        name: LocalizedText { zh: entry.zh.clone(), en: entry.en.clone() },
        parent: entry.parent.as_deref(),
        valid_from: entry.valid_from.and_then(Day::new),
        valid_to: entry.valid_to.and_then(Day::new),
        successor: entry.successor.as_deref(),
        attributes: entry.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect(),
    };
    VocabularyCodes { items: vocabulary.entries.iter().filter(|entry| filter.fits(entry)).map(code).collect() }
}

/// The whole vocabulary in this language, written once.
fn whole(vocabulary: &'static Vocabulary, language: Language) -> &'static Body {
    static BODIES: LazyLock<BTreeMap<&'static str, [Body; 2]>> = LazyLock::new(|| {
        let written = |vocabulary| {
            Language::ALL.map(|language| Body::of(&codes(vocabulary, &Filter::default(), language), language))
        };
        all().iter().map(|vocabulary| (vocabulary.name, written(vocabulary))).collect()
    });
    &BODIES[vocabulary.name][language as usize]
}

/// JSON and its entity tag.
struct Body {
    json: web::Bytes,
    tag: String,
}

impl Body {
    /// The tag covers the language too: division names read the same in both, but the answers differ in their header.
    fn of(value: &impl Serialize, language: Language) -> Body {
        let json = serde_json::to_vec(value).expect("texts, numbers and string keys are always JSON");
        let digest = Sha256::new().chain_update(language.tag()).chain_update(&json).finalize();
        let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Body { json: json.into(), tag: format!("W/\"{hash}\"") }
    }
}

/// 200 with the body, or 304 when the caller has it already; both with the same header fields (RFC 9110 §15.4.5).
fn answer(request: &HttpRequest, language: Language, body: &Body) -> HttpResponse {
    let has_it = conditional::none_match(request, &body.tag);
    let mut answer = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, body.tag.as_str()))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "Accept-Language"));
    if has_it { answer.finish() } else { answer.content_type("application/json").body(body.json.clone()) }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list_vocabularies, show_vocabulary))]
pub struct Document;

#[cfg(test)]
mod tests;
