//! What every kind promises of its content: a closed and bounded schema, an example that holds, sentences for its faults.

mod tables;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::api::Language;
use crate::kind::Kind;
use crate::kind::findings::Findings;
use crate::kinds::{ALL, register};
use crate::problem::Fault;
use crate::reference::term::VOCABULARY;
use crate::reference::{formats, kind_names, labels, vocabulary};

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

fn named(name: &str) -> &'static Kind {
    ALL.iter().find(|kind| kind.name == name).unwrap_or_else(|| panic!("no kind {name}"))
}

fn required(kind: &Kind) -> Vec<String> {
    serde_json::from_value(components(kind)[kind.schema]["required"].clone()).unwrap()
}

fn assert_refused(kind: &Kind, at: &str, value: Value) {
    let mut body = (kind.example)();
    body.as_object_mut().unwrap().insert(at.to_owned(), value);
    assert!(!validator(kind).is_valid(&body), "{} accepts {at} = {}", kind.name, body[at]);
}

#[test]
fn each_check_compiles_and_takes_the_example_whole_and_as_a_patch() {
    for kind in register().kinds() {
        let mut found = findings();
        kind.checker.check_patch(&(kind.example)(), &mut found);
        let refused = kind.checker.check(&mut (kind.example)(), &mut found);
        assert_eq!((found.faults(), refused.len()), (&[][..], 0), "{}", kind.name);
    }
    assert!(register().requests.transition(&json!({"to": "submitted"})).is_ok());
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
        // Members that the service computes may come to it, at any depth; nothing of it changes.
        let mut merged = normal.clone();
        json_patch::merge(&mut merged, &example);
        assert_eq!(merged, normal, "{}", kind.name);
        assert_eq!((kind.check)(normal.clone(), &mut findings()), normal, "{}", kind.name);
        assert!(validator(kind).is_valid(&normal), "{}", kind.name);
    }
}

#[test]
fn required_members_are_required_in_the_schema() {
    let expected = [
        ("organizations", "name lifecycle type legal_person division_registered"),
        ("joint-labs", "name lifecycle platform_type fields disciplines research_topics parties divisions"),
        ("alliances", "name lifecycle alliance_type parties"),
        (
            "instruments",
            "name lifecycle host inner_no category source original_value manufacturer model commissioned_on instrument_class \
         technical functions disciplines service_content access_rules fee_note share_mode running_status affiliation \
         customs_supervised division place",
        ),
        (
            "projects",
            "name lifecycle plan parties principal fields disciplines start_on end_planned_on budget_total objectives",
        ),
        ("achievements", "name lifecycle achievement_type stage completing_units keywords security_level"),
        ("policies", "name lifecycle policy_kind parties topics applies_to"),
        (
            "demands",
            "name lifecycle organization name_disclosure demand_type problem_text technical_targets industry fields division \
         cooperation_modes deadline_on",
        ),
        (
            "capabilities",
            "name lifecycle organization description disciplines fields maturity cooperation_modes valid_until",
        ),
        ("indicators", "name lifecycle definition responsible_agency unit value_type direction aggregation frequency"),
        ("targets", "name lifecycle indicator scope parties target_year quantity"),
        ("observations", "name lifecycle indicator scope parties quantity origin rank quality"),
    ];
    for kind in ALL {
        let is_listed = expected.iter().any(|(name, _)| *name == kind.name);
        assert!(is_listed, "list the required members of {} here: {}", kind.name, required(kind).join(" "));
    }
    for (name, members) in expected {
        assert_eq!(required(named(name)).join(" "), members, "{name}");
    }
    for kind in ALL {
        for member in required(kind) {
            let mut body = (kind.example)();
            body.as_object_mut().unwrap().remove(&member);
            assert!(!validator(kind).is_valid(&body), "{} goes without {member}", kind.name);
        }
    }
}

#[test]
fn a_refused_member_is_reported_once_and_nothing_follows_from_its_absence() {
    for kind in ALL {
        let example = (kind.example)();
        for member in example.as_object().unwrap().keys() {
            let mut body = example.clone();
            body.as_object_mut().unwrap().remove(member);
            let mut found = findings();
            let pointer = format!("/{member}");
            found.refuse(&pointer, Fault::at(&pointer, "required"));
            (kind.check)(body, &mut found);
            assert_eq!(found.faults().len(), 1, "{} {member}: {:?}", kind.name, found.faults());
        }
        (kind.check)(json!({}), &mut findings());
    }
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let mut tried = 0;
    for kind in ALL {
        let mut body = (kind.example)();
        let mut found = findings();
        let normal = (kind.check)(body.clone(), &mut found);
        point_whole_numbers(&mut body, &mut tried);
        assert!(validator(kind).is_valid(&body), "{}", kind.name);
        assert_eq!((kind.check)(body, &mut found), normal, "{}: {:?}", kind.name, found.faults());
    }
    assert!(tried > 5, "{tried}");
}

