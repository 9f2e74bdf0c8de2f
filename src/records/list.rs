//! Lists: one query for all kinds, keyset paging, and pages made by copying stored text.
//!
//! The statement always runs along an index in the order of its answer: over the kind's own table when one of its columns
//! is filtered or sorted by, along `classifications` when one code is asked for, over `records` otherwise.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::canonical::hex;
use super::expand::{self, Expansion};
use super::filters::{Condition, Filters, parameter_names};
use super::kind::{Kind, Shape};
use super::view::Sight;
use crate::api::query::{Query, closest};
use crate::api::{Code, Fault, Outcome, Problem};
use crate::db::{Cell, Connection, Id, Moment, Sql};
use crate::reference::{Day, Money};

/// Bounds of `limit`.
pub const MAX_LIMIT: i64 = 200;
pub const DEFAULT_LIMIT: i64 = 50;

/// Parameters of every list that are no filters.
pub const PARAMETERS: [&str; 6] = ["limit", "cursor", "include_total", "sort", "fields", "expand"];

/// A list as it was asked for.
pub struct Listing {
    filters: Filters,
    limit: i64,
    sort: Vec<SortKey>,
    cursor: Option<Cursor>,
    include_total: bool,
    fields: Vec<String>,
    expansion: Expansion,
    /// Hash of everything that decides which rows come in which order; a cursor belongs to one.
    fingerprint: String,
    /// The query string without `cursor`, for the next link.
    link: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SortKey {
    name: String,
    /// SQL expression over `k` and `r`.
    column: String,
    /// Where the value stands in an answer, for the next cursor.
    at: String,
    shape: Shape,
    descending: bool,
    own: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cursor {
    v: u8,
    /// Values of the sort keys of the last row.
    k: Vec<String>,
    /// Its id.
    i: Id,
    /// Fingerprint of the list.
    f: String,
}

/// One page, ready to be sent.
pub struct Page {
    pub body: String,
    pub next: Option<String>,
}

/// Sort names that every kind has: name, column, place in the answer.
pub const SORTS: [(&str, &str, &str); 5] = [
    ("id", "r.id", "/id"),
    ("code", "r.code", "/code"),
    ("created_at", "r.created_at", "/created_at"),
    ("updated_at", "r.updated_at", "/updated_at"),
    ("name", "r.name_zh", "/name/zh"),
];

/// The names that `sort` takes for a kind.
pub fn sort_names(kind: &Kind) -> Vec<&'static str> {
    let own = kind.members.iter().filter(|member| member.sort).map(|member| member.name);
    SORTS.iter().map(|(name, ..)| *name).chain(own).collect()
}

impl Listing {
    /// Reads the query of a list; everything unknown is refused.
    pub fn read(kind: &Kind, query: &Query, query_string: &str) -> Outcome<Listing> {
        let limit = query.take_int("limit", 1, MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let include_total = query.take_bool("include_total")?.unwrap_or(false);
        let cursor = query.take("cursor");
        let sort = sort_keys(kind, query.take("sort"))?;
        let fields: Vec<String> =
            query.take("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
        check_fields(kind, &fields)?;
        let expansion = Expansion::take(kind, query)?;
        let filters = Filters::take(kind, query)?;
        let names = parameter_names(kind);
        query.finish(&names.iter().map(String::as_str).chain(PARAMETERS).collect::<Vec<_>>())?;
        let mut parameters: Vec<&str> = query_string.split('&').filter(|pair| !pair.is_empty()).collect();
        parameters.retain(|pair| !pair.starts_with("cursor="));
        let link = parameters.join("&");
        // Neither the page's size nor what is shown of a row changes which rows come in which order.
        parameters.retain(|pair| {
            !["limit=", "include_total=", "fields=", "expand="].iter().any(|name| pair.starts_with(name))
        });
        parameters.sort_unstable();
        let fingerprint = hex(&Sha256::digest(format!("{}?{}", kind.name, parameters.join("&")))[..8]);
        let cursor = cursor.map(|text| Cursor::read(&text, &fingerprint, sort.len())).transpose()?;
        Ok(Listing { filters, limit, sort, cursor, include_total, fields, expansion, fingerprint, link })
    }

    /// Runs the list for a caller and writes the page.
    pub fn run(&self, kind: &Kind, sight: &Sight, conn: &mut Connection) -> Outcome<Page> {
        let conditions = self.filters.resolve(kind, sight, conn)?;
        let rows = self.rows(kind, &conditions, sight)?.load::<String>(conn)?;
        let total = match self.include_total {
            true => Some(self.count(kind, &conditions, sight).get_result::<i64>(conn)?),
            false => None,
        };
        let has_more = rows.len() as i64 > self.limit;
        let shown = &rows[..rows.len().min(self.limit as usize)];
        let next = match shown.last().filter(|_| has_more) {
            Some(last) => Some(self.cursor_after(last)?),
            None => None,
        };
        let length: usize = shown.iter().map(|row| row.len() + 1).sum();
        let mut body = String::with_capacity(length + 200);
        body.push_str("{\"items\":[");
        if self.expansion.is_empty() {
            for (index, row) in shown.iter().enumerate() {
                if index > 0 {
                    body.push(',');
                }
                if self.fields.is_empty() { body.push_str(row) } else { pick(row, &self.fields, &mut body)? }
            }
        } else {
            let expanded = self.expansion.apply(kind, shown, sight, conn)?;
            let rows = expanded
                .iter()
                .map(|row| if self.fields.is_empty() { Ok(row.clone()) } else { picked(row, &self.fields) });
            body.push_str(&rows.collect::<Outcome<Vec<_>>>()?.join(","));
        }
        body.push_str(&format!("],\"page\":{{\"limit\":{},\"has_more\":{has_more}", self.limit));
        if let Some(next) = &next {
            body.push_str(&format!(",\"next_cursor\":\"{next}\""));
        }
        if let Some(total) = total {
            body.push_str(&format!(",\"total\":{total}"));
        }
        body.push_str("}}");
        Ok(Page { body, next })
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        if self.link.is_empty() { format!("cursor={cursor}") } else { format!("{}&cursor={cursor}", self.link) }
    }

    fn rows(&self, kind: &Kind, conditions: &[Condition], sight: &Sight) -> Outcome<Sql<Text>> {
        let document = if sight.is_public() { "COALESCE(r.public_document, r.document)" } else { "r.document" };
        let mut sql: Sql = Sql::new(format!("SELECT {document}"));
        let id = self.from(kind, conditions, sight, &mut sql);
        if let Some(cursor) = &self.cursor {
            sql.push(" AND ");
            self.after(cursor, id, &mut sql)?;
        }
        sql.push(" ORDER BY ");
        for key in &self.sort {
            sql.push(format!("{}{}, ", key.column, direction(key.descending)));
        }
        sql.push(format!("{id}{} LIMIT ", direction(self.descending())));
        sql.bind(Cell::Integer(Some(self.limit + 1)));
        Ok(self.typed(sql, conditions))
    }

    fn count(&self, kind: &Kind, conditions: &[Condition], sight: &Sight) -> Sql<BigInt> {
        let mut sql: Sql = Sql::new("SELECT COUNT(*)");
        self.from(kind, conditions, sight, &mut sql);
        self.typed(sql, conditions)
    }

    /// Statements of few shapes are kept prepared; the rest are not, or a client could fill the memory with them.
    fn typed<ST>(&self, sql: Sql, conditions: &[Condition]) -> Sql<ST> {
        let mut typed = Sql::default();
        typed.append(sql);
        let common = self.sort.is_empty() && conditions.len() <= 1 && conditions.iter().all(|one| one.values() == 1);
        if common { typed } else { typed.uncached() }
    }

    /// ` FROM … WHERE …`; answers the expression of the record's id in the table that the statement runs along.
    fn from(&self, kind: &Kind, conditions: &[Condition], sight: &Sight, sql: &mut Sql) -> &'static str {
        let own = conditions.iter().any(Condition::is_own) || self.sort.iter().any(|key| key.own);
        let along =
            conditions.iter().position(|one| matches!(one, Condition::Classified(_, codes) if codes.len() == 1));
        let id = match (along.is_some(), own) {
            (true, _) => "d.record_id",
            (false, true) => "k.record_id",
            (false, false) => "r.id",
        };
        match (along.is_some(), own) {
            (true, true) => sql.push(format!(
                " FROM classifications d JOIN {} k ON k.record_id = d.record_id JOIN records r ON r.id = d.record_id",
                kind.table
            )),
            (true, false) => sql.push(" FROM classifications d JOIN records r ON r.id = d.record_id"),
            (false, true) => sql.push(format!(" FROM {} k JOIN records r ON r.id = k.record_id", kind.table)),
            (false, false) => sql.push(" FROM records r"),
        };
        // The table of the kind holds nothing else; `records` and `classifications` hold all kinds.
        sql.push(" WHERE ");
        if !own {
            sql.push(format!("r.kind = '{}' AND ", kind.name));
        }
        for (index, condition) in conditions.iter().enumerate() {
            match condition {
                Condition::Classified(scheme, codes) if Some(index) == along => {
                    sql.push(format!("d.scheme = '{scheme}' AND d.code = "));
                    sql.bind(Cell::text(&codes[0]));
                }
                condition => condition.write(sql, id),
            }
            sql.push(" AND ");
        }
        sql.append(sight.condition("r"));
        id
    }

    fn descending(&self) -> bool {
        self.sort.last().is_some_and(|key| key.descending)
    }

    /// Rows after the cursor's: a row comparison when all keys run the same way, spelled out otherwise.
    fn after(&self, cursor: &Cursor, id: &'static str, sql: &mut Sql) -> Outcome<()> {
        let mut keys: Vec<(String, Cell, bool)> = Vec::new();
        for (key, text) in self.sort.iter().zip(&cursor.k) {
            let cell = key.cell(text).ok_or_else(|| Problem::new(Code::CursorMismatch))?;
            keys.push((key.column.clone(), cell, key.descending));
        }
        keys.push((id.to_owned(), Cell::id(cursor.i), self.descending()));
        let less = |descending: bool| if descending { "<" } else { ">" };
        if keys.iter().all(|(_, _, descending)| *descending == keys[0].2) {
            let columns: Vec<&str> = keys.iter().map(|(column, ..)| column.as_str()).collect();
            if let [column] = columns.as_slice() {
                sql.push(format!("{column} {} ", less(keys[0].2))).bind(keys[0].1.clone());
                return Ok(());
            }
            sql.push(format!("({}) {} (", columns.join(", "), less(keys[0].2)));
            sql.bind_all(keys.iter().map(|(_, cell, _)| cell.clone())).push(")");
            return Ok(());
        }
        sql.push("(");
        for (last, (column, cell, descending)) in keys.iter().enumerate() {
            sql.push(if last > 0 { " OR (" } else { "(" });
            for (column, cell, _) in &keys[..last] {
                sql.push(format!("{column} = ")).bind(cell.clone()).push(" AND ");
            }
            sql.push(format!("{column} {} ", less(*descending))).bind(cell.clone()).push(")");
        }
        sql.push(")");
        Ok(())
    }

    fn cursor_after(&self, row: &str) -> Outcome<String> {
        let answer: Value = match self.sort.is_empty() {
            true => serde_json::json!({"id": row.get(7..43)}),
            false => serde_json::from_str(row).map_err(Problem::internal)?,
        };
        let text =
            |at: &str| answer.pointer(at).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let id = text("/id").and_then(|id| id.parse().ok()).ok_or_else(|| Problem::internal("an answer without id"))?;
        let keys = self.sort.iter().map(|key| text(&key.at).unwrap_or_default()).collect();
        let cursor = Cursor { v: 1, k: keys, i: id, f: self.fingerprint.clone() };
        Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).map_err(Problem::internal)?))
    }
}

