//! Figures to which records are added and from which they are taken: the rules of the [statement](super::statement) that counts, of
//! one record at a time.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use crate::db::{Cell as Value, Moment};
use crate::kind::condition::is_link_from;
use crate::kind::dimension::{Dimension, Source, Values};
use crate::problem::Outcome;
use crate::reading::figures::{Cell, Counted, Figures, Measured};
use crate::reading::statistics::statement::{key, too_many};
use crate::reading::statistics::then::Then;
use crate::reading::statistics::{MOST_CELLS, Statistics};

/// Whether a record is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

/// Figures that are being changed.
pub struct Tally<'a> {
    asked: &'a Statistics,
    all: Figures,
    cells: HashMap<Vec<Option<String>>, Figures>,
}

impl<'a> Tally<'a> {
    /// Of nothing.
    pub fn empty(asked: &'a Statistics) -> Tally<'a> {
        Tally { asked, all: nothing(asked), cells: HashMap::new() }
    }

    /// Of what was counted.
    pub fn of(asked: &'a Statistics, counted: &Counted) -> Tally<'a> {
        let cells = counted.cells.iter().map(|cell| (cell.values.clone(), cell.figures.clone()));
        Tally { asked, all: counted.all.clone(), cells: cells.collect() }
    }

    /// Adds a record that is selected, or takes it away.
    pub fn count(&mut self, record: &Then, sign: Sign) {
        let asked = self.asked;
        let measured = asked.measured.iter().map(|member| match record.own(&member.column().unwrap_or_default()) {
            Some(Value::Integer(number)) => *number,
            _ => None,
        });
        let measured: Vec<Option<i64>> = measured.collect();
        shift(&mut self.all, sign, &measured);
        let mut cells: Vec<Vec<Option<String>>> = vec![Vec::new()];
        for dimension in &asked.dimensions {
            let values = values(dimension, record);
            let longer = |begun: &Vec<Option<String>>| -> Vec<Vec<Option<String>>> {
                values.iter().map(|value| [begun.as_slice(), std::slice::from_ref(value)].concat()).collect()
            };
            cells = cells.iter().flat_map(longer).collect();
        }
        for cell in cells.into_iter().filter(|cell| !cell.is_empty()) {
            shift(self.cells.entry(cell).or_insert_with(|| nothing(asked)), sign, &measured);
        }
    }

    /// The figures, of this position, unless there are too many cells.
    pub fn counted(self, as_of_seq: i64) -> Outcome<Counted> {
        let cells = self.cells.into_iter().filter(|(_, figures)| figures.count != 0);
        let mut cells: Vec<Cell> = cells.map(|(values, figures)| Cell { values, figures }).collect();
        if cells.len() > MOST_CELLS {
            return Err(too_many(cells.len() as i64, MOST_CELLS));
        }
        cells.sort_by_cached_key(|cell| key(self.asked, cell));
        Ok(Counted { as_of_seq, all: self.all, cells })
    }
}

fn nothing(asked: &Statistics) -> Figures {
    Figures { count: 0, measured: vec![Measured::default(); asked.measured.len()] }
}

fn shift(figures: &mut Figures, sign: Sign, measured: &[Option<i64>]) {
    let one = if sign == Sign::Plus { 1 } else { -1 };
    figures.count += one;
    for (figure, value) in figures.measured.iter_mut().zip(measured) {
        let Some(value) = value else { continue };
        figure.given += one;
        figure.sum += i128::from(one) * i128::from(*value);
        // The least and the most are of use where nothing is taken away.
        let is_first = figure.given == 1;
        figure.least = if is_first { *value } else { figure.least.min(*value) };
        figure.most = if is_first { *value } else { figure.most.max(*value) };
    }
}

/// The values of a dimension that a record has, each once; none where it is not given.
fn values(dimension: &Dimension, record: &Then) -> Vec<Option<String>> {
    let projection = &record.projection;
    let mut found: Vec<Option<String>> = match &dimension.source {
        Source::Own(column) => vec![record.own(column).and_then(|cell| written(dimension.values, cell))],
        Source::Record(column) | Source::Instant(column) => {
            vec![record.of_record(column).and_then(|cell| written(dimension.values, &cell))]
        }
        Source::Classified(scheme, level) => {
            let codes = projection.classifications.iter().filter(|(one, code)| one == scheme && level.has(code));
            codes.map(|(_, code)| Some(code.clone())).collect()
        }
        Source::Party("province") => projection.parties.iter().map(|party| Some(party.province.clone())).collect(),
        Source::Party(_) => projection.parties.iter().map(|party| Some(party.org_id.to_string())).collect(),
        Source::Linked(patterns) => {
            let from = projection.links.iter().filter(|(pointer, _)| is_link_from(pointer, patterns));
            from.map(|(_, target)| Some(target.to_string())).collect()
        }
    };
    found.sort();
    found.dedup();
    if found.is_empty() { vec![None] } else { found }
}

/// What stands in a column, as statistics write it.
fn written(values: Values, cell: &Value) -> Option<String> {
    match cell {
        Value::Text(text) if values == Values::YearsOfMonths => {
            text.as_ref().map(|text| text.chars().take(4).collect())
        }
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.map(|number| number.to_string()),
        Value::Flag(flag) => flag.map(|flag| flag.to_string()),
        Value::Id(id) => id.map(|id| id.to_string()),
        Value::Day(day) => day.map(|day| part(values, day)),
        Value::Moment(moment) => moment.map(|moment: Moment| part(values, moment.day_in_shanghai())),
    }
}

/// The year, quarter or month of a day.
fn part(values: Values, day: NaiveDate) -> String {
    match values {
        Values::Years => format!("{:04}", day.year()),
        Values::Quarters => format!("{:04}-Q{}", day.year(), day.month().div_ceil(3)),
        _ => format!("{:04}-{:02}", day.year(), day.month()),
    }
}
