//! What every kind promises: a closed and bounded schema, an example that holds, members that fit the tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::ALL;
use crate::api::Language;
use crate::db::{Target, migrate};
use crate::records::{Findings, Kind, Ownership, Shape};
use crate::reference::{formats, vocabulary};

fn findings() -> Findings {
    Findings::new(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap())
}

fn components(kind: &Kind) -> Map<String, Value> {
    (kind.schemas)().into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect()
}

fn validator(kind: &Kind) -> jsonschema::Validator {
    let root = format!("#/components/schemas/{}", kind.schema);
    let document = json!({"$ref": root, "components": {"schemas": components(kind)}});
    let mut options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    for format in formats::FORMATS {
        options = options.with_format(*format, move |text: &str| formats::check(format, text).is_ok());
    }
    options.build(&document).unwrap()
}

fn assert_refused(kind: &Kind, at: &str, value: Value) {
    let mut body = (kind.example)();
    body.as_object_mut().unwrap().insert(at.to_owned(), value);
    assert!(!validator(kind).is_valid(&body), "{} accepts {at} = {}", kind.name, body[at]);
}

#[test]
fn each_example_is_valid_without_faults_and_in_normal_form_stays_as_it_is() {
    for kind in ALL {
        let example = (kind.example)();
        let errors: Vec<String> = validator(kind).iter_errors(&example).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", kind.name);
        let mut found = findings();
        let normal = (kind.check)(example.clone(), &mut found);
        assert_eq!(found.faults(), [], "{}", kind.name);
        for (name, value) in example.as_object().unwrap() {
            assert_eq!(&normal[name], value, "{} {name}", kind.name);
        }
        assert_eq!((kind.check)(normal.clone(), &mut findings()), normal, "{}", kind.name);
        assert!(validator(kind).is_valid(&normal), "{}", kind.name);
    }
}

#[test]
fn required_members_are_required_in_the_schema() {
    let expected = [
        "name lifecycle type legal_person division_registered",
        "name lifecycle platform_type fields disciplines research_topics parties divisions",
        "name lifecycle alliance_type parties",
        "name lifecycle host inner_no category source original_value manufacturer model commissioned_on instrument_class \
         technical functions disciplines service_content access_rules fee_note share_mode running_status affiliation \
         customs_supervised division place",
        "name lifecycle plan parties principal fields disciplines start_on end_planned_on budget_total objectives",
    ];
    for (kind, members) in ALL.into_iter().zip(expected) {
        let required: Vec<String> = serde_json::from_value(components(kind)[kind.schema]["required"].clone()).unwrap();
        assert_eq!(required.join(" "), members, "{}", kind.name);
        for member in required {
            let mut body = (kind.example)();
            body.as_object_mut().unwrap().remove(&member);
            assert!(!validator(kind).is_valid(&body), "{} goes without {member}", kind.name);
        }
    }
}

#[test]
fn a_body_without_its_refused_members_can_still_be_checked() {
    for kind in ALL {
        let example = (kind.example)();
        for member in example.as_object().unwrap().keys() {
            let mut body = example.clone();
            body.as_object_mut().unwrap().remove(member);
            let mut found = findings();
            (kind.check)(body, &mut found);
            assert!(found.faults().iter().all(|fault| fault.code != "invalid-value"), "{} {member}", kind.name);
        }
        (kind.check)(json!({}), &mut findings());
    }
}

#[test]
fn bodies_are_closed_and_lists_of_codes_are_sets() {
    for kind in ALL {
        assert_refused(kind, "nonsense", json!(1));
        assert_refused(kind, "lifecycle", json!("nonsense"));
        assert_refused(kind, "name", json!({"en": "no Chinese name"}));
        assert_refused(kind, "remarks", json!("长".repeat(2001)));
    }
    let [organizations, labs, _, instruments, projects] = ALL;
    assert_refused(organizations, "disciplines", json!(["460", "460"]));
    assert_refused(organizations, "industry", json!("C"));
    assert_refused(organizations, "division_registered", json!("500100"));
    assert_refused(organizations, "contact", json!({"email": "nobody"}));
    assert_refused(labs, "research_topics", json!([]));
    assert_refused(labs, "research_topics", json!(["一", "二", "三", "四", "五", "六"]));
    assert_refused(labs, "research_topics", json!(["长".repeat(201)]));
    assert_refused(labs, "area_m2", json!("1e3"));
    assert_refused(instruments, "booking_url", json!("ftp://example.org"));
    assert_refused(instruments, "rated_hours", json!(0));
    assert_refused(instruments, "pid", json!("https://doi.org/10.1/x"));
    assert_refused(projects, "start_on", json!("2024-6-1"));
    assert_refused(projects, "budget_total", json!({"amount": "-1.00", "currency": "CNY"}));
}

