//! Statistics as they are sent: JSON, or a table for spreadsheets.

use chrono::{Months, NaiveDate};
use serde_json::{Map, Value, json};

use crate::api::query::encoded;
use crate::db::Moment;
use crate::kind::dimension::{Dimension, Source, Values};
use crate::problem::{Outcome, Problem};
use crate::reading::figures::{Cell, Counted, Figures, Label, Measured, Name, Names};
use crate::reading::statistics::{Measure, Statistics};
use crate::reference::values::division;
use crate::reference::vocabulary;

/// Excel takes a text for UTF-8 when it begins with this.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

impl Statistics {
    /// The answer as JSON.
    pub fn json(&self, counted: &Counted, names: &Names) -> String {
        let is_overlapping = self.is_overlapping();
        let mut answer = Map::from_iter([
            ("as_of_seq".to_owned(), json!(counted.as_of_seq)),
            ("group_by".to_owned(), json!(self.dimensions.iter().map(|one| &one.name).collect::<Vec<_>>())),
            ("total".to_owned(), json!(counted.all.count)),
        ]);
        answer.extend(self.figures(&counted.all));
        if is_overlapping {
            answer.insert("overlapping".to_owned(), json!(true));
            answer.insert("distinct_total".to_owned(), json!(counted.all.count));
        }
        if !self.dimensions.is_empty() {
            answer.insert("items".to_owned(), self.cells(counted).iter().map(|cell| self.item(cell, names)).collect());
        }
        Value::Object(answer).to_string()
    }

    /// The answer as CSV (RFC 4180): values and names of the dimensions, number of records, figures, and the address of the list.
    pub fn csv(&self, counted: &Counted, names: &Names) -> Outcome<Vec<u8>> {
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let columns = self.dimensions.iter().flat_map(|one| [one.name.clone(), format!("{}_name", one.name)]);
        let measures = self.measures.iter().map(|(word, _, place)| format!("{word}_{}", self.measured[*place].name));
        let head: Vec<String> =
            columns.chain(["count".to_owned()]).chain(measures).chain(["href".to_owned()]).collect();
        let mut write = |row: &[String]| table.write_record(row).map_err(Problem::internal);
        write(&head)?;
        let all = Cell { values: Vec::new(), figures: counted.all.clone() };
        let cells = if self.dimensions.is_empty() { vec![all] } else { self.cells(counted) };
        for cell in &cells {
            let mut row = Vec::with_capacity(head.len());
            for (dimension, value) in self.dimensions.iter().zip(&cell.values) {
                let label = value.as_ref().and_then(|value| label(dimension, value, names));
                row.push(value.clone().unwrap_or_default());
                row.push(plain(&label.map(|label| label.name.zh).unwrap_or_default()));
            }
            row.push(cell.figures.count.to_string());
            row.extend(
                self.measures
                    .iter()
                    .map(|(_, measure, place)| self.amount(*measure, *place, &cell.figures).unwrap_or_default()),
            );
            row.push(self.href(cell).unwrap_or_default());
            write(&row)?;
        }
        let table = table.into_inner().map_err(Problem::internal)?;
        Ok([BYTE_ORDER_MARK.as_bytes(), &table].concat())
    }

    /// The cells, with one for what is not given even if there is none.
    fn cells(&self, counted: &Counted) -> Vec<Cell> {
        let mut cells = counted.cells.clone();
        let is_told = cells.last().is_some_and(|cell| cell.values.iter().any(Option::is_none));
        if self.dimensions.len() == 1 && !is_told {
            let figures = Figures { count: 0, measured: vec![Measured::default(); self.measured.len()] };
            cells.push(Cell { values: vec![None], figures });
        }
        cells
    }

