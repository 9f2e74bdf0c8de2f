//! Which observations a target is compared with: one of the same places, or those of its parts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::kinds::shared::figures::{Scope, Slot, may_overlap};
use crate::problem::Outcome;
use crate::progress::answer::{MissingPlace, NoAnswer};
use crate::records::rows::state;
use crate::reference::{Entry, vocabulary};

/// An official observation that is preferred, by where it stands.
#[derive(Debug, Clone)]
struct Observed {
    id: Id,
    slot: Slot,
    is_ambiguous: bool,
}

/// The preferred observations of some indicators.
pub struct AllObserved(BTreeMap<Id, Vec<Observed>>);

type Row = (Id, Id, String, String);
type RowTypes = (Uid, Uid, Text, Text);

impl AllObserved {
    pub fn of(indicators: &BTreeSet<Id>, conn: &mut Connection) -> Outcome<AllObserved> {
        let ids: Vec<Id> = indicators.iter().copied().collect();
        let mut all: BTreeMap<Id, Vec<Observed>> = BTreeMap::new();
        if ids.is_empty() {
            return Ok(AllObserved(all));
        }
        let mut sql: Sql<RowTypes> =
            Sql::new("SELECT k.indicator_id, k.record_id, k.quality, i.value FROM observations k");
        sql.push_join().push("records r ON r.id = k.record_id");
        sql.push_join().push("identifiers i ON i.record_id = k.record_id AND i.scheme = 'observation'");
        sql.push(" WHERE r.state = ").bind(Cell::text(state::ACTIVE)).push(" AND k.indicator_id IN (");
        sql.bind_ids(&ids).push(") ORDER BY k.record_id");
        for (indicator, id, quality, value) in sql.load::<Row>(conn)? {
            let Some(slot) = Slot::parse(&value) else { continue };
            all.entry(indicator).or_default().push(Observed { id, slot, is_ambiguous: quality == "ambiguous" });
        }
        Ok(AllObserved(all))
    }

    /// The observation of these places and the period that ends on this day, be it of the whole period or of its last day.
    pub fn delivered(&self, indicator: Id, scope: &Scope, end: NaiveDate, is_quarter: bool) -> Option<Id> {
        let key = scope.key();
        let all = self.0.get(&indicator)?.iter().filter(|one| one.slot.scope == key);
        let ended = all.filter_map(|one| Some((Ends::of(&one.slot.period)?, one)));
        let fits = |(ends, _): &(Ends, &Observed)| {
            let is_of_day = !ends.is_year && !ends.is_quarter;
            ends.first == end && ends.last == end && (is_of_day || ends.is_quarter == is_quarter)
        };
        ended.filter(fits).max_by_key(|(ends, one)| (!(ends.is_year || ends.is_quarter), one.id)).map(|(_, one)| one.id)
    }

    /// What a target of this year is compared with.
    pub fn choose(&self, indicator: Id, scope: &Scope, sought: &Sought) -> Choice {
        let all = self.0.get(&indicator).map_or(&[][..], Vec::as_slice);
        let of_place = |key: &str| all.iter().filter(|one| one.slot.scope == key).collect::<Vec<_>>();
        let own = of_place(&scope.key());
        let clear = |all: &[&Observed]| {
            series(&all.iter().copied().filter(|one| !one.is_ambiguous).collect::<Vec<_>>(), sought)
        };
        if let Some(found) = best(clear(&own)) {
            return Choice::Found(found.period, found.ids);
        }
        let reason = match best(series(&own, sought)) {
            None => NoAnswer::NoObservation,
            Some(_) => NoAnswer::AmbiguousObservation,
        };
        let (parts, are_of_one) = parts(scope, sought.year);
        if !sought.sums_up || scope.open_ended == Some(true) || parts.len() < 2 {
            return Choice::None(reason, Vec::new());
        }
        let overlaps = || (1..parts.len()).any(|at| parts[..at].iter().any(|one| may_overlap(one, &parts[at])));
        if !are_of_one && overlaps() {
            return Choice::None(NoAnswer::OverlappingScopes, Vec::new());
        }
        let of_parts: Vec<Vec<Found>> = parts.iter().map(|part| clear(&of_place(part))).collect();
        let missing = parts.iter().zip(&of_parts).filter(|(_, all)| all.is_empty());
        let missing: Vec<MissingPlace> = missing.map(|(part, _)| MissingPlace(part.clone())).collect();
        // Where no part was observed it is not for want of some of them.
        if missing.len() == parts.len() {
            return Choice::None(reason, Vec::new());
        }
        if !missing.is_empty() {
            return Choice::None(reason, missing);
        }
        // Only what was found for the same period adds up.
        let is_shared = |one: &Found| of_parts.iter().all(|all| all.iter().any(|other| other.period == one.period));
        let shared = of_parts[0].iter().filter(|one| is_shared(one)).cloned().collect();
        let Some(found) = best(shared) else { return Choice::None(NoAnswer::NoCommonPeriod, Vec::new()) };
        let same = of_parts.iter().filter_map(|all| all.iter().find(|other| other.period == found.period));
        Choice::Found(found.period.clone(), same.flat_map(|one| one.ids.iter().copied()).collect())
    }
}

/// What a target is compared with: observations of one period, or why there are none and the places for want of which.
pub enum Choice {
    Found(String, Vec<Id>),
    None(NoAnswer, Vec<MissingPlace>),
}

impl Choice {
    pub fn ids(&self) -> &[Id] {
        match self {
            Choice::Found(_, ids) => ids,
            Choice::None(..) => &[],
        }
    }
}

/// What an observation must be to be compared with a target.
pub struct Sought {
    pub year: i32,
    /// Whether amounts of several places and quarters add up.
    pub sums_up: bool,
    /// First year of what the target counts in all, or of the average that it asks for, where it does.
    pub since: Option<i32>,
}

