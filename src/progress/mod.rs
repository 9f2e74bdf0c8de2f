//! How far targets are reached (`docs/indicators.md`): computed from records as they are, never stored and never typed in.
//!
//! - `judge`: what an observed interval says of a wanted one;
//! - `observed`: which observations a target is compared with;
//! - `answer`: the published form;
//! - `calendar`: who owes which observation when;
//! - `overview`: the headline figures, and how many targets are met;
//! - `routes`: of one indicator, and of the targets that a list selects.

pub mod answer;
pub mod calendar;
pub mod judge;
mod observed;
pub mod overview;
pub mod routes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use serde::de::DeserializeOwned;

use crate::db::schema::identifiers;
use crate::db::{Connection, Id};
use crate::kinds::shared::figures::Scope;
use crate::problem::{Outcome, Problem};
use crate::progress::answer::{NoAnswer, Progress, ProgressIndicator, ProgressPath, ProgressTarget};
use crate::progress::judge::{Goal, Months, expected, ratio, reaches, sharpened, way};
use crate::progress::observed::{AllObserved, Choice, Ends, Sought};
use crate::reading::cache::Kept;
use crate::reading::expand::Lens;
use crate::records::merges::merges_of;
use crate::records::rows::state;
use crate::reference::Day;
use crate::reference::values::quantity::Bounds;

/// The kinds that progress is computed from.
pub const KINDS: [&str; 3] = ["indicators", "targets", "observations"];

/// What is asked: how far these places are with an indicator, measured by the target of a year.
pub struct Case {
    /// None where it was withdrawn.
    pub indicator: Option<ProgressIndicator>,
    pub scope: Scope,
    pub year: i32,
    pub target: Option<ProgressTarget>,
}

impl Case {
    /// What an observation must be to be compared with.
    fn sought(&self, indicator: &ProgressIndicator) -> Sought {
        let sums_up = indicator.aggregation.is("sum");
        let target = self.target.as_ref();
        let since = match indicator.value_type.as_str() {
            // A rate of growth is an average since the base.
            "growth" => target.and_then(|target| target.baseline.as_ref()).map(|base| base.year + 1),
            _ => target.and_then(|target| target.period_from).filter(|_| sums_up),
        };
        Sought { year: self.year, sums_up, since }
    }

    fn choose(&self, observed: &AllObserved) -> Choice {
        let Some(indicator) = &self.indicator else { return Choice::None(NoAnswer::NoIndicator, Vec::new()) };
        let sought = self.sought(indicator);
        let choice = observed.choose(indicator.id, &self.scope, &sought);
        let is_growth = indicator.value_type.is("growth") && sought.since.is_some();
        let any = || observed.choose(indicator.id, &self.scope, &Sought { since: None, ..sought });
        match choice {
            // There are rates, but of single years.
            Choice::None(NoAnswer::NoObservation, _) if is_growth && !any().ids().is_empty() => {
                Choice::None(NoAnswer::NotAnAverage, Vec::new())
            }
            choice => choice,
        }
    }
}

/// The progress in each case, at the position that the lens has. Only outside a transaction.
pub fn progress(cases: Vec<Case>, lens: &Lens, conn: &mut Connection) -> Outcome<Vec<Progress>> {
    let indicators: BTreeSet<Id> = cases.iter().filter_map(|case| Some(case.indicator.as_ref()?.id)).collect();
    let observed = AllObserved::of(&indicators, conn)?;
    let choices: Vec<Choice> = cases.iter().map(|case| case.choose(&observed)).collect();
    let ids: BTreeSet<Id> = choices.iter().flat_map(|choice| choice.ids().iter().copied()).collect();
    let records = records(ids, lens, conn)?;
    let position = lens.position.unwrap_or_default();
    cases.into_iter().zip(choices).map(|(case, choice)| one(case, choice, position, (&records, lens))).collect()
}

