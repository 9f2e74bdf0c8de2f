//! The one statement that counts: a row for everything, then a row for each cell.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::db::{Connection, Sql};
use crate::kind::condition::links_from;
use crate::kind::dimension::{Dimension, Source, Values};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::figures::{Cell, Counted, Figures, Measured};
use crate::reading::list::route::Route;
use crate::reading::selection::Selection;
use crate::reading::statistics::{MOST_CELLS, Statistics};

/// Position of the feed (of the row for everything), values of the dimensions, number of records, figures.
type Row = (Option<i64>, Option<String>, Option<String>, i64, String);
type RowTypes = (Nullable<BigInt>, Nullable<Text>, Nullable<Text>, BigInt, Text);

/// Sums are taken in two parts, each of which fits 64 bits for any number of records: SQLite has no wider numbers.
const PART: i64 = 1_000_000;

/// What there is now, unless that has too many cells.
pub fn counted(asked: &Statistics, selection: &Selection, conn: &mut Connection) -> Outcome<Counted> {
    let (as_of_seq, all, cells) = run(asked, selection, conn)?;
    if cells.len() > MOST_CELLS {
        return Err(too_many(count_cells(asked, selection, conn)?, MOST_CELLS));
    }
    Ok(Counted { as_of_seq, all, cells })
}

/// 400 for more cells than there may be.
pub fn too_many(count: i64, most: usize) -> Problem {
    let fault = Fault::parameter("group_by", "too-many-cells").arg("count", count).arg("limit", most);
    Problem::of_faults(Code::InvalidParameter, vec![fault])
}

/// The position, the figures of all records, and the cells, one more than there may be.
fn run(asked: &Statistics, selection: &Selection, conn: &mut Connection) -> Outcome<(i64, Figures, Vec<Cell>)> {
    let mut sql: Sql<RowTypes> = Sql::new(
        "SELECT (SELECT f.seq FROM feed f), CAST(NULL AS text), CAST(NULL AS text), CAST(COUNT(*) AS bigint), ",
    );
    push_measures(asked, &mut sql);
    push_selected(asked, selection, &mut sql);
    if !asked.dimensions.is_empty() {
        sql.push(" UNION ALL SELECT * FROM (SELECT CAST(NULL AS bigint), ");
        push_cells(asked, selection, &mut sql);
        sql.push(format!(" LIMIT {}) c", MOST_CELLS + 1));
    }
    let rows: Vec<Row> = sql.planned_by_values().load(conn)?;
    let (mut seq, mut all, mut cells) = (0, Figures::default(), Vec::with_capacity(rows.len()));
    for (position, one, other, count, measured) in rows {
        let figures = Figures { count, measured: read(&measured)? };
        match position {
            Some(position) => (seq, all) = (position, figures),
            None => {
                let values = [one, other].into_iter().zip(&asked.dimensions);
                let values = values.map(|(value, dimension)| value.map(|value| same_on_both(dimension, value)));
                cells.push(Cell { values: values.collect(), figures });
            }
        }
    }
    cells.sort_by_cached_key(|cell| key(asked, cell));
    Ok((seq, all, cells))
}

/// The value as it is written everywhere: SQLite has ids as hexadecimal digits, and flags as numbers.
fn same_on_both(dimension: &Dimension, value: String) -> String {
    match dimension.values {
        Values::Records if value.len() == 32 && value.is_ascii() => {
            let (a, b, c, d, e) = (&value[..8], &value[8..12], &value[12..16], &value[16..20], &value[20..]);
            format!("{a}-{b}-{c}-{d}-{e}")
        }
        Values::Flags => (if matches!(value.as_str(), "1" | "true") { "true" } else { "false" }).to_owned(),
        _ => value,
    }
}

/// Numbers by their value, and what is not given last.
pub fn key(asked: &Statistics, cell: &Cell) -> Vec<(bool, i64, Option<String>)> {
    let one = |(value, dimension): (&Option<String>, &Dimension)| {
        let number =
            value.as_ref().filter(|_| dimension.values == Values::Numbers).and_then(|value| value.parse().ok());
        (value.is_none(), number.unwrap_or_default(), value.clone())
    };
    cell.values.iter().zip(&asked.dimensions).map(one).collect()
}

/// How many cells there are.
fn count_cells(asked: &Statistics, selection: &Selection, conn: &mut Connection) -> Outcome<i64> {
    let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*) FROM (SELECT ");
    push_cells(asked, selection, &mut sql);
    sql.push(") c");
    Ok(sql.planned_by_values().get_result(conn)?)
}

/// Appends the columns of a cell, where they come from and how they are grouped.
fn push_cells<ST>(asked: &Statistics, selection: &Selection, sql: &mut Sql<ST>) {
    for (index, dimension) in asked.dimensions.iter().enumerate() {
        push_value(dimension, index, sql);
        sql.push(format!(" AS v{index}, "));
    }
    if asked.dimensions.len() == 1 {
        sql.push("CAST(NULL AS text) AS v1, ");
    }
    sql.push("CAST(COUNT(*) AS bigint) AS n, ");
    push_measures(asked, sql);
    sql.push(" AS m");
    push_selected(asked, selection, sql);
    for (index, dimension) in asked.dimensions.iter().enumerate() {
        push_join(dimension, index, sql);
    }
    sql.push(" GROUP BY ");
    for (index, dimension) in asked.dimensions.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        push_value(dimension, index, sql);
    }
}

