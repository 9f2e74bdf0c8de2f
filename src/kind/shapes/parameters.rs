//! Filter parameters: taken out of a query with all that is wrong in them refused, and described for the API reference.

use serde_json::{Value, json};

use crate::api::RecordRef;
use crate::api::openapi::choice;
use crate::api::query::{LONGEST_VALUE, MOST_VALUES, Query, not_in_list, shown};
use crate::db::Cell;
use crate::kind::Member;
use crate::kind::condition::{Condition, Wanted};
use crate::problem::Fault;
use crate::reference::vocabulary;

/// The codes or ids of a parameter, separated by commas or repeated.
pub fn words(query: &Query, name: &str) -> Option<Vec<String>> {
    query.take_list(name, MOST_VALUES).map(in_order)
}

/// The texts of a parameter, which is repeated for several.
pub fn texts(query: &Query, name: &str) -> Option<Vec<String>> {
    query.take_texts(name).map(in_order)
}

/// Refuses values that cannot be what they should: a code with a wrong check digit would find nothing.
pub fn check_format(query: &Query, name: &str, values: &[String], check: impl Fn(&str) -> Result<(), &'static str>) {
    let faults = values.iter().filter_map(|value| Some((check(value).err()?, value)));
    query.refuse_all(faults.map(|(code, value)| Fault::parameter(name, code).arg("value", shown(value))));
}

/// Sorted, so that equal requests share one prepared statement.
fn in_order(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

/// The records that a parameter names by id or code.
pub fn references(query: &Query, name: &str) -> Option<Vec<String>> {
    let values = words(query, name)?;
    query.refuse_all(values.iter().filter_map(|value| RecordRef::check(name, value).err()));
    Some(values)
}

/// The codes of this vocabulary in a parameter.
pub fn terms(query: &Query, name: &str, list: &str) -> Option<Vec<String>> {
    let values = words(query, name)?;
    let Some(list) = vocabulary(list) else { return Some(values) };
    let unknown = values.iter().filter(|value| !list.contains(value));
    let allowed = || match list.entries.len() {
        ..=FEW => list.codes().collect::<Vec<_>>().join(", "),
        _ => format!("/api/v1/vocabularies/{}", list.name),
    };
    query.refuse_all(
        unknown.map(|value| not_in_list(name, value, &allowed(), list.suggest(value)).arg("list", list.name)),
    );
    Some(values)
}

/// The filter by these values, if there are any.
pub fn any_of(values: Option<Vec<String>>, condition: impl FnOnce(Vec<String>) -> Condition) -> Vec<Wanted> {
    values.map(condition).map(Wanted::Ready).into_iter().collect()
}

/// The filter by the records that the query names for a member, if there are any.
pub fn any_record(
    query: &Query,
    member: &Member,
    condition: impl Fn(Vec<Cell>) -> Condition + Send + Sync + 'static,
) -> Vec<Wanted> {
    let refs = references(query, member.name);
    refs.map(|refs| Wanted::Reference(refs, Box::new(condition))).into_iter().collect()
}

/// Vocabularies up to this size are listed in the fault.
const FEW: usize = 24;

/// A filter by codes or ids: several are OR.
pub fn by_words(name: &str, about: &str, items: Value) -> Value {
    choice(
        name,
        &format!("{about} 多个值以逗号分隔或重复本参数，任一即可。Several by commas or by repeating: any of them."),
        items,
        MOST_VALUES,
    )
}

/// A filter by texts that may have commas in them: only repeated it takes several.
pub fn by_texts(name: &str, about: &str) -> Value {
    let items =
        json!({"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE, "pattern": r"^[^\x00-\x1f\x7f-\x9f]+$"});
    let about = format!(
        "{about} 逗号是值的一部分；多个值须重复本参数，任一即可。Commas are part of the value; repeat for several: any of them."
    );
    let mut parameter = choice(name, &about, items, MOST_VALUES);
    parameter["explode"] = json!(true);
    parameter
}

/// A filter by codes of this vocabulary.
pub fn by_terms(name: &str, about: &str, list: &str) -> Value {
    let codes: Vec<&str> = vocabulary(list).map(|list| list.codes().collect()).unwrap_or_default();
    by_words(name, about, json!({"type": "string", "enum": codes}))
}

/// A filter by records, each by id or code.
pub fn by_references(member: &Member) -> Value {
    let items = json!({"type": "string", "pattern": RecordRef::PATTERN, "maxLength": 36});
    by_words(member.name, &format!("{} id 或 code。Id or code.", member.about()), items)
}
