//! `GET /api/v1/statistics/{kind}`: how many records there are, by what they have in common.

use std::sync::Arc;

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::api::compressed;
use crate::api::openapi::{self, Operation, choice, parameter};
use crate::api::query::{GREATEST, Query};
use crate::auth::{self, Reader};
use crate::db::Db;
use crate::kind::Kind;
use crate::kind::register::Register;
use crate::problem::Outcome;
use crate::reading::cache::Shelf;
use crate::reading::statistics::{Measure, Statistics, dimensions, measured};
use crate::records::sight::Sight;
use crate::service::describe::{Response, plural};
use crate::service::read;
use crate::service::shown::tagged;
use crate::service::writing::Served;

/// Mounts the statistics of every kind below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        for kind in register.kinds() {
            let statistics = web::resource(format!("/statistics/{}", kind.name));
            let statistics = statistics.app_data(Data::new(Served { register, kind }));
            cfg.service(compressed(statistics.route(web::get().to(count)).route(web::head().to(count))));
        }
    }
}

async fn count(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let statistics = Arc::new(Statistics::read(served.kind, &Query::of(&request)?)?);
    if statistics.as_of.is_some() && reader.principal().is_none() {
        return Err(auth::unauthenticated());
    }
    let sight = Sight::from(&reader);
    let around = (statistics.clone(), sight.clone(), shelf.clone());
    let written = db.peek(move |conn| around.0.written(&around.1, &around.2, conn)).await?;
    let is_table = statistics.is_table;
    let written = match written {
        Some(written) => written,
        None => db.read(move |conn| statistics.write(&sight, &shelf, conn)).await?,
    };
    Ok(tagged(&written, &request, |response| match is_table {
        true => {
            let name = format!("attachment; filename=\"statistics-{}.csv\"", served.kind.name);
            response.insert_header((CONTENT_DISPOSITION, name)).content_type("text/csv; charset=utf-8");
        }
        false => {
            response.content_type("application/json");
        }
    }))
}

/// `as_of_seq`, the position of the figures.
pub fn as_of_seq() -> Value {
    parameter(
        "query",
        "as_of_seq",
        "变更流的位置：给出当时的统计，由修订历史重新计算（须持令牌，同时只计算一个，其余得 503；各格没有列表地址；其后删除的草稿不再计入）；默认为现在。A \
         position of the change feed: the figures of then, computed again from the revisions. Needs a token; one at a time, others get 503. Cells have \
         no lists then, and drafts that were deleted since are not counted. Now, unless given.",
        json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": GREATEST}),
    )
}

/// The path of a kind, with its operation.
pub fn path(kind: &Kind) -> (String, Value) {
    let names: Vec<String> = dimensions(kind).into_iter().map(|dimension| dimension.name).collect();
    let members: Vec<&str> = measured(kind).iter().map(|member| member.name).collect();
    let mut parameters = vec![choice(
        "group_by",
        "按此分组，至多两项；至多 10,000 格。By what records are grouped, at most two; at most 10,000 cells.",
        json!({"type": "string", "enum": names}),
        2,
    )];
    if !members.is_empty() {
        for (word, _) in Measure::ALL {
            let about = match word {
                "sum" => "合计。Sums of these members.",
                "avg" => {
                    "平均：合计除以填报数，四舍五入至两位小数。Averages: the sum by the number of records that give it, rounded half up to two places."
                }
                "min" => "最小值。The least.",
                _ => "最大值。The most.",
            };
            parameters.push(choice(word, about, json!({"type": "string", "enum": members}), members.len()));
        }
    }
    parameters.push(as_of_seq());
    parameters.push(parameter(
        "query",
        "format",
        "格式：json（默认），或 csv：以 text/csv（带 BOM 的 UTF-8）应答。`csv` is answered as `text/csv`, UTF-8 with a byte order mark, for spreadsheets.",
        json!({"type": "string", "enum": ["json", "csv"], "default": "json"}),
    ));
    parameters.push(read::search("只统计检索到的记录。Only records that are found by this."));
    parameters.extend(read::filters(kind));
    parameters.push(openapi::if_none_match());
    let id = format!("count_{}", plural(kind));
    let operation =
        Operation::new("statistics", &id, &format!("统计{} / Count {}", kind.label.zh, kind.name))
            .describe(
                "按调用方可见的记录统计（现状，或 as_of_seq 所示位置），不录入任何总数。每格附计入的列表地址（href）；未填者单列一格（not_given）。各格之和等于 total；一条记录可有多个值时（overlapping）\
                 各格之和可大于 distinct_total。Counted from the records as far as the caller sees them, as they are now or were at `as_of_seq`. Each cell has the address of the list \
                 that it counts; what is not given has a cell of its own. Cells add up to `total`, but where a record may have several values (`overlapping`): \
                 there is `distinct_total`.",
            )
            .open("records:read")
            .parameters(parameters)
            .ok(openapi::json_response("统计结果。What was counted.", "Statistics").with_header("ETag"))
            .not_modified()
            .errors(&[400, 401, 403, 409, 422, 429, 500, 503])
            .finish();
    (format!("/api/v1/statistics/{}", kind.name), json!({"get": operation}))
}

