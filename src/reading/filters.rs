//! The filters of a list, from the query parameters to SQL, made from the kind's declaration (`docs/rules.md` §5).
//!
//! `member=value`; of codes, ids and vocabularies several values are OR, separated by commas or the parameter repeated; of free
//! text and outside keys, where a comma may be part of the value, only repeating the parameter is OR. Different members are AND,
//! ranges by suffix, presence by `has_member`. An unknown parameter or code is refused with a suggestion, never ignored.

use crate::api::RecordRef;
use crate::api::query::{MOST_VALUES, Query, not_in_list, shown};
use crate::db::{Cell, Id, Sql};
use crate::kind::findings::first_level;
use crate::kind::{Kind, Member, Shape};
use crate::problem::Fault;
use crate::records::rows::{self, state};
use crate::reference::guess::closest;
use crate::reference::{RecordCode, formats, vocabulary};

/// Comparison suffixes of range parameters.
pub const RANGES: [(&str, &str); 4] = [("_gte", ">="), ("_gt", ">"), ("_lte", "<="), ("_lt", "<")];

/// A parameter every kind's list has, beside its own members.
pub struct Common {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

pub const COMMON: [Common; 6] = [
    Common { name: "state", zh: "办理状态", en: "State of the record" },
    Common {
        name: "province",
        zh: "保管一方；有参加方的种类为任一参加方所在省市",
        en: "Keeping side; on kinds with parties the province of any of them",
    },
    Common { name: "owner", zh: "所属单位的 id 或 code", en: "Id or code of the owning organization" },
    Common {
        name: "code",
        zh: "记录编号，须为本登记簿的种类且校验位正确",
        en: "Code of the record, of a kind of this register and with the right check digit",
    },
    Common { name: "source_system", zh: "来源系统", en: "System that sent the record" },
    Common { name: "source_id", zh: "来源系统中的标识", en: "Key of the record in that system" },
];

/// Instants of the record itself, as ranges.
pub const INSTANTS: [(&str, &str, &str); 2] = [
    ("created_at", "建立时间", "When the record was made"),
    ("updated_at", "最近变更时间", "When the record last changed"),
];

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

/// The filters of a request, before references are looked up.
pub struct Filters {
    pub wanted: Vec<Wanted>,
    /// Whether a filter would reveal the owner of what it selects.
    pub tells_owner: bool,
}

/// Common filters that would reveal the owner: a source system belongs to a client, and the client to an organization.
const TELLING: [&str; 3] = ["owner", "source_system", "source_id"];

/// What a parameter asks for.
pub enum Wanted {
    Ready(Condition),
    /// A reference by id or code, with the way to use the id.
    Reference(Vec<String>, Box<dyn Fn(Vec<Cell>) -> Condition + Send + Sync>),
}

impl Filters {
    /// Takes the kind's filters out of the query.
    pub fn take(kind: &Kind, query: &Query) -> Filters {
        let mut wanted = Vec::new();
        let mut tells_owner = TELLING.iter().any(|name| query.has(name));
        common(kind, query, &mut wanted);
        let hidden = kind.anonymity.map_or(&[][..], |wish| wish.hides);
        for member in kind.members {
            let before = wanted.len();
            own(member, query, &mut wanted);
            tells_owner |= wanted.len() > before && member.at.iter().any(|at| hidden.contains(&first_level(at)));
        }
        Filters { wanted, tells_owner }
    }