    fn item(&self, cell: &Cell, names: &Names) -> Value {
        let (mut item, mut labels) = (Map::new(), Map::new());
        for (dimension, value) in self.dimensions.iter().zip(&cell.values) {
            let shown = match (value, dimension.values) {
                (None, _) => Value::Null,
                (Some(value), Values::Flags) => json!(value == "true"),
                (Some(value), Values::Numbers) => value.parse::<i64>().map_or(json!(value), |number| json!(number)),
                (Some(value), _) => json!(value),
            };
            item.insert(dimension.name.clone(), shown);
            if let Some(label) = value.as_ref().and_then(|value| label(dimension, value, names)) {
                labels.insert(dimension.name.clone(), shown_label(label));
            }
        }
        if !labels.is_empty() {
            item.insert("labels".to_owned(), Value::Object(labels));
        }
        if cell.values.iter().any(Option::is_none) {
            item.insert("not_given".to_owned(), json!(true));
        }
        item.insert("count".to_owned(), json!(cell.figures.count));
        item.extend(self.figures(&cell.figures));
        item.extend(self.href(cell).map(|href| ("href".to_owned(), json!(href))));
        Value::Object(item)
    }

    /// `sum`, `avg`, `min` and `max` as they were asked for, each by member, and how many records give each member.
    fn figures(&self, figures: &Figures) -> Map<String, Value> {
        let mut all = Map::new();
        for (word, measure, place) in &self.measures {
            let member = self.measured[*place];
            let amount = self.amount(*measure, *place, figures);
            let figures_of = all.entry(*word).or_insert_with(|| json!({}));
            if let Some(amount) = amount {
                figures_of[member.name] = match member.shape.measure() {
                    Some(2) => json!({"amount": amount, "currency": "CNY"}),
                    _ => json!({"amount": amount}),
                };
            }
            all.entry("given").or_insert_with(|| json!({}))[member.name] = json!(figures.measured[*place].given);
        }
        all
    }

    /// A figure as an exact decimal; none of no records.
    fn amount(&self, measure: Measure, place: usize, figures: &Figures) -> Option<String> {
        let Measured { given, sum, least, most } = *figures.measured.get(place)?;
        let places = self.measured[place].shape.measure()?;
        match measure {
            Measure::Sum => Some(decimal(sum, places)),
            _ if given == 0 => None,
            Measure::Min => Some(decimal(least.into(), places)),
            Measure::Max => Some(decimal(most.into(), places)),
            Measure::Avg => {
                // In hundredths, half up; what is measured is never below zero.
                let hundredths = sum * 10_i128.pow(2 - places.min(2));
                Some(decimal((2 * hundredths + i128::from(given)) / (2 * i128::from(given)), 2))
            }
        }
    }

    /// The list that a cell counts; none where no list can ask for it, as for what is past.
    fn href(&self, cell: &Cell) -> Option<String> {
        if self.as_of.is_some() {
            return None;
        }
        let mut pairs = self.asked.clone();
        for (dimension, value) in self.dimensions.iter().zip(&cell.values) {
            select(dimension, value.as_deref(), self.has_presence(dimension), &mut pairs)?;
        }
        let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        Some(format!("/api/v1/{}{}{query}", self.kind.name, if query.is_empty() { "" } else { "?" }))
    }

    fn has_presence(&self, dimension: &Dimension) -> bool {
        self.kind.members.iter().any(|member| member.name == dimension.filter && member.has_presence())
    }
}