/// Every schema inside `value`, with a path for messages.
fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&Value, &str)) {
    match value {
        Value::Object(members) => {
            visit(value, path);
            members.iter().for_each(|(name, member)| walk(member, &format!("{path}/{name}"), visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, visit)),
        _ => {}
    }
}

#[test]
fn every_text_list_and_number_is_bounded() {
    for kind in ALL {
        walk(&Value::Object(components(kind)), kind.name, &mut |schema, path| {
            let is = |name: &str| {
                schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.contains(&json!(name)))
            };
            let has = |name: &str| schema.get(name).is_some();
            if path.ends_with("/properties") {
                return;
            }
            assert!(!is("string") || has("maxLength") || has("enum"), "{path} has no bound");
            assert!(!is("array") || has("maxItems"), "{path} has no bound");
            assert!(!is("integer") || (has("minimum") && has("maximum")), "{path} has no bounds");
            assert!(!is("object") || schema["additionalProperties"] == false, "{path} is open");
            assert!(!has("default"), "{path} has a default");
            let anchored = |pattern: &str| pattern == r"\S" || (pattern.starts_with('^') && pattern.ends_with('$'));
            assert!(schema["pattern"].as_str().is_none_or(anchored), "{path} has an open pattern");
        });
    }
}

#[test]
fn every_member_is_described_in_both_languages() {
    let from_reference = ["LocalizedText", "Money"];
    for kind in ALL {
        let described = components(kind).into_iter().filter(|(name, _)| !from_reference.contains(&name.as_str()));
        for (name, schema) in described {
            for (member, inner) in schema["properties"].as_object().into_iter().flatten() {
                let text = inner["description"].as_str().or_else(|| inner.pointer("/oneOf/0/description")?.as_str());
                let text = text.unwrap_or_else(|| panic!("{name}.{member} has no description"));
                let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                let english = text.ends_with('.') && text.contains(|c: char| c.is_ascii_lowercase());
                assert!(chinese && english, "{name}.{member}: {text}");
            }
        }
    }
}

/// The pointers (with `*`) of everything that is a reference to another record.
fn references(schema: &Value, at: &str, all: &Map<String, Value>, found: &mut BTreeSet<String>) {
    let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if name == "Reference" {
            found.insert(at.to_owned());
        } else {
            references(&all[name], at, all, found);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        references(member, &format!("{at}/{name}"), all, found);
    }
    if let Some(items) = schema.get("items") {
        references(items, &format!("{at}/*"), all, found);
    }
}

#[test]
fn every_reference_inside_a_content_is_a_declared_member() {
    for kind in ALL {
        let all = components(kind);
        let mut found = BTreeSet::new();
        references(&all[kind.schema], "", &all, &mut found);
        let is_reference = |shape| matches!(shape, Shape::Reference(_) | Shape::References(_));
        let members = kind.members.iter().filter(|member| is_reference(member.shape));
        let declared: BTreeSet<String> =
            members.flat_map(|member| member.at.iter().map(|at| (*at).to_owned())).collect();
        assert_eq!(declared, found, "{}", kind.name);
    }
}

/// Whether a pointer with `*` leads somewhere in the schema.
fn leads_somewhere(schema: &Value, pointer: &str, all: &Map<String, Value>) -> bool {
    let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return leads_somewhere(&all[name], pointer, all);
    }
    let Some(rest) = pointer.strip_prefix('/') else { return pointer.is_empty() };
    let (name, rest) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match name {
        "*" => schema.get("items").is_some_and(|items| leads_somewhere(items, rest, all)),
        name => schema.pointer(&format!("/properties/{name}")).is_some_and(|member| leads_somewhere(member, rest, all)),
    }
}

