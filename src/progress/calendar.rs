//! `GET /api/v1/statistics/reporting`: who owes which observation when, and how completely and timely they came (填报日历).
//!
//! An indicator names its duties: for which places, by which agency, how many days after the period. What came is the preferred official
//! observation of these places and this period; when it came is when it became official.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{Query, RecordRef};
use crate::db::{Cell, Connection, Id, Moment, Sql, Uid};
use crate::forms::envelope::Reference;
use crate::kinds::indicators::content::{Frequencies, ReportingDuty};
use crate::kinds::observations::Period;
use crate::kinds::shared::figures::Scope;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::progress::observed::AllObserved;
use crate::progress::routes::plain;
use crate::progress::{KINDS, of_record, records};
use crate::reading::expand::Lens;
use crate::reading::settled::settled;
use crate::records::rows::state;
use crate::records::sight::Sight;
use crate::reference::{Day, LocalizedText, Term};
use crate::service::asking::Asking;
use crate::service::shown::computed;

/// Entries of one answer.
const MOST: usize = 10_000;

/// 填报日历。The reporting calendar.
#[derive(Serialize, ToSchema)]
pub struct ReportingCalendar {
    /// 所依据的变更流位置。The position of the feed that it is of.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    as_of_seq: i64,
    /// 判断是否到期所用的日期（Asia/Shanghai）。The day by which it was judged what is due.
    on: Day,
    /// 各项，先到期者在前。The entries, what is due first before the others.
    #[schema(max_items = 10000)]
    items: Vec<ReportingItem>,
    /// 各责任单位的完整率与及时率。How complete and timely each agency is.
    #[schema(max_items = 1000)]
    agencies: Vec<ReportingRates>,
}

/// 一项填报。What one agency owes of one indicator, for some places and a period.
#[derive(Serialize, ToSchema)]
pub struct ReportingItem {
    indicator: NamedRecord,
    scope: Scope,
    period: Period,
    /// 责任单位。The agency that owes it.
    agency: Reference,
    /// 到期日。Last day on which it is timely.
    due_on: Day,
    /// 状态。How it stands.
    status: ReportingStatus,
    /// 首选数值；未填报的没有。The preferred observation; none where nothing came.
    observation: Option<Reference>,
    /// 数值首次生效的日期（Asia/Shanghai）。Day on which it first became official.
    reported_on: Option<Day>,
}

/// 一条记录的标识、编号与名称。A record by its id, code and name.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NamedRecord {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    code: String,
    /// 名称。Name.
    name: LocalizedText,
}

/// 填报状态：按时、迟报、逾期未报、未到期。Timely, late, overdue, not yet due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportingStatus {
    Timely,
    Late,
    Overdue,
    NotDue,
}

impl ReportingStatus {
    const ALL: [(&'static str, ReportingStatus); 4] = [
        ("timely", ReportingStatus::Timely),
        ("late", ReportingStatus::Late),
        ("overdue", ReportingStatus::Overdue),
        ("not_due", ReportingStatus::NotDue),
    ];

    fn of(due_on: NaiveDate, reported_on: Option<NaiveDate>, today: NaiveDate) -> ReportingStatus {
        match reported_on {
            Some(day) if day <= due_on => ReportingStatus::Timely,
            Some(_) => ReportingStatus::Late,
            None if today > due_on => ReportingStatus::Overdue,
            None => ReportingStatus::NotDue,
        }
    }
}

/// 一个单位的填报情况。How an agency reports.
#[derive(Serialize, ToSchema)]
pub struct ReportingRates {
    /// 责任单位。The agency.
    agency: Reference,
    /// 责任单位的名称。What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    agency_name: Option<LocalizedText>,
    /// 已到期或已填报的项数：两个比率的分母与分子都出自此。Entries that are due or came.
    #[schema(minimum = 0, maximum = 10000)]
    due: i64,
    /// 已填报的项数。Those that came.
    #[schema(minimum = 0, maximum = 10000)]
    reported: i64,
    /// 按时填报的项数。Those that came in time.
    #[schema(minimum = 0, maximum = 10000)]
    timely: i64,
    /// 完整率 = reported ÷ due，四舍五入至四位小数；没有到期项时没有。Completeness, rounded half up to four places; absent where nothing is due.
    #[schema(pattern = r"^(0\.[0-9]{4}|1\.0000)$", max_length = 6, example = "0.7500")]
    completeness: Option<String>,
    /// 及时率 = timely ÷ due。Timeliness, likewise.
    #[schema(pattern = r"^(0\.[0-9]{4}|1\.0000)$", max_length = 6, example = "0.5000")]
    timeliness: Option<String>,
}

/// An indicator with its duties.
#[derive(Deserialize)]
struct Owing {
    #[serde(flatten)]
    indicator: NamedRecord,
    frequency: Term<Frequencies>,
    #[serde(default)]
    reporting: Vec<ReportingDuty>,
}

/// What of the calendar is asked for.
struct Wanted {
    year: i32,
    agency: Option<RecordRef>,
    status: Option<ReportingStatus>,
    today: NaiveDate,
}

impl Wanted {
    fn take(query: &Query) -> Outcome<Wanted> {
        let today = Moment::now().day_in_shanghai();
        if !query.has("year") {
            query.refuse(Fault::parameter("year", "required"));
        }
        let year = query.take_int("year", 1950, 2100).unwrap_or_default() as i32;
        let agency = query
            .take("agency")
            .and_then(|text| RecordRef::check("agency", &text).map_err(|fault| query.refuse(fault)).ok());
        let words = ReportingStatus::ALL.map(|(word, _)| word);
        let word = query.take_word("status", &words);
        let status = ReportingStatus::ALL.into_iter().find(|(known, _)| word.as_deref() == Some(known));
        query.finish(&["year", "agency", "status"])?;
        Ok(Wanted { year, agency, status: status.map(|(_, status)| status), today })
    }