/// Appends the selected records as `x`: their id, the columns of the dimensions, and what is measured.
fn push_selected<ST>(asked: &Statistics, selection: &Selection, sql: &mut Sql<ST>) {
    let by_own = !asked.measured.is_empty() || asked.dimensions.iter().any(|dimension| dimension.source.is_own());
    sql.push(" FROM (SELECT r.id AS id");
    for (index, dimension) in asked.dimensions.iter().enumerate() {
        match &dimension.source {
            Source::Own(column) => drop(sql.push(format!(", k.{column} AS d{index}"))),
            Source::Record(column) => drop(sql.push(format!(", r.{column} AS d{index}"))),
            Source::Instant(column) => {
                sql.push_by_engine(", strftime('%Y-%m-%d', ", ", CAST(").push(format!("r.{column}"));
                sql.push_by_engine(" / 1000 + 28800, 'unixepoch')", " AT TIME ZONE 'Asia/Shanghai' AS date)");
                sql.push(format!(" AS d{index}"));
            }
            Source::Classified(..) | Source::Party(_) | Source::Linked(_) => {}
        }
    }
    for (index, member) in asked.measured.iter().enumerate() {
        sql.push(format!(", k.{} AS m{index}", member.column().unwrap_or_default()));
    }
    let route = if selection.search.is_some() { Route::Found(None) } else { Route::Free };
    selection.from(&route, by_own, sql);
    sql.push(") x");
}

/// Appends the rows that have the values of a dimension, one for each value of a record.
fn push_join<ST>(dimension: &Dimension, index: usize, sql: &mut Sql<ST>) {
    match &dimension.source {
        Source::Own(_) | Source::Record(_) | Source::Instant(_) => {}
        Source::Classified(scheme, level) => {
            let condition = level.condition(&format!("g{index}.code"));
            sql.push(format!(
                " LEFT JOIN classifications g{index} ON g{index}.record_id = x.id AND g{index}.scheme = '{scheme}' AND {condition}"
            ));
        }
        // Of several rows with one value the first: each value counts once.
        Source::Party(column) => {
            sql.push(format!(
                " LEFT JOIN parties g{index} ON g{index}.record_id = x.id AND NOT EXISTS (SELECT 1 FROM parties e WHERE \
                 e.record_id = g{index}.record_id AND e.{column} = g{index}.{column} AND e.position < g{index}.position)"
            ));
        }
        Source::Linked(pointers) => {
            sql.push(format!(
                " LEFT JOIN links g{index} ON g{index}.record_id = x.id AND {} AND NOT EXISTS (SELECT 1 FROM links e WHERE \
                 e.record_id = g{index}.record_id AND e.target_id = g{index}.target_id AND {} AND e.pointer < g{index}.pointer)",
                links_from(&format!("g{index}"), pointers),
                links_from("e", pointers),
            ));
        }
    }
}

/// Appends the value of a dimension as text.
fn push_value<ST>(dimension: &Dimension, index: usize, sql: &mut Sql<ST>) {
    let column = match &dimension.source {
        Source::Own(_) | Source::Record(_) | Source::Instant(_) => format!("x.d{index}"),
        Source::Classified(..) => format!("g{index}.code"),
        Source::Party(column) => format!("g{index}.{column}"),
        Source::Linked(_) => format!("g{index}.target_id"),
    };
    match dimension.values {
        Values::Records => {
            // SQLite writes nothing as an empty text.
            sql.push_by_engine("NULLIF(lower(hex(", "CAST(").push(column).push_by_engine(")), '')", " AS text)");
        }
        Values::YearsOfMonths => drop(sql.push(format!("substr({column}, 1, 4)"))),
        Values::Years => push_part(&column, 1, 4, sql),
        Values::Months => push_part(&column, 1, 7, sql),
        Values::Quarters => {
            push_part(&column, 1, 4, sql);
            sql.push(" || '-Q' || CAST((CAST(");
            push_part(&column, 6, 2, sql);
            sql.push(" AS integer) + 2) / 3 AS text)");
        }
        Values::Codes(_) | Values::Divisions | Values::Plain | Values::Numbers | Values::Flags => {
            sql.push(format!("CAST({column} AS text)"));
        }
    }
}

/// Appends a part of a day in the form of ISO 8601.
fn push_part<ST>(column: &str, from: usize, length: usize, sql: &mut Sql<ST>) {
    sql.push_by_engine("substr(", "substr(to_char(").push(column.to_owned()).push_by_engine("", ", 'YYYY-MM-DD')");
    sql.push(format!(", {from}, {length})"));
}

/// Appends for each member that is measured: how many give it, its sum in two parts, the least and the most; as one text, because
/// the number of members varies.
fn push_measures<ST>(asked: &Statistics, sql: &mut Sql<ST>) {
    sql.push("CAST('' AS text)");
    for index in 0..asked.measured.len() {
        let column = format!("x.m{index}");
        let sum = |part: &str| format!("COALESCE(SUM({column} {part} {PART}), 0)");
        for figure in [
            format!("COUNT({column})"),
            sum("/"),
            sum("%"),
            format!("COALESCE(MIN({column}), 0)"),
            format!("COALESCE(MAX({column}), 0)"),
        ] {
            sql.push(format!(" || CAST({figure} AS text) || ' '"));
        }
    }
}

fn read(text: &str) -> Outcome<Vec<Measured>> {
    let numbers: Vec<i64> =
        text.split_whitespace().map(|number| number.parse().map_err(Problem::internal)).collect::<Outcome<_>>()?;
    let measured = numbers.as_chunks::<5>().0.iter().map(|[given, upper, lower, least, most]| Measured {
        given: *given,
        sum: i128::from(*upper) * i128::from(PART) + i128::from(*lower),
        least: *least,
        most: *most,
    });
    Ok(measured.collect())
}
