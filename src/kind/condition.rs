//! What a filter asks of records, and how it is said in SQL.

use crate::db::{Cell, Sql};

/// Comparison suffixes of range parameters.
pub const RANGES: [(&str, &str); 4] = [("_gte", ">="), ("_gt", ">"), ("_lte", "<="), ("_lt", "<")];

/// One condition on a list.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `column op value` on the kind's own table.
    Own(String, &'static str, Cell),
    /// `column IN (values)` on the kind's own table.
    OwnIn(String, Vec<Cell>),
    /// `column IS [NOT] NULL` on the kind's own table.
    OwnPresent(String, bool),
    /// The same on `records`.
    Record(&'static str, &'static str, Cell),
    RecordIn(&'static str, Vec<Cell>),
    /// Any of these codes under a scheme of `classifications`.
    Classified(&'static str, Vec<String>),
    HasClassification(&'static str, bool),
    /// `parties` with one of these values in a column.
    Party(&'static str, Vec<Cell>),
    /// `links` to one of these records from a member.
    Linked(&'static [&'static str], Vec<Cell>),
}

/// What a parameter asks for.
pub enum Wanted {
    Ready(Condition),
    /// A reference by id or code, with the way to use the id.
    Reference(Vec<String>, Box<dyn Fn(Vec<Cell>) -> Condition + Send + Sync>),
}

impl Condition {
    /// One of these texts in a column of the kind's own table.
    pub fn own_in(column: &str, texts: Vec<String>) -> Condition {
        Condition::OwnIn(column.to_owned(), texts.into_iter().map(Cell::text).collect())
    }

    /// Whether it needs the kind's own table.
    pub fn is_own(&self) -> bool {
        // A missing classification can only be found by visiting every row; those of the kind's own table are the
        // smallest.
        self.is_of_own_column() || matches!(self, Condition::HasClassification(..))
    }

    /// Whether it compares with one value for equality.
    pub fn is_point(&self) -> bool {
        match self {
            Condition::OwnIn(_, cells)
            | Condition::RecordIn(_, cells)
            | Condition::Party(_, cells)
            | Condition::Linked(_, cells) => cells.len() == 1,
            Condition::Classified(_, codes) => codes.len() == 1,
            Condition::Own(_, operator, _) | Condition::Record(_, operator, _) => *operator == "=",
            Condition::OwnPresent(_, present) => !present,
            Condition::HasClassification(..) => false,
        }
    }

    /// Whether its column has so few distinct values that almost every row may match, or none.
    pub fn is_of_few_values(&self) -> bool {
        match self {
            Condition::Own(_, _, cell) => matches!(cell, Cell::Flag(_)),
            Condition::RecordIn(column, _) => *column == "state",
            _ => false,
        }
    }

    /// The column whose index can answer it, or the scheme under which `classifications` can.
    pub fn column(&self) -> Option<&str> {
        match self {
            Condition::Own(column, ..) | Condition::OwnIn(column, _) | Condition::OwnPresent(column, _) => Some(column),
            Condition::Record(column, ..) | Condition::RecordIn(column, _) => Some(column),
            Condition::Classified(scheme, _) => Some(scheme),
            _ => None,
        }
    }

    fn is_of_own_column(&self) -> bool {
        matches!(self, Condition::Own(..) | Condition::OwnIn(..) | Condition::OwnPresent(..))
    }

    /// Whether it is about a column of `records`.
    pub fn is_of_record(&self) -> bool {
        matches!(self, Condition::Record(..) | Condition::RecordIn(..))
    }

    /// Whether it asks for one code of a classification.
    pub fn is_one_code(&self) -> bool {
        matches!(self, Condition::Classified(_, codes) if codes.len() == 1)
    }

    /// The condition over `k` (the kind's table), `r` (`records`) and `id`, the expression of the record's id. Whether its
    /// column may be looked up in an index is the statement's choice.
    pub fn write<ST>(&self, sql: &mut Sql<ST>, id: &'static str, indexed: bool) {
        if !indexed && (self.is_of_own_column() || self.is_of_record()) {
            sql.push_unindexed();
        }
        match self {
            Condition::Own(column, operator, cell) => {
                sql.push("k.").push(column.clone()).push(format!(" {operator} ")).bind(cell.clone());
            }
            Condition::OwnPresent(column, present) => {
                sql.push(format!("k.{column} IS {}NULL", if *present { "NOT " } else { "" }));
            }
            Condition::Record(column, operator, cell) => {
                sql.push(format!("r.{column} {operator} ")).bind(cell.clone());
            }
            Condition::OwnIn(column, cells) => among(sql, format!("k.{column}"), cells.clone()),
            Condition::RecordIn(column, cells) => among(sql, format!("r.{column}"), cells.clone()),
            Condition::Classified(scheme, codes) => {
                match indexed {
                    true => sql.push(format!("{id} IN (SELECT c.record_id FROM classifications c WHERE ")),
                    false => sql.push(format!("EXISTS (SELECT 1 FROM classifications c WHERE c.record_id = {id} AND ")),
                };
                write_codes(sql, scheme, codes);
                sql.push(")");
            }
            Condition::HasClassification(scheme, present) => {
                let not = if *present { "" } else { "NOT " };
                sql.push(format!(
                    "{not}EXISTS (SELECT 1 FROM classifications c WHERE c.record_id = {id} AND c.scheme = '{scheme}')"
                ));
            }
            Condition::Party(column, cells) => {
                sql.push(format!("{id} IN (SELECT p.record_id FROM parties p WHERE "));
                among(sql, format!("p.{column}"), cells.clone());
                sql.push(")");
            }
            Condition::Linked(pointers, cells) => {
                sql.push(format!("{id} IN (SELECT l.record_id FROM links l WHERE "));
                among(sql, "l.target_id".into(), cells.clone());
                sql.push(format!(" AND {})", links_from("l", pointers)));
            }
        }
    }
}

/// The rows of `links` (called `alias`) from these pointers, in which `*` stands for any.
pub fn links_from(alias: &str, pointers: &[&str]) -> String {
    let patterns = pointers.iter().map(|pointer| {
        let pattern = pointer.replace('\\', "\\\\").replace('_', "\\_").replace('*', "%");
        format!("{alias}.pointer LIKE '{pattern}' ESCAPE '\\'")
    });
    format!("({})", patterns.collect::<Vec<_>>().join(" OR "))
}

/// [`links_from`] of one pointer.
pub fn is_link_from(pointer: &str, patterns: &[&str]) -> bool {
    let fits = |pattern: &&str| {
        let (first, rest) = pattern.split_once('*').unwrap_or((pattern, ""));
        let Some(mut left) = pointer.strip_prefix(first) else { return false };
        if !pattern.contains('*') {
            return left.is_empty();
        }
        let (between, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in between.split('*').filter(|part| !part.is_empty()) {
            let Some((_, after)) = left.split_once(part) else { return false };
            left = after;
        }
        left.ends_with(last)
    };
    patterns.iter().any(fits)
}

/// The rows of `classifications` (`c`) with one of these codes.
pub fn write_codes<ST>(sql: &mut Sql<ST>, scheme: &'static str, codes: &[String]) {
    sql.push("c.scheme = '").push(scheme).push("' AND ");
    among(sql, "c.code".into(), codes.iter().map(Cell::text).collect());
}

fn among<ST>(sql: &mut Sql<ST>, column: String, cells: Vec<Cell>) {
    if let [cell] = cells.as_slice() {
        sql.push(format!("{column} = ")).bind(cell.clone());
        return;
    }
    sql.push(format!("{column} IN (")).bind_all(cells).push(")");
}