    fn is_about(&self, agency: Option<&Reference>) -> bool {
        match &self.agency {
            None => true,
            Some(RecordRef::Id(id)) => agency.is_some_and(|agency| agency.id == Some(*id)),
            Some(RecordRef::Code(code)) => agency.is_some_and(|agency| agency.code.as_ref() == Some(code)),
        }
    }
}

/// 填报日历 / Show the reporting calendar
///
/// 各指标规定的填报任务：哪个单位应在何日前填报哪些地方哪一期的数值，是否已报、是否按时；以及各单位的完整率与及时率。已报以该范围该期的首选数值生效为准。
///
/// The duties that indicators lay down: which agency owes the observation of which places and period until when, whether it came and in time; and how
/// complete and timely each agency is. What came is the official preferred observation of these places and period.
#[utoipa::path(get, path = "/api/v1/statistics/reporting", tag = "statistics", operation_id = "show_reporting_calendar",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("year" = i32, Query, description = "期间所在年份。Year of the periods.", minimum = 1950, maximum = 2100, example = 2025),
        ("agency" = Option<String>, Query, description = "只看该责任单位（id 或 code）。Only this agency, by id or code.",
            pattern = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$",
            min_length = 17, max_length = 36),
        ("status" = Option<ReportingStatus>, Query, description = "只列此状态者；比率不受影响。Only entries that stand so; rates stay those of all."),
        ("If-None-Match" = Option<String>, Header, description = ""),
    ),
    responses(
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 200, description = "填报日历。The calendar.", body = ReportingCalendar, headers(("ETag" = String))),
        (status = 400), (status = 401), (status = 403), (status = 429), (status = 500), (status = 503),
    ))]
pub async fn calendar(asking: Asking, request: HttpRequest) -> Outcome<HttpResponse> {
    let wanted = Wanted::take(&Query::of(&request)?)?;
    let calendar = asking
        .read(move |around, conn| {
            settled(&KINDS, around.lens.shelf, conn, |position, conn| {
                let lens = Lens { sight: &Sight::Public, position: Some(position), ..around.lens };
                make(&wanted, &lens, position, conn)
            })
        })
        .await?;
    Ok(computed(plain(&calendar)?.to_string().into(), &request))
}

fn make(wanted: &Wanted, lens: &Lens, position: i64, conn: &mut Connection) -> Outcome<ReportingCalendar> {
    let mut sql: Sql<Uid> = Sql::new("SELECT k.record_id FROM indicators k");
    sql.push_join().push("records r ON r.id = k.record_id WHERE k.lifecycle = 'in_use' AND r.state = ");
    sql.bind(Cell::text(state::ACTIVE));
    let ids: Vec<Id> = sql.load(conn)?;
    let found = records(ids.into_iter().collect(), lens, conn)?;
    let mut owing: Vec<Owing> = found.values().map(|record| of_record(record, lens)).collect::<Outcome<_>>()?;
    owing.retain(|one| !one.reporting.is_empty());
    let observed = AllObserved::of(&owing.iter().map(|one| one.indicator.id).collect(), conn)?;
    let mut due: Vec<(ReportingItem, Option<Id>)> = Vec::new();
    for one in &owing {
        for duty in one.reporting.iter().filter(|duty| wanted.is_about(duty.agency.as_ref())) {
            for (period, end) in periods(one.frequency.as_str(), duty, wanted) {
                let came = observed.delivered(one.indicator.id, &duty.scope, end, period.quarter.is_some());
                due.push((item(&one.indicator, duty, period, end)?, came));
            }
        }
        if due.len() > MOST {
            let fault = Fault::parameter("year", "too-many-cells").arg("count", due.len()).arg("limit", MOST);
            return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
        }
    }
    came(&mut due, wanted.today, lens, conn)?;
    let mut items: Vec<ReportingItem> = due.into_iter().map(|(item, _)| item).collect();
    let agencies = named(rates(&items), lens, conn)?;
    items.retain(|item| wanted.status.is_none_or(|status| item.status == status));
    items.sort_by_cached_key(|item| (item.due_on, item.indicator.id, item.scope.key()));
    let on = Day::new(wanted.today).ok_or_else(|| Problem::internal("the clock is off by centuries"))?;
    Ok(ReportingCalendar { as_of_seq: position, on, items, agencies })
}

