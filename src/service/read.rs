//! Lists and single records over HTTP: each handler with its description.

use std::sync::Arc;

use actix_web::http::header::{LINK, VARY};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::api::openapi::{self, Operation, choice, parameter};
use crate::api::query::Query;
use crate::api::{Chunks, RecordRef};
use crate::auth::Reader;
use crate::db::{Connection, Db};
use crate::kind::condition::RANGES;
use crate::kind::shapes::parameters::{by_texts, by_words};
use crate::kind::{Kind, Member, pointers};
use crate::problem::Outcome;
use crate::reading::answers::Answers;
use crate::reading::cache::Shelf;
use crate::reading::filters::{COMMON, INSTANTS, LONGEST_SEARCH, TEXTS};
use crate::reading::find::{self, Reading};
use crate::reading::list::{self, Listing, Page};
use crate::reading::past::AsOf;
use crate::records::sight::Sight;
use crate::reference::vocabulary;
use crate::service::describe::{Response, operation, paging, plural, record_answer, reference};
use crate::service::history;
use crate::service::shown::{Shown, moved};
use crate::service::writing::Served;

pub async fn list(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let listing = Listing::read(kind, &Query::of(&request)?)?;
    let sight = Sight::from(&reader);
    let listing = Arc::new(listing);
    let run = {
        let listing = listing.clone();
        move |conn: &mut Connection| listing.run(kind, &sight, &shelf, conn)
    };
    let page = if listing.is_short() { db.peek(run).await? } else { db.read(run).await? };
    Ok(paged(page, kind.name, |cursor| listing.next_query(cursor)))
}

/// A page of the list that stands at this path below `/api/v1`, with the address of the next one.
pub fn paged(page: Page, path: &str, next_query: impl FnOnce(&str) -> String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(query) = page.next.as_deref().map(next_query) {
        response.insert_header((LINK, format!("</api/v1/{path}?{query}>; rel=\"next\"")));
    }
    response.insert_header((VARY, "Authorization"));
    Chunks::new(page.pieces).answer(&mut response)
}

#[expect(clippy::too_many_arguments, reason = "each is an extractor of the framework")]
pub async fn show(
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
        return history::show_past(reader, served, db, wanted, as_of, request).await;
    }
    let expansion = find::take(kind, &query)?;
    let sight = Sight::from(&reader);
    let shown = Shown { is_public: sight.is_public(), by_code: wanted.is_code(), plain: expansion.is_plain() };
    match answers.find(&db, kind, wanted, expansion, sight).await? {
        Reading::Found(found) => {
            let place = format!("/api/v1/{}/{}", kind.name, found.id);
            Ok(shown.answer(found, place, &request))
        }
        Reading::Moved(id) => Ok(moved(kind, id, &request)),
    }
}

pub fn list_operation(kind: &Kind) -> Value {
    let mut parameters = paging();
    let expands = pointers::expandable(kind);
    parameters.push(sort(kind));
    parameters.push(search(
        "检索名称、编号与说明，用法同 /api/v1/search；未给 sort 时最相关者在前。Looks in names, codes and descriptions, as in /api/v1/search; without `sort` the best come first.",
    ));
    parameters.push(fields(kind));
    parameters.push(choice(
        "expand",
        "附上被引用记录的概要，至多 3 项。Adds summaries of referenced records, at most 3.",
        json!({"type": "string", "enum": expands}),
        3,
    ));
    parameters.extend(filters(kind));
    Operation::new(kind.name, &format!("list_{}", plural(kind)), &format!("列出{} / List {}", kind.label.zh, kind.name))
        .describe(&format!(
            "{}\n\n{}\n\n逗号为“或”，不同参数为“与”。A comma means OR, different parameters AND. 不带令牌时只能看到已生效的记录，且不含联系人。Without a token only published records are shown, without contacts.",
            kind.about.zh, kind.about.en
        ))
        .open("records:read")
        .parameters(parameters)
        .ok(openapi::json_response("一页记录。A page of records.", &format!("{}Page", kind.schema))
            .with_header("Link"))
        .errors(&[400, 401, 403, 409, 429, 500, 503])
        .finish()
}