/// Component schemas of statistics.
pub fn components() -> Map<String, Value> {
    let count = |about: &str| json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": GREATEST, "description": about});
    let figures = |about: &str| {
        json!({
            "type": "object", "description": about,
            "additionalProperties": {"$ref": "#/components/schemas/StatisticsFigure"},
        })
    };
    let measures = || {
        [
            (
                "given",
                json!({
                    "type": "object", "description": "各项的填报数。How many records give each member.",
                    "additionalProperties": {"$ref": "#/components/schemas/StatisticsCount"},
                }),
            ),
            ("sum", figures("合计。Sums, by member.")),
            ("avg", figures("平均。Averages, by member.")),
            ("min", figures("最小值。The least, by member.")),
            ("max", figures("最大值。The most, by member.")),
        ]
    };
    let object = |about: &str, required: &[&str], properties: Vec<(&str, Value)>| {
        let properties: Map<String, Value> =
            properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
        json!({"type": "object", "description": about, "required": required, "properties": properties})
    };
    let mut all = Map::new();
    let mut whole = vec![
        ("as_of_seq", count("统计所依据的变更流位置。The position of the feed that the figures are of.")),
        (
            "group_by",
            json!({"type": "array", "maxItems": 2, "description": "分组所用维度。The dimensions.", "items": {"type": "string", "maxLength": 80, "description": "维度。A dimension."}}),
        ),
        ("total", count("记录总数。All records.")),
        (
            "overlapping",
            json!({"type": "boolean", "description": "一条记录可计入多格。A record may be counted in several cells."}),
        ),
        ("distinct_total", count("去重后的记录总数。All records, each once.")),
        (
            "items",
            json!({"type": "array", "maxItems": 10_001, "description": "各格。The cells.", "items": {"$ref": "#/components/schemas/StatisticsCell"}}),
        ),
    ];
    whole.extend(measures());
    all.insert("Statistics".into(), object("统计结果。What was counted.", &["as_of_seq", "group_by", "total"], whole));
    let mut cell = vec![
        ("count", count("记录数。How many records.")),
        ("not_given", json!({"type": "boolean", "description": "某一维度未填。A dimension is not given."})),
        (
            "labels",
            json!({"type": "object", "description": "各维度取值的名称。What the values are called, by dimension.", "additionalProperties": {"$ref": "#/components/schemas/StatisticsLabel"}}),
        ),
        (
            "href",
            json!({"type": "string", "maxLength": 8000, "description": "计入本格的列表；列表无法表达时没有。The list that it counts; none where no list can ask for it."}),
        ),
    ];
    cell.extend(measures());
    all.insert(
        "StatisticsCell".into(),
        object(
            "一格：以维度名为成员名给出取值（未填为 null）。A cell. Members with the names of the dimensions have their values, null where not given.",
            &["count"],
            cell,
        ),
    );
    all.insert(
        "StatisticsLabel".into(),
        object(
            "取值的名称。What a value is called.",
            &["code", "zh"],
            vec![
                ("code", json!({"type": "string", "maxLength": 64, "description": "代码或记录编号。The code, or that of the record."})),
                ("zh", json!({"type": "string", "maxLength": 200, "description": "中文名称。Chinese name."})),
                ("en", json!({"type": "string", "maxLength": 400, "description": "英文名称。English name."})),
            ],
        ),
    );
    all.insert("StatisticsCount".into(), count("记录数。How many records."));
    all.insert(
        "StatisticsFigure".into(),
        object(
            "精确的十进制数；金额另有币种。An exact decimal number, with its currency where it is money.",
            &["amount"],
            vec![
                ("amount", json!({"type": "string", "maxLength": 40, "pattern": "^[0-9]+(\\.[0-9]+)?$", "description": "数值；金额以元计。The number; of money in yuan."})),
                ("currency", json!({"type": "string", "enum": ["CNY"], "description": "币种。Currency."})),
            ],
        ),
    );
    all
}
