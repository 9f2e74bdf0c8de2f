//! `GET /api/v1/statistics/overview`: what the register counts, beside what was reported, and how far the targets are.
//!
//! Both stand side by side and are never mixed: a count is of records, a reported figure is somebody's, with its words, day and source.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Query;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::kind::register::Register;
use crate::problem::Outcome;
use crate::progress::answer::{Progress, ProgressObservation};
use crate::progress::calendar::NamedRecord;
use crate::progress::judge::Verdict;
use crate::progress::routes::plain;
use crate::progress::{KINDS, of_record, of_targets, records};
use crate::reading::cache::Kept;
use crate::reading::expand::Lens;
use crate::reading::pages::Mark;
use crate::reading::settled::settled;
use crate::reading::statistics::Statistics;
use crate::records::rows::state;
use crate::records::sight::Sight;
use crate::service::asking::Asking;
use crate::service::shown::computed;

/// Kinds that are counted, in the order of the five commons (五共): platforms, resources, projects, policies, achievements; then the two
/// lists and the organizations.
const COUNTED: [&str; 9] = [
    "joint-labs",
    "alliances",
    "instruments",
    "projects",
    "policies",
    "achievements",
    "demands",
    "capabilities",
    "organizations",
];

/// Reported figures of one kind that are shown.
const MOST_REPORTED: usize = 20;

/// Targets that are judged at once.
const TARGETS_AT_ONCE: usize = 200;

/// 总览。The overview.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// 报道的数与目标所依据的变更流位置。The position of the feed that reported figures and targets are of.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    as_of_seq: i64,
    /// 各种类的数。The figures of each kind.
    #[schema(max_items = 12)]
    headlines: Vec<Headline>,
    /// 各目标年的目标。The targets, by year.
    #[schema(max_items = 200)]
    targets: Vec<TargetYear>,
}

/// 一个种类：本登记册的数，与公开报道的数并列。A kind: what the register counts, beside what was reported.
#[derive(Serialize, ToSchema)]
pub struct Headline {
    /// 记录种类。Kind of record.
    #[schema(max_length = 40)]
    kind: &'static str,
    label: HeadlineLabel,
    /// 计数所依据的变更流位置：其后该种类没有变更。The position of the feed that they were counted at: nothing of the kind changed since.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    as_of_seq: i64,
    /// 本登记册中已生效的记录数。Official records of this register.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    count: i64,
    /// 计入的列表。The list that it counts.
    #[schema(max_length = 200)]
    href: String,
    /// 有来源的报道数，首选在前，各按日期倒序。Figures that were reported, preferred ones first, the latest before older ones.
    #[schema(max_items = 20)]
    reported: Vec<Reported>,
}

/// 种类的名称。What a kind is called.
#[derive(Serialize, ToSchema)]
pub struct HeadlineLabel {
    /// 中文名称。In Chinese.
    #[schema(max_length = 100)]
    zh: &'static str,
    /// 英文名称。In English.
    #[schema(max_length = 100)]
    en: &'static str,
}

/// 一个有来源的数。A figure that was reported.
#[derive(Clone, Serialize, ToSchema)]
pub struct Reported {
    /// 指标。Its indicator.
    indicator: NamedRecord,
    /// 数值，附用语、日期、来源与采用理由。The figure, with its words, day, source and rank.
    observation: ProgressObservation,
}

/// 某一年的目标：各有多少达到、未达到、无法判断、没有结果。The targets of a year: how many are met, not met, undecidable, and without a result.
#[derive(Clone, Serialize, ToSchema)]
pub struct TargetYear {
    /// 目标年。Year.
    #[schema(minimum = 1990, maximum = 2100)]
    year: i32,
    /// 目标数。How many targets.
    #[schema(minimum = 0, maximum = 1000000)]
    count: i64,
    /// 达到。Met.
    #[schema(minimum = 0, maximum = 1000000)]
    met: i64,
    /// 未达到。Not met.
    #[schema(minimum = 0, maximum = 1000000)]
    not_met: i64,
    /// 无法判断。Undecidable.
    #[schema(minimum = 0, maximum = 1000000)]
    undecidable: i64,
    /// 没有结果（原因见列表）。Without a result, for the reasons that the list names.
    #[schema(minimum = 0, maximum = 1000000)]
    no_verdict: i64,
    /// 各目标的完成情况。How far each of them is.
    #[schema(max_length = 200)]
    href: String,
}

/// 总览 / Show the overview
///
/// 本登记册各种类已生效的记录数，旁列公开报道的数（附用语、日期、来源），两者从不相加；以及各目标年的目标有多少达到。对所有人相同。
///
/// How many official records of each kind the register has, beside the figures that were reported, each with its words, day and source,
/// never added to one another; and how many targets of each year are met. The same for everybody.
#[utoipa::path(get, path = "/api/v1/statistics/overview", tag = "statistics", operation_id = "show_overview",
    security((), ("oauth2" = ["records:read"])),
    params(("If-None-Match" = Option<String>, Header, description = "")),
    responses(
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 200, description = "总览。The overview.", body = Overview, headers(("ETag" = String))),
        (status = 400), (status = 401), (status = 403), (status = 429), (status = 500), (status = 503),
    ))]
pub async fn overview(asking: Asking, last: Data<LastOverview>, request: HttpRequest) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let body = asking
        .read(move |around, conn| {
            settled(&KINDS, around.lens.shelf, conn, |position, conn| {
                // Everybody gets what everybody may see.
                let lens = Lens { sight: &Sight::Public, position: Some(position), ..around.lens };
                let overview = make(around.register, &last, &lens, position, conn)?;
                Ok(Bytes::from(plain(&overview)?.to_string()))
            })
        })
        .await?;
    Ok(computed(body, &request))
}