fn one(
    case: Case,
    choice: Choice,
    position: i64,
    (records, lens): (&BTreeMap<Id, Arc<Kept>>, &Lens),
) -> Outcome<Progress> {
    let Case { indicator, scope, year, target } = case;
    let mut progress = Progress::of(position, indicator, scope, year);
    progress.target = target;
    let mut ends = None;
    let found = match choice {
        Choice::None(reason, missing) => {
            progress.missing = missing;
            Err(reason)
        }
        Choice::Found(period, ids) => {
            ends = Ends::of(&period);
            let found = ids.iter().filter_map(|id| records.get(id));
            progress.observations = found.map(|record| of_record(record, lens)).collect::<Outcome<_>>()?;
            Ok(())
        }
    };
    let observed = found.and_then(|()| sum(&progress));
    progress.observed = observed.ok().filter(|observed| *observed != Bounds::default());
    progress.observed_to = ends.and_then(|ends| Day::new(ends.last));
    progress.is_due = ends.is_some_and(|ends| ends.last.year() == year && ends.first == end_of(year));
    judged(&mut progress, observed, ends);
    Ok(progress)
}

/// Fills in what follows from the target and the observed interval.
fn judged(progress: &mut Progress, observed: Result<Bounds, NoAnswer>, ends: Option<Ends>) {
    let Some(target) = &progress.target else {
        return progress.no_verdict = Some(NoAnswer::NoTarget);
    };
    let Some(indicator) = &progress.indicator else {
        return progress.no_verdict = Some(NoAnswer::NoIndicator);
    };
    let whole = target.quantity.is_counted();
    let base = target.baseline.as_ref().map(|base| sharpened(Bounds::of(&base.quantity).unwrap_or_default(), whole));
    let comparable = match target.ambiguity {
        Some(_) => Err(NoAnswer::AmbiguousTarget),
        None => is_measured_alike(indicator, target).and(observed),
    };
    let observed = match comparable {
        Err(reason) => return progress.no_verdict = Some(reason),
        Ok(observed) => sharpened(observed, whole),
    };
    let goal = Goal::of(&target.quantity, indicator.direction.is("higher"));
    // Some quarters of a year say nothing of how far the year is on its way.
    let is_whole = !indicator.aggregation.is("sum")
        || !progress.observations.iter().any(|one| one.period.as_ref().is_some_and(|period| period.quarter.is_some()))
        || ends.is_some_and(|ends| ends.last.month() == 12);
    let whole_year = if is_whole { Ok(()) } else { Err(NoAnswer::PartOfYear) };
    let path = target.path.as_ref().ok_or(NoAnswer::NoPath).and_then(|rule| {
        whole_year?;
        let (base, year) = base.zip(target.baseline.as_ref().map(|base| base.year)).ok_or(NoAnswer::NoBaseline)?;
        let months = months(year, ends.ok_or(NoAnswer::NoObservation)?, target.target_year)?;
        let expected = expected(rule.as_str(), base, goal.threshold, months)?;
        let verdict =
            if goal.upwards { reaches(observed, expected, false) } else { reaches(expected, observed, false) };
        let Months { from: months_from, to: months_to, of: months } = months;
        Ok(ProgressPath { rule: rule.clone(), months_from, months_to, months, expected, verdict: verdict.into() })
    });
    progress.verdict = Some(goal.verdict(observed));
    (progress.ratio, progress.no_ratio) = either(ratio(observed, goal.threshold));
    let way = base.ok_or(NoAnswer::NoBaseline).and_then(|base| {
        whole_year?;
        way(observed, base, goal.threshold)
    });
    (progress.way, progress.no_way) = either(way);
    (progress.path, progress.no_path) = either(path);
}

/// Whether the target can be compared with what was observed: in the unit of the indicator, and a rate of growth with a base.
fn is_measured_alike(indicator: &ProgressIndicator, target: &ProgressTarget) -> Result<(), NoAnswer> {
    let base = target.baseline.as_ref();
    if target.quantity.unit != indicator.unit || base.is_some_and(|base| base.quantity.unit != indicator.unit) {
        return Err(NoAnswer::IncomparableUnit);
    }
    if indicator.value_type.is("growth") && base.is_none() { Err(NoAnswer::NoBaseline) } else { Ok(()) }
}

fn either<T>(answer: Result<T, NoAnswer>) -> (Option<T>, Option<NoAnswer>) {
    match answer {
        Ok(answer) => (Some(answer), None),
        Err(reason) => (None, Some(reason)),
    }
}