fn item(indicator: &NamedRecord, duty: &ReportingDuty, period: Period, end: NaiveDate) -> Outcome<ReportingItem> {
    let due_on = end.checked_add_days(Days::new(duty.due_days.unsigned_abs().into())).and_then(Day::new);
    Ok(ReportingItem {
        indicator: indicator.clone(),
        scope: duty.scope.clone(),
        period,
        agency: duty.agency.clone().unwrap_or_default(),
        due_on: due_on.ok_or_else(|| Problem::internal("a duty beyond the calendar"))?,
        status: ReportingStatus::NotDue,
        observation: None,
        reported_on: None,
    })
}

/// The periods of a duty that ended, each with its last day.
fn periods(frequency: &str, duty: &ReportingDuty, wanted: &Wanted) -> Vec<(Period, NaiveDate)> {
    let quarters: &[Option<i32>] = match frequency {
        "year" => &[None],
        "quarter" => &[Some(1), Some(2), Some(3), Some(4)],
        // What is measured once is owed at no time of its own.
        _ => &[],
    };
    let owed = quarters.iter().filter(|_| wanted.year >= duty.since);
    let all = owed.map(|quarter| Period { year: wanted.year, quarter: *quarter });
    let ended = all.filter_map(|period| Some((period.last_day()?, period)));
    ended.filter(|(end, _)| *end < wanted.today).map(|(end, period)| (period, end)).collect()
}

/// Enters what came, and how each entry stands.
fn came(due: &mut [(ReportingItem, Option<Id>)], today: NaiveDate, lens: &Lens, conn: &mut Connection) -> Outcome<()> {
    let found = records(due.iter().filter_map(|(_, id)| *id).collect(), lens, conn)?;
    let mut days: BTreeMap<Id, (Reference, NaiveDate)> = BTreeMap::new();
    for record in found.into_values() {
        if let Some(at) = record.standing.published_at {
            let NamedRecord { id, code, .. } = of_record(&record, lens)?;
            days.insert(id, (Reference { id: Some(id), code: Some(code) }, at.day_in_shanghai()));
        }
    }
    for (item, id) in due {
        let came = id.and_then(|id| days.get(&id));
        item.observation = came.map(|(reference, _)| reference.clone());
        item.reported_on = came.and_then(|(_, day)| Day::new(*day));
        item.status = ReportingStatus::of(item.due_on.date(), came.map(|(_, day)| *day), today);
    }
    Ok(())
}

/// How complete and timely each agency is, of what is due or came.
fn rates(items: &[ReportingItem]) -> Vec<ReportingRates> {
    let mut all: BTreeMap<Option<Id>, ReportingRates> = BTreeMap::new();
    for item in items {
        let rates = all.entry(item.agency.id).or_insert_with(|| ReportingRates {
            agency: item.agency.clone(),
            agency_name: None,
            due: 0,
            reported: 0,
            timely: 0,
            completeness: None,
            timeliness: None,
        });
        rates.due += i64::from(item.status != ReportingStatus::NotDue);
        rates.reported += i64::from(item.reported_on.is_some());
        rates.timely += i64::from(item.status == ReportingStatus::Timely);
    }
    all.into_values()
        .map(|rates| ReportingRates {
            completeness: share(rates.reported, rates.due),
            timeliness: share(rates.timely, rates.due),
            ..rates
        })
        .collect()
}

/// The same with the names of the agencies.
fn named(mut all: Vec<ReportingRates>, lens: &Lens, conn: &mut Connection) -> Outcome<Vec<ReportingRates>> {
    let agencies = records(all.iter().filter_map(|rates| rates.agency.id).collect(), lens, conn)?;
    for rates in &mut all {
        let Some(record) = rates.agency.id.and_then(|id| agencies.get(&id)) else { continue };
        rates.agency_name = Some(of_record::<NamedRecord>(record, lens)?.name);
    }
    Ok(all)
}

/// A share to four places, half up; none of nothing.
fn share(part: i64, whole: i64) -> Option<String> {
    let share = (2 * 10_000 * part + whole).checked_div(2 * whole)?;
    Some(format!("{}.{:04}", share / 10_000, share % 10_000))
}

#[cfg(test)]
mod tests;