pub fn show_operation(kind: &Kind) -> Value {
    let expand = choice(
        "expand",
        "附上被引用记录的概要，至多 3 项；此时没有 ETag。Adds summaries of referenced records; then there is no ETag.",
        json!({"type": "string", "enum": pointers::expandable(kind)}),
        3,
    );
    operation(kind, "show", "", &format!("查看{}", kind.label.zh), &format!("Show one {}", kind.label.en))
        .describe("按 code 访问时，Content-Location 给出 id 地址。By code, Content-Location has the address by id. 带 fields 或 expand 时没有 ETag。With `fields` or `expand` there is no ETag. 已撤销的记录返回 410。Withdrawn records answer 410.")
        .open("records:read")
        .parameters(vec![reference(kind), fields(kind), expand, history::as_of(), openapi::if_none_match()])
        .ok(record_answer(kind, "该记录。The record.")
            .with_header("ETag")
            .with_header("Content-Location"))
        .moved("已并入另一条记录。Merged into another record.")
        .not_modified()
        .errors(&[400, 401, 403, 404, 410, 429, 500, 503])
        .finish()
}

/// The parameter `sort`.
pub fn sort(kind: &Kind) -> Value {
    let sorts = list::sort_names(kind);
    let signed: Vec<String> = sorts.iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
    choice(
        "sort",
        "排序，前缀 - 为倒序，至多 3 项，同一项只能一次；最后总按 id 排序。Sort keys, `-` for descending, at most 3, each once; `id` is always the last.",
        json!({"type": "string", "enum": signed}),
        3,
    )
}

/// The parameter `q`.
pub fn search(about: &str) -> Value {
    parameter("query", "q", about, json!({"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH}))
}

fn fields(kind: &Kind) -> Value {
    let names = pointers::answer_members(kind);
    let most = names.len();
    choice(
        "fields",
        "只返回这些顶层成员；id、code、revision、state 始终返回。Only these top-level members; id, code, revision and state always come.",
        json!({"type": "string", "enum": names}),
        most,
    )
}

pub fn filters(kind: &Kind) -> Vec<Value> {
    let mut parameters = Vec::new();
    for common in &COMMON {
        let about = format!("{}。{}.", common.zh, common.en);
        if TEXTS.contains(&common.name) {
            parameters.push(by_texts(common.name, &about));
            continue;
        }
        let items = match common.name {
            "state" => json!({"$ref": "#/components/schemas/RecordState"}),
            "province" if kind.has_parties() => json!({"type": "string", "enum": provinces()}),
            "province" => json!({"$ref": "#/components/schemas/SideCode"}),
            "owner" => json!({"type": "string", "pattern": RecordRef::PATTERN, "maxLength": 36}),
            _ => {
                json!({"type": "string", "pattern": "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", "maxLength": 18})
            }
        };
        parameters.push(by_words(common.name, &about, items));
    }
    for (name, zh, en) in INSTANTS {
        for (suffix, operator) in RANGES {
            let schema = json!({"type": "string", "format": "date-time", "maxLength": 40});
            parameters.push(parameter(
                "query",
                &format!("{name}{suffix}"),
                &format!("{zh} {operator} 此值。{en}: {operator} this."),
                schema,
            ));
        }
    }
    parameters.extend(kind.members.iter().flat_map(member_filters));
    parameters
}

pub fn provinces() -> Vec<&'static str> {
    let divisions = vocabulary("divisions").into_iter().flat_map(|list| list.entries.iter());
    divisions.map(|entry| entry.code.as_str()).filter(|code| code.ends_with("0000")).collect()
}

fn member_filters(member: &Member) -> Vec<Value> {
    let mut parameters = member.shape.parameters(member);
    if member.has_presence() {
        let name = format!("has_{}", member.name);
        parameters.push(parameter(
            "query",
            &name,
            &format!("有无此项：{}。Whether it is present: {}.", member.about.zh, member.about.en),
            json!({"type": "boolean"}),
        ));
    }
    parameters
}