/// What the observations add up to.
fn sum(progress: &Progress) -> Result<Bounds, NoAnswer> {
    let unit = progress.indicator.as_ref().map(|indicator| &indicator.unit);
    let mut sum: Option<Bounds> = None;
    for one in &progress.observations {
        if Some(&one.quantity.unit) != unit {
            return Err(NoAnswer::IncomparableUnit);
        }
        // Whole numbers are told apart before they are added: three times more than 40 is at least 123.
        let bounds = sharpened(Bounds::of(&one.quantity).unwrap_or_default(), one.quantity.is_counted());
        sum = Some(sum.map_or(bounds, |sum| sum + bounds));
    }
    sum.ok_or(NoAnswer::NoObservation)
}

fn end_of(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default()
}

/// Months from the end of the base year to the end of what was observed: whole ones where it ends with a month.
fn months(base: i32, ends: Ends, target: i32) -> Result<Months, NoAnswer> {
    let of_day = |day: NaiveDate| (day.year() - base - 1) * 12 + day.month() as i32;
    let is_last = |day: NaiveDate| day.succ_opt().is_some_and(|next| next.month() != day.month());
    let (from, to) = (of_day(ends.first) - i32::from(!is_last(ends.first)), of_day(ends.last));
    let of = u32::try_from((target - base) * 12).ok().filter(|months| *months > 0).ok_or(NoAnswer::NoBaseline)?;
    let months = |months: i32| u32::try_from(months).map_err(|_| NoAnswer::ObservationBeforeBaseline);
    Ok(Months { from: months(from)?.min(of), to: months(to)?.min(of), of })
}

/// The progress of these targets, in their order.
pub fn of_targets(targets: &[Arc<Kept>], lens: &Lens, conn: &mut Connection) -> Outcome<Vec<Progress>> {
    let targets: Vec<ProgressTarget> = targets.iter().map(|record| of_record(record, lens)).collect::<Outcome<_>>()?;
    let named: Vec<Id> = targets.iter().filter_map(|target| target.indicator.id).collect();
    // Contents keep the indicator that they were signed with; it may have been merged into another one.
    let merges = merges_of(&named, conn)?;
    let stands_for = |id: Id| merges.get(&id).copied().unwrap_or(id);
    let indicators = records(named.into_iter().map(stands_for).collect(), lens, conn)?;
    let indicators: BTreeMap<Id, ProgressIndicator> =
        indicators.into_iter().map(|(id, record)| Ok((id, of_record(&record, lens)?))).collect::<Outcome<_>>()?;
    let cases = targets.into_iter().map(|target| {
        let indicator = target.indicator.id.and_then(|id| indicators.get(&stands_for(id))).cloned();
        Case { indicator, scope: target.scope.clone(), year: target.target_year, target: Some(target) }
    });
    progress(cases.collect(), lens, conn)
}

/// The official target of an indicator for these places and year.
pub fn target_of(
    indicator: Id,
    scope: &Scope,
    year: i32,
    lens: &Lens,
    conn: &mut Connection,
) -> Outcome<Option<ProgressTarget>> {
    let slot = format!("{}@{year}/{indicator}", scope.key());
    let id: Option<Id> =
        identifiers::table.find(("target", slot)).select(identifiers::record_id).first(conn).optional()?;
    let found = records(id.into_iter().collect(), lens, conn)?.into_values().next();
    let official = found.filter(|record| record.standing.state == state::ACTIVE);
    official.map(|record| of_record(&record, lens)).transpose()
}

/// These records, those that the caller sees.
pub fn records(ids: BTreeSet<Id>, lens: &Lens, conn: &mut Connection) -> Outcome<BTreeMap<Id, Arc<Kept>>> {
    let wanted: Vec<(Id, Option<i64>)> = ids.into_iter().map(|id| (id, None)).collect();
    let found = lens.shelf.fetch(&wanted, lens.position, conn)?.into_iter().flatten();
    let visible = found.filter(|record| record.is_for(lens.sight));
    Ok(visible.map(|record| (record.standing.id, record)).collect())
}

/// A record's answer as the type that has those of its members that are needed.
pub fn of_record<T: DeserializeOwned>(record: &Arc<Kept>, lens: &Lens) -> Outcome<T> {
    serde_json::from_slice(&record.text(lens.sight)).map_err(Problem::internal)
}