#[test]
fn members_uniques_and_lifecycles_point_at_what_exists() {
    for kind in ALL {
        let all = components(kind);
        let pointers = kind.members.iter().flat_map(|member| member.at).chain(kind.uniques.iter().flat_map(|it| it.at));
        for pointer in pointers {
            assert!(leads_somewhere(&all[kind.schema], pointer, &all), "{} {pointer}", kind.name);
        }
        for member in kind.members {
            if let Shape::Term(name) | Shape::Terms(name) = member.shape {
                assert!(vocabulary(name).is_some(), "{name}");
            }
        }
        for name in kind.unsigned.iter().chain(kind.private) {
            assert!(all[kind.schema]["properties"].get(name).is_some(), "{} {name}", kind.name);
        }
        let states = vocabulary(kind.lifecycle.vocabulary).unwrap();
        let named = kind.lifecycle.steps.iter().flat_map(|(from, to)| [from, to]).chain(kind.lifecycle.ended);
        assert!(named.into_iter().all(|state| states.contains(state)), "{}", kind.name);
        for entry in &states.entries {
            let left_or_reached =
                kind.lifecycle.steps.iter().any(|(from, to)| [*from, *to].contains(&entry.code.as_str()));
            assert!(left_or_reached, "{} never reaches {}", kind.name, entry.code);
        }
        assert_eq!(kind.members.iter().any(|member| member.shape == Shape::Parties), kind.is_joint());
        assert!(matches!(kind.ownership, Ownership::Joint) == kind.is_joint());
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    r#type: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    notnull: i64,
}

/// Column → (type, NOT NULL) as the kind's members ask for.
fn wanted(kind: &Kind) -> BTreeMap<String, &'static str> {
    let column = |shape| match shape {
        Shape::Flag => "boolean",
        Shape::Integer | Shape::Money => "bigint",
        Shape::Day => "date",
        Shape::Reference(_) => "blob",
        _ => "text",
    };
    let name =
        |name: &str, shape| if matches!(shape, Shape::Reference(_)) { format!("{name}_id") } else { name.to_owned() };
    let members = kind.members.iter().filter(|member| member.shape.has_column());
    members.map(|member| (name(member.name, member.shape), column(member.shape))).collect()
}

#[test]
fn the_tables_have_exactly_the_columns_of_the_members() {
    let path = std::env::temp_dir().join(format!("kinds-{}.db", uuid::Uuid::now_v7()));
    let target = Target::Sqlite(path.clone());
    migrate::run(&target).unwrap();
    let mut conn = target.open(crate::db::connection::Purpose::Read).unwrap();
    for kind in ALL {
        let query = format!("SELECT name, lower(type) AS type, \"notnull\" FROM pragma_table_info('{}')", kind.table);
        let columns: Vec<Column> = match &mut conn {
            crate::db::Connection::Sqlite(conn) => diesel::sql_query(query).load(conn).unwrap(),
            crate::db::Connection::Postgres(_) => unreachable!(),
        };
        let found: BTreeMap<String, &str> = columns
            .iter()
            .filter(|column| column.name != "record_id")
            .map(|column| (column.name.clone(), column.r#type.as_str()))
            .collect();
        assert_eq!(found, wanted(kind), "{}", kind.table);
        for member in kind.members.iter().filter(|member| member.sort) {
            assert!(columns.iter().any(|column| column.name == member.name && column.notnull == 1), "{}", member.name);
        }
    }
    drop(conn);
    let _ = std::fs::remove_file(path);
}

#[test]
fn both_engines_get_the_same_tables() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for (number, kind) in (3..).zip(ALL) {
        let folder = format!("2026-11-22-{number:06}_{}", kind.table);
        let read = |engine: &str| std::fs::read_to_string(root.join(engine).join(&folder).join("up.sql")).unwrap();
        let common = read("sqlite")
            .replace(" WITHOUT ROWID", "")
            .replace("PRIMARY KEY NOT NULL", "PRIMARY KEY")
            .replace(" blob ", " uuid ");
        assert_eq!(common, read("postgres"), "{folder}");
    }
}

#[test]
fn every_fault_and_warning_has_a_sentence_in_both_languages() {
    let sources = [
        include_str!("shared/parties.rs"),
        include_str!("shared/rules.rs"),
        include_str!("organizations/rules.rs"),
        include_str!("joint_labs/rules.rs"),
        include_str!("alliances/rules.rs"),
        include_str!("instruments/rules.rs"),
        include_str!("projects/rules.rs"),
    ];
    let is_code =
        |text: &&str| text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    for source in sources {
        let rules = source.split("#[cfg(test)]").next().unwrap();
        for code in rules.split('"').filter(is_code).chain(["required-here", "before-other-date", "in-the-future"]) {
            for language in Language::ALL {
                assert!(
                    language.say(&format!("fault-{code}"), &[]).is_some(),
                    "no {} sentence for {code}",
                    language.tag()
                );
            }
        }
    }
}