impl SortKey {
    fn cell(&self, text: &str) -> Option<Cell> {
        Some(match self.shape {
            Shape::Money => Cell::Integer(Some(Money::parse(text).ok()?.fen())),
            Shape::Integer => Cell::Integer(Some(text.parse().ok()?)),
            Shape::Day => Cell::Day(Some(Day::parse(text).ok()?.date())),
            _ if self.column == "r.id" => Cell::Id(Some(text.parse().ok()?)),
            _ if self.name.ends_with("_at") => Cell::Moment(text.parse::<Moment>().ok()?),
            _ => Cell::text(text),
        })
    }
}

impl Cursor {
    fn read(text: &str, fingerprint: &str, keys: usize) -> Outcome<Cursor> {
        let bad = || Problem::of_faults(Code::InvalidParameter, vec![Fault::parameter("cursor", "invalid-value")]);
        if text.len() > 4096 {
            return Err(bad());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| bad())?;
        if cursor.v != 1 || cursor.k.iter().any(|key| key.contains('\0')) {
            return Err(bad());
        }
        if cursor.f != fingerprint || cursor.k.len() != keys {
            return Err(Problem::new(Code::CursorMismatch));
        }
        Ok(cursor)
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { " DESC" } else { "" }
}

fn sort_keys(kind: &Kind, text: Option<String>) -> Outcome<Vec<SortKey>> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let (mut keys, mut faults) = (Vec::<SortKey>::new(), Vec::new());
    for word in text.split(',') {
        let (descending, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        let common = SORTS.iter().find(|(known, ..)| *known == name);
        let own = kind.members.iter().find(|member| member.sort && member.name == name);
        let key = match (common, own) {
            (Some((_, column, at)), _) => ((*column).to_owned(), (*at).to_owned(), Shape::Text, false),
            (None, Some(member)) => (format!("k.{name}"), sort_pointer(member.at, member.shape), member.shape, true),
            (None, None) => {
                let names = sort_names(kind);
                let guess = closest(name, names.iter().copied());
                let fault = Fault::parameter("sort", "not-in-list").arg("value", name).arg("allowed", names.join(", "));
                faults.push(fault.did_you_mean(guess));
                continue;
            }
        };
        if keys.iter().any(|known| known.name == name) {
            faults.push(Fault::parameter("sort", "duplicate-items"));
            continue;
        }
        let (column, at, shape, own) = key;
        keys.push(SortKey { name: name.to_owned(), column, at, shape, descending, own });
    }
    if keys.len() > 3 {
        faults.push(Fault::parameter("sort", "too-many-items").arg("limit", 3));
    }
    if faults.is_empty() { Ok(keys) } else { Err(Problem::of_faults(Code::UnknownParameter, faults)) }
}

fn sort_pointer(at: &[&str], shape: Shape) -> String {
    let pointer = at.first().copied().unwrap_or_default();
    if shape == Shape::Money && !pointer.ends_with("/amount") {
        format!("{pointer}/amount")
    } else {
        pointer.to_owned()
    }
}

/// The top-level members of an answer that `fields` names.
pub fn check_fields(kind: &Kind, fields: &[String]) -> Outcome<()> {
    if fields.is_empty() {
        return Ok(());
    }
    if (1..fields.len()).any(|place| fields[..place].contains(&fields[place])) {
        return Err(Problem::of_faults(Code::InvalidParameter, vec![Fault::parameter("fields", "duplicate-items")]));
    }
    let names = expand::member_names(kind);
    let unknown = fields.iter().filter(|field| !names.contains(field));
    let faults: Vec<Fault> = unknown
        .map(|field| {
            let guess = closest(field, names.iter().map(String::as_str));
            Fault::parameter("fields", "unknown-field").arg("field", field).did_you_mean(guess)
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(Code::UnknownParameter, faults)) }
}

/// Members that every answer keeps, however few were asked for.
const ALWAYS: [&str; 4] = ["id", "code", "revision", "state"];

/// An answer with the named members only, in the order they were asked for.
pub fn picked(row: &str, fields: &[String]) -> Outcome<String> {
    let mut text = String::with_capacity(row.len() / 2);
    pick(row, fields, &mut text)?;
    Ok(text)
}

fn pick(row: &str, fields: &[String], text: &mut String) -> Outcome<()> {
    let members: std::collections::HashMap<&str, &RawValue> = serde_json::from_str(row).map_err(Problem::internal)?;
    let asked = fields.iter().map(String::as_str).filter(|field| !ALWAYS.contains(field));
    let mut separator = '{';
    // What `expand` brought stays too.
    for field in ALWAYS.into_iter().chain(asked).chain(["expanded"]) {
        if let Some(value) = members.get(field) {
            text.push(separator);
            text.push_str(&format!("\"{field}\":{}", value.get()));
            separator = ',';
        }
    }
    text.push('}');
    Ok(())
}