    /// Whether there is at most one filter, with one value. Of `state` it may be one that is invisible to the caller.
    pub fn is_short(&self) -> bool {
        match self.wanted.as_slice() {
            [] => true,
            [Wanted::Ready(one)] => one.is_point() && one.column().is_some_and(|column| column != "state"),
            [Wanted::Reference(refs, _)] => matches!(refs.as_slice(), [one] if one.parse::<Id>().is_ok()),
            _ => false,
        }
    }
}

fn common(kind: &Kind, query: &Query, wanted: &mut Vec<Wanted>) {
    let ready = |condition| Wanted::Ready(condition);
    if let Some(values) = known_words(query, "state", &state::ALL, "record-states") {
        wanted.push(ready(Condition::RecordIn("state", values.into_iter().map(Cell::text).collect())));
    }
    if !kind.has_parties() {
        if let Some(values) = known_words(query, "province", &rows::PROVINCES, "divisions") {
            wanted.push(ready(Condition::RecordIn("province", values.into_iter().map(Cell::text).collect())));
        }
    } else if let Some(values) = words(query, "province") {
        let known = vocabulary("divisions");
        let is_province = |value: &str| value.ends_with("0000") && known.is_none_or(|known| known.contains(value));
        let unknown = values.iter().filter(|value| !is_province(value));
        query.refuse_all(unknown.map(|value| not_in_list("province", value, "500000, 510000 … (GB/T 2260)", None)));
        wanted.push(ready(Condition::Party("province", values.into_iter().map(Cell::text).collect())));
    }
    if let Some(refs) = references(query, "owner") {
        wanted.push(Wanted::Reference(refs, Box::new(|ids| Condition::RecordIn("owner_id", ids))));
    }
    if let Some(values) = words(query, "code") {
        check_format(query, "code", &values, |value| RecordCode::parse(value).map(drop));
        wanted.push(ready(Condition::RecordIn("code", values.into_iter().map(Cell::text).collect())));
    }
    for name in TEXTS {
        let Some(values) = texts(query, name) else { continue };
        wanted.push(ready(Condition::RecordIn(name, values.into_iter().map(Cell::text).collect())));
    }
    for (name, ..) in INSTANTS.into_iter().filter(|(name, ..)| query.has_names_from(name)) {
        for (suffix, operator) in RANGES {
            let parameter = format!("{name}{suffix}");
            let moment = query.take_moment(&parameter);
            wanted.extend(moment.map(|moment| ready(Condition::Record(name, operator, Cell::Moment(moment)))));
        }
    }
}

fn own(member: &Member, query: &Query, wanted: &mut Vec<Wanted>) {
    let name = member.name;
    let ready = |condition| Wanted::Ready(condition);
    if !query.has_names_from(name) && !query.has_names_from("has_") {
        return;
    }
    match member.shape {
        Shape::Term(list) | Shape::Terms(list) => {
            if let Some(values) = words(query, name) {
                check_vocabulary(query, name, &values, list);
                wanted.push(ready(match member.shape {
                    Shape::Terms(_) => Condition::Classified(name, values),
                    _ => Condition::OwnIn(name.into(), values.into_iter().map(Cell::text).collect()),
                }));
            }
        }
        Shape::Divisions => {
            if let Some(values) = words(query, name) {
                check_vocabulary(query, name, &values, "divisions");
                wanted.push(ready(Condition::Classified(name, values)));
            }
        }
        Shape::Text | Shape::Code(_) => {
            let values = match member.shape {
                Shape::Text => texts(query, name),
                _ => words(query, name),
            };
            if let Some(values) = values {
                if let Shape::Code(Some(format)) = member.shape {
                    check_format(query, name, &values, |value| formats::check(format, value));
                }
                wanted.push(ready(Condition::OwnIn(name.into(), values.into_iter().map(Cell::text).collect())));
            }
        }
        Shape::Texts => {
            if let Some(values) = texts(query, name) {
                wanted.push(ready(Condition::Classified(name, values)));
            }
        }
        Shape::Flag => {
            let flag = query.take_bool(name);
            wanted.extend(flag.map(|flag| ready(Condition::Own(name.into(), "=", Cell::Flag(Some(flag))))));
        }
        Shape::Reference(_) | Shape::References(_) | Shape::Parties => {
            if let Some(refs) = references(query, name) {
                wanted.push(match member.shape {
                    Shape::Reference(_) => {
                        Wanted::Reference(refs, Box::new(move |ids| Condition::OwnIn(format!("{name}_id"), ids)))
                    }
                    Shape::Parties => Wanted::Reference(refs, Box::new(|ids| Condition::Party("org_id", ids))),
                    _ => {
                        let at = member.at;
                        Wanted::Reference(refs, Box::new(move |ids| Condition::Linked(at, ids)))
                    }
                });
            }
        }
        Shape::Integer | Shape::Money | Shape::Day | Shape::Month => {
            let quantity = member.shape.quantity();
            for (suffix, operator) in std::iter::once(("", "=")).chain(RANGES) {
                let cell = quantity.and_then(|quantity| (quantity.wanted)(query, &format!("{name}{suffix}")));
                wanted.extend(cell.map(|cell| ready(Condition::Own(name.into(), operator, cell))));
            }
        }
    }
    if !member.shape.has_presence() {
        return;
    }
    let present = query.take_bool(&format!("has_{name}"));
    wanted.extend(present.map(|present| {
        ready(match member.shape {
            Shape::Terms(_) | Shape::Texts | Shape::Divisions => Condition::HasClassification(name, present),
            Shape::Reference(_) => Condition::OwnPresent(format!("{name}_id"), present),
            _ => Condition::OwnPresent(name.into(), present),
        })
    }));
}

/// Common filters by texts of others, which may have commas in them.
pub const TEXTS: [&str; 2] = ["source_system", "source_id"];

/// The codes or ids of a parameter, separated by commas or repeated.
fn words(query: &Query, name: &str) -> Option<Vec<String>> {
    query.take_list(name, MOST_VALUES).map(in_order)
}

/// The texts of a parameter, which is repeated for several.
fn texts(query: &Query, name: &str) -> Option<Vec<String>> {
    query.take_texts(name).map(in_order)
}

/// Refuses values that cannot be what they should: a code with a wrong check digit would find nothing.
fn check_format(query: &Query, name: &str, values: &[String], check: impl Fn(&str) -> Result<(), &'static str>) {
    let faults = values.iter().filter_map(|value| Some((check(value).err()?, value)));
    query.refuse_all(faults.map(|(code, value)| Fault::parameter(name, code).arg("value", shown(value))));
}

fn known_words(query: &Query, name: &str, known: &[&str], list: &str) -> Option<Vec<String>> {
    let values = words(query, name)?;
    let unknown = values.iter().filter(|value| !known.contains(&value.as_str()));
    query.refuse_all(unknown.map(|value| {
        let guess = closest(value, known.iter().copied());
        not_in_list(name, value, &known.join(", "), guess).arg("list", list)
    }));
    Some(values)
}

/// Sorted, so that equal requests share one prepared statement.
fn in_order(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

fn references(query: &Query, name: &str) -> Option<Vec<String>> {
    let values = words(query, name)?;
    query.refuse_all(values.iter().filter_map(|value| RecordRef::check(name, value).err()));
    Some(values)
}

fn check_vocabulary(query: &Query, name: &str, values: &[String], list: &str) {
    let Some(list) = vocabulary(list) else { return };
    let unknown = values.iter().filter(|value| !list.contains(value));
    let allowed = || match list.entries.len() {
        ..=FEW => list.codes().collect::<Vec<_>>().join(", "),
        _ => format!("/api/v1/vocabularies/{}", list.name),
    };
    query.refuse_all(
        unknown.map(|value| not_in_list(name, value, &allowed(), list.suggest(value)).arg("list", list.name)),
    );
}

/// Vocabularies up to this size are listed in the fault.
const FEW: usize = 24;

impl Condition {
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
                let patterns = pointers.iter().map(|pointer| {
                    let pattern = pointer.replace('\\', "\\\\").replace('_', "\\_").replace('*', "%");
                    format!("l.pointer LIKE '{pattern}' ESCAPE '\\'")
                });
                sql.push(format!(" AND ({}))", patterns.collect::<Vec<_>>().join(" OR ")));
            }
        }
    }
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

/// Every parameter name of a kind's list, for `did_you_mean` and the contract.
pub fn parameter_names(kind: &Kind) -> Vec<String> {
    let mut names: Vec<String> = COMMON.iter().map(|common| common.name.to_owned()).collect();
    let ranges = |name: &str| RANGES.map(|(suffix, _)| format!("{name}{suffix}"));
    names.extend(INSTANTS.iter().flat_map(|(name, ..)| ranges(name)));
    for member in kind.members {
        names.push(member.name.to_owned());
        if member.shape.has_range() {
            names.extend(ranges(member.name));
        }
        if member.shape.has_presence() {
            names.push(format!("has_{}", member.name));
        }
    }
    names
}