/// What was made of indicators, targets and observations, until one of them changes.
#[derive(Default)]
pub struct LastOverview(Mutex<Option<(Mark, Arc<Figures>)>>);

/// Reported figures by the kind of record that they are shown beside, and the targets by year.
pub struct Figures {
    reported: BTreeMap<String, Vec<Reported>>,
    targets: Vec<TargetYear>,
}

impl LastOverview {
    fn figures(&self, lens: &Lens, position: i64, conn: &mut Connection) -> Outcome<Arc<Figures>> {
        let pages = &lens.shelf.pages;
        let mark = Mark { position, database: pages.database() };
        // Held while they are made: who asks meanwhile waits for them instead of making them too.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, figures)) = &*last
            && KINDS.iter().all(|kind| pages.stands(kind, *of))
        {
            return Ok(figures.clone());
        }
        let figures = Arc::new(Figures { reported: reported(lens, conn)?, targets: targets(lens, conn)? });
        *last = Some((mark, figures.clone()));
        Ok(figures)
    }
}

fn make(
    register: &'static Register,
    last: &LastOverview,
    lens: &Lens,
    position: i64,
    conn: &mut Connection,
) -> Outcome<Overview> {
    let figures = last.figures(lens, position, conn)?;
    let mut headlines = Vec::with_capacity(COUNTED.len());
    for name in COUNTED {
        let Some(kind) = register.kind(name) else { continue };
        let counted = Statistics::read(kind, &Query::parse("state=active")?)?;
        let counted = counted.run(lens.sight, lens.shelf, conn)?;
        headlines.push(Headline {
            kind: kind.kind.name,
            label: HeadlineLabel { zh: kind.label.zh, en: kind.label.en },
            as_of_seq: counted.as_of_seq,
            count: counted.all.count,
            href: format!("/api/v1/{name}?state=active"),
            reported: figures.reported.get(name).cloned().unwrap_or_default(),
        });
    }
    Ok(Overview { as_of_seq: position, headlines, targets: figures.targets.clone() })
}

/// Official figures by the kind of record that they are shown beside: preferred ones first, those of both provinces before others, the
/// latest before older ones.
fn reported(lens: &Lens, conn: &mut Connection) -> Outcome<BTreeMap<String, Vec<Reported>>> {
    let mut all = BTreeMap::new();
    for kind in COUNTED {
        let mut sql: Sql<(Uid, Uid)> = Sql::new("SELECT k.record_id, k.indicator_id FROM classifications c");
        sql.push_join().push("records i ON i.id = c.record_id");
        sql.push_join().push("observations k ON k.indicator_id = c.record_id");
        sql.push_join().push("records r ON r.id = k.record_id WHERE c.scheme = 'counterpart_kind' AND c.code = ");
        sql.bind(Cell::text(kind)).push(" AND i.state = ").bind(Cell::text(state::ACTIVE));
        sql.push(" AND k.lifecycle = 'recorded' AND k.rank <> 'deprecated' AND r.state = ");
        sql.bind(Cell::text(state::ACTIVE)).push(" ORDER BY CASE k.rank WHEN 'preferred' THEN 0 ELSE 1 END, ");
        sql.push("CASE WHEN r.joint THEN 0 ELSE 1 END, ");
        sql.push_by_engine(
            "COALESCE(CAST(substr(k.as_of_on, 1, 4) AS integer), k.year)",
            "COALESCE(CAST(EXTRACT(YEAR FROM k.as_of_on) AS bigint), k.year)",
        );
        sql.push(" DESC, COALESCE(k.as_of_on, ").push_by_engine("'9999-12-31'", "DATE '9999-12-31'");
        sql.push(format!(") DESC, k.record_id LIMIT {MOST_REPORTED}"));
        let rows: Vec<(Id, Id)> = sql.load(conn)?;
        let found = records(rows.iter().flat_map(|(id, indicator)| [*id, *indicator]).collect(), lens, conn)?;
        let shown = rows.iter().filter_map(|(id, indicator)| Some((found.get(id)?, found.get(indicator)?)));
        let shown = shown.map(|(record, indicator)| {
            Ok(Reported { indicator: of_record(indicator, lens)?, observation: of_record(record, lens)? })
        });
        all.insert(kind.to_owned(), shown.collect::<Outcome<_>>()?);
    }
    Ok(all)
}

fn targets(lens: &Lens, conn: &mut Connection) -> Outcome<Vec<TargetYear>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT k.record_id FROM targets k");
    sql.push_join().push("records r ON r.id = k.record_id WHERE k.lifecycle = 'set' AND r.state = ");
    sql.bind(Cell::text(state::ACTIVE));
    let mut years: BTreeMap<i32, TargetYear> = BTreeMap::new();
    for some in sql.load::<Id>(conn)?.chunks(TARGETS_AT_ONCE) {
        let found = records(some.iter().copied().collect(), lens, conn)?;
        let found: Vec<Arc<Kept>> = found.into_values().collect();
        of_targets(&found, lens, conn)?.iter().for_each(|one| count(one, &mut years));
    }
    Ok(years.into_values().collect())
}

fn count(progress: &Progress, years: &mut BTreeMap<i32, TargetYear>) {
    let year = progress.year;
    let href = format!("/api/v1/statistics/progress?target_year={year}");
    let all = years.entry(year).or_insert(TargetYear {
        year,
        count: 0,
        met: 0,
        not_met: 0,
        undecidable: 0,
        no_verdict: 0,
        href,
    });
    all.count += 1;
    match progress.verdict {
        Some(Verdict::Met) => all.met += 1,
        Some(Verdict::NotMet) => all.not_met += 1,
        Some(Verdict::Undecidable) => all.undecidable += 1,
        None => all.no_verdict += 1,
    }
}