/// Writes each whole number of a content as a generated client may: `120.0`.
fn point_whole_numbers(value: &mut Value, tried: &mut usize) {
    match value {
        Value::Number(number) => {
            *tried += 1;
            *value = json!(number.as_f64().unwrap());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point_whole_numbers(item, tried)),
        Value::Object(members) => members.values_mut().for_each(|member| point_whole_numbers(member, tried)),
        _ => {}
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
    let [organizations, labs, instruments] = ["organizations", "joint-labs", "instruments"].map(named);
    let [projects, achievements, policies] = ["projects", "achievements", "policies"].map(named);
    let [demands, capabilities] = ["demands", "capabilities"].map(named);
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
    assert_refused(achievements, "keywords", json!(["一", "二", "三", "四"]));
    assert_refused(achievements, "keywords", json!(["一,二"]));
    assert_refused(achievements, "security_level", json!("secret"));
    assert_refused(achievements, "registration_no", json!("99922022Y001"));
    assert_refused(achievements, "start_month", json!("2022-13"));
    assert_refused(achievements, "completing_units", json!([]));
    assert_refused(policies, "parties", json!([]));
    assert_refused(policies, "issued_on_precision", json!("week"));
    assert_refused(demands, "technical_targets", json!([]));
    assert_refused(demands, "name_disclosure", json!("perhaps"));
    assert_refused(capabilities, "maturity", json!("trl10"));
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

#[test]
fn every_fault_and_warning_has_a_sentence_in_both_languages() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kinds");
    let of = |kind: &std::path::Path| std::fs::read_dir(kind).into_iter().flatten().map(|file| file.unwrap().path());
    let files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().flat_map(|kind| of(&kind.unwrap().path()).collect::<Vec<_>>()).collect();
    let files: Vec<_> =
        files.into_iter().filter(|file| ["rules.rs", "parties.rs"].iter().any(|name| file.ends_with(name))).collect();
    assert!(files.len() >= ALL.len() + 2, "{files:?}");
    let is_code =
        |text: &&str| text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
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

#[test]
fn the_names_of_kinds_are_those_of_the_kinds_there_are() {
    let (named, declared): (Vec<_>, Vec<_>) =
        (kind_names::all().iter().map(|names| names.name).collect(), ALL.iter().map(|kind| kind.name).collect());
    assert_eq!(named, declared);
    for kind in ALL {
        assert_eq!((kind.schemas)()[0].0, kind.schema);
        assert_eq!(kind.table, kind.name.replace('-', "_"));
    }
}

#[test]
fn what_a_kind_cannot_leave_out_is_there_and_examples_can_be_varied() {
    for kind in ALL {
        assert!(!kind.about.zh.is_empty() && !kind.about.en.is_empty() && !kind.members.is_empty(), "{}", kind.name);
        let text = (kind.example)().pointer(kind.vary).and_then(Value::as_str).map(str::to_owned);
        assert!(text.is_some_and(|text| !text.is_empty()), "{} {}", kind.name, kind.vary);
    }
}

/// A term is taken from a vocabulary that there is, and may be one of its codes at least.
#[test]
fn every_term_of_a_content_has_a_list_of_codes() {
    let mut lists = 0;
    for kind in ALL {
        walk(&Value::Object(components(kind)), kind.name, &mut |schema, path| {
            let Some(name) = schema.get(VOCABULARY).and_then(Value::as_str) else { return };
            let list = vocabulary(name).unwrap_or_else(|| panic!("{path}: no vocabulary {name}"));
            let codes: Vec<&str> = schema["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(!codes.is_empty() && codes.iter().all(|code| list.contains(code)), "{path}: {name}");
            lists += 1;
        });
    }
    assert!(lists > ALL.len());
}

fn member_names(schema: &Value, names: &mut std::collections::BTreeSet<String>) {
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        names.insert(name.clone());
        member_names(inner, names);
    }
    ["items", "oneOf", "anyOf", "allOf"].iter().for_each(|step| match &schema[step] {
        Value::Array(several) => several.iter().for_each(|inner| member_names(inner, names)),
        inner if inner.is_object() => member_names(inner, names),
        _ => {}
    });
}

#[test]
fn every_member_has_a_label_for_sentences() {
    for kind in ALL {
        let mut names = std::collections::BTreeSet::new();
        components(kind).values().for_each(|schema| member_names(schema, &mut names));
        let unnamed: Vec<&String> =
            names.iter().filter(|name| labels::label("members", name, Language::Zh).is_none()).collect();
        assert!(unnamed.is_empty(), "add to data/reference/labels.csv: {unnamed:?}");
    }
}

#[test]
fn conditions_are_told_by_labels() {
    let mut told = 0;
    for kind in ALL {
        let mut findings = findings();
        let states: Vec<&str> = kind.lifecycle.steps.iter().map(|(_, after)| *after).collect();
        for state in states {
            let mut content = (kind.example)();
            content["lifecycle"] = json!(state);
            for optional in ["successor", "ended_on", "decommissioned_on", "replaced_by", "end_actual_on"] {
                content.as_object_mut().unwrap().remove(optional);
            }
            (kind.check)(content, &mut findings);
        }
        for fault in findings.faults().iter().filter(|fault| fault.code == "required-here") {
            let said = Language::Zh.say("fault-required-here", &fault.args).unwrap();
            assert!(!said.contains(['=', '_']) && said.contains('“'), "{}: {said}", kind.name);
            told += 1;
        }
    }
    assert!(told > 5);
}