/// Observations of one place that are compared together: one, or the quarters of a year up to some.
#[derive(Debug, Clone)]
struct Found {
    period: String,
    ids: Vec<Id>,
    rank: (NaiveDate, u8, bool, NaiveDate),
}

/// What the observations of one place give, for each period one.
fn series(all: &[&Observed], sought: &Sought) -> Vec<Found> {
    let found = all.iter().filter_map(|one| {
        let ends = Ends::of(&one.slot.period)?;
        let since = one.slot.period.split_once('/').map(|(since, _)| since);
        let counts_since = |year: i32| since.is_some_and(|since| since.starts_with(&format!("{year:04}-")));
        let fits = match sought.since {
            Some(year) => counts_since(year),
            // What adds up over years is compared with no single year.
            None => !sought.sums_up || since.is_none() || counts_since(ends.last.year()),
        };
        if ends.last.year() > sought.year || !fits {
            return None;
        }
        let ids = match one.slot.period.split_once('Q') {
            // Quarters of what adds up are compared with all before them in the year.
            Some((year, quarter)) if sought.sums_up && since.is_none() => {
                let quarter: u32 = quarter.parse().ok()?;
                let of_quarter = |quarter: u32| {
                    all.iter().find(|other| other.slot.period == format!("{year}Q{quarter}")).map(|other| other.id)
                };
                let later = (quarter + 1..=4).any(|quarter| of_quarter(quarter).is_some());
                // Between two that are there none may be missing; the last one has them all.
                if later { None } else { (1..=quarter).map(of_quarter).collect::<Option<Vec<Id>>>() }?
            }
            _ => vec![one.id],
        };
        let kind = if ends.is_year { 2 } else { u8::from(!ends.is_quarter) };
        let rank = (ends.last, kind, since.is_none(), ends.first);
        Some(Found { period: one.slot.period.clone(), ids, rank })
    });
    found.collect()
}

/// What ends last: of what ends on one day a whole year before a day and a quarter, what is not cumulated before what is, what is known
/// more exactly, and at last what comes first by its words.
fn best(all: Vec<Found>) -> Option<Found> {
    all.into_iter().max_by(|one, other| one.rank.cmp(&other.rank).then_with(|| other.period.cmp(&one.period)))
}

/// The parts that an amount of these places is summed from: each of several, or the divisions of one that has any (then `true`).
fn parts(scope: &Scope, year: i32) -> (Vec<String>, bool) {
    let zones = scope.zones.iter().map(|zone| zone.as_str().to_owned());
    let places: Vec<String> = scope.divisions.iter().map(|division| division.0.clone()).chain(zones).collect();
    let [only] = &places[..] else { return (places, false) };
    let day = NaiveDate::from_ymd_opt(year, 12, 31);
    let table = vocabulary("divisions").map_or(&[][..], |table| table.entries.as_slice());
    let is_below = |entry: &&Entry| {
        is_part(&entry.code, only)
            && entry.attribute("level") != Some("group")
            && day.is_some_and(|day| entry.valid_on(day))
    };
    let below: Vec<&Entry> = table.iter().filter(is_below).collect();
    // In the year of a change the old and the new code are both good: the old one counts.
    let is_new = |entry: &&&Entry| below.iter().any(|other| other.successor.as_deref() == Some(&entry.code));
    (below.iter().filter(|entry| !is_new(entry)).map(|entry| entry.code.clone()).collect(), true)
}

/// Whether a division is one of the next level below another: of a prefecture its counties, of Sichuan its prefectures, of Chongqing,
/// which has none, its districts and counties.
fn is_part(code: &str, whole: &str) -> bool {
    match whole.strip_suffix("0000") {
        Some("50") => code.starts_with("50") && !code.ends_with("00"),
        Some(province) => code.starts_with(province) && code.ends_with("00") && code != whole,
        None => whole.strip_suffix("00").is_some_and(|prefecture| code.starts_with(prefecture) && code != whole),
    }
}

/// When a period ends: on a day between these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    pub first: NaiveDate,
    pub last: NaiveDate,
    is_year: bool,
    is_quarter: bool,
}

impl Ends {
    /// Reads the period of a [`Slot`]: `2023`, `2023Q1`, `2023-03-30`, `2023-03-XX`, `2023-XX-XX`, each perhaps behind the first day of
    /// what is cumulated: `2021-01-01/2023`.
    pub fn of(period: &str) -> Option<Ends> {
        let period = period.rsplit('/').next()?;
        let year: i32 = period.get(..4)?.parse().ok()?;
        let of =
            |first: NaiveDate, months: u32| Some((first, first.checked_add_months(Months::new(months))?.pred_opt()?));
        let month = |month: u32| NaiveDate::from_ymd_opt(year, month, 1);
        let (is_year, is_quarter) = (period.len() == 4, period.contains('Q'));
        let (first, last) = match &period[4..] {
            "" => of(month(1)?, 12).map(|(_, last)| (last, last))?,
            "-XX-XX" => of(month(1)?, 12)?,
            rest => match (rest.strip_prefix('Q'), rest.strip_suffix("-XX")) {
                (Some(quarter), _) => {
                    of(month(quarter.parse::<u32>().ok()? * 3 - 2)?, 3).map(|(_, last)| (last, last))?
                }
                (_, Some(of_month)) => of(month(of_month.strip_prefix('-')?.parse().ok()?)?, 1)?,
                _ => {
                    let day = period.parse().ok()?;
                    (day, day)
                }
            },
        };
        Some(Ends { first, last, is_year, is_quarter })
    }
}

#[cfg(test)]
mod tests;