/// Adds to the filters what selects a value; none where they cannot say it.
fn select(
    dimension: &Dimension,
    value: Option<&str>,
    has_presence: bool,
    pairs: &mut Vec<(String, String)>,
) -> Option<()> {
    let name = dimension.filter;
    let Some(value) = value else {
        // A part of a division may be missing of one that is given.
        let is_part = dimension.values == Values::Divisions
            && dimension.name.contains('.')
            && !dimension.name.ends_with("province");
        let asked = pairs.iter().any(|(known, _)| is_of(known, name));
        let has = format!("has_{name}");
        if is_part || asked || !has_presence || pairs.iter().any(|(known, value)| *known == has && value == "true") {
            return None;
        }
        pairs.retain(|(known, _)| *known != has);
        pairs.push((has, "false".to_owned()));
        return Some(());
    };
    if let Some((first, last)) = days(dimension.values, value) {
        match dimension.source {
            Source::Instant(_) => within_instants(pairs, name, first, last)?,
            _ => within(pairs, name, first.to_string(), last.to_string()),
        }
        return Some(());
    }
    match dimension.values {
        Values::YearsOfMonths => within(pairs, name, format!("{value}-01"), format!("{value}-12")),
        _ => {
            let given: Vec<String> =
                pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect();
            let implied = |given: &String| {
                let mut given = given.split(',');
                match dimension.values {
                    Values::Divisions => given.any(|one| division::with_parents(value).iter().any(|code| code == one)),
                    _ => given.any(|one| one == value),
                }
            };
            // A division above one that is selected already says nothing more.
            let is_above = |given: &String| {
                dimension.values == Values::Divisions
                    && given != value
                    && division::with_parents(given).iter().any(|code| code == value)
            };
            if given.iter().any(is_above) {
                return Some(());
            }
            // Of several values of a record the filter may select others than this one.
            if dimension.source.is_many() && !given.is_empty() && !given.iter().any(implied) {
                return None;
            }
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    Some(())
}

/// The first and the last day of a year, quarter or month.
fn days(values: Values, value: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, months) = match values {
        Values::Years => (format!("{value}-01-01").parse().ok()?, 12),
        Values::Months => (format!("{value}-01").parse().ok()?, 1),
        Values::Quarters => {
            let (year, quarter) = value.split_once("-Q")?;
            (NaiveDate::from_ymd_opt(year.parse().ok()?, quarter.parse::<u32>().ok()? * 3 - 2, 1)?, 3)
        }
        _ => return None,
    };
    Some((first, last_day(first, months)?))
}

/// Narrows instants to those of these days in Asia/Shanghai; none where the range that was asked for cannot be read.
fn within_instants(pairs: &mut Vec<(String, String)>, name: &str, first: NaiveDate, last: NaiveDate) -> Option<()> {
    for (suffix, day) in [("_gte", first), ("_lt", last.succ_opt()?)] {
        let parameter = format!("{name}{suffix}");
        let bound = Moment::start_in_shanghai(day);
        let bound = match pairs.iter().position(|(known, _)| *known == parameter).map(|at| pairs.remove(at).1) {
            Some(before) if suffix == "_gte" => before.parse::<Moment>().ok()?.max(bound),
            Some(before) => before.parse::<Moment>().ok()?.min(bound),
            None => bound,
        };
        pairs.push((parameter, bound.to_string()));
    }
    Some(())
}

/// The last day of so many months that begin with this day.
fn last_day(first: NaiveDate, months: u32) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(months))?.pred_opt()
}

/// Whether a parameter asks about this member: itself or a range.
fn is_of(parameter: &str, name: &str) -> bool {
    parameter.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "_gte" | "_gt" | "_lte" | "_lt"))
}

/// Narrows a range of days or months to what lies between these, both included.
fn within(pairs: &mut Vec<(String, String)>, name: &str, first: String, last: String) {
    for (suffix, bound) in [("_gte", first), ("_lte", last)] {
        let parameter = format!("{name}{suffix}");
        let before = pairs.iter().position(|(known, _)| *known == parameter).map(|at| pairs.remove(at).1);
        let bound = match before {
            Some(before) if suffix == "_gte" => before.max(bound),
            Some(before) => before.min(bound),
            None => bound,
        };
        pairs.push((parameter, bound));
    }
}

fn label(dimension: &Dimension, value: &str, names: &Names) -> Option<Label> {
    let list = match dimension.values {
        Values::Records => return names.get(&value.parse().ok()?).cloned(),
        Values::Codes(list) => list,
        Values::Divisions => "divisions",
        _ => return None,
    };
    let entry = vocabulary(list)?.get(value)?;
    Some(Label { code: value.to_owned(), name: Name { zh: entry.zh.clone(), en: entry.en.clone() } })
}

fn shown_label(Label { code, name: Name { zh, en } }: Label) -> Value {
    let mut label = json!({"code": code, "zh": zh});
    if let Some(en) = en {
        label["en"] = json!(en);
    }
    label
}

/// A text that a spreadsheet takes for a text: none begins like a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A whole number of so many decimal places, written out.
fn decimal(number: i128, places: u32) -> String {
    if places == 0 {
        return number.to_string();
    }
    let unit = 10_i128.pow(places);
    format!("{}.{:0width$}", number / unit, number % unit, width = places as usize)
}
