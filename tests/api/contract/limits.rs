//! The limits that the document gives to query parameters are kept: a value just inside is answered, one just outside refused.

use serde_json::Value;

use super::document::{Operation, document, identifier, operations, resolved};
use crate::support::contents::{instrument, organization};
use crate::support::*;

/// Stands between the values of a parameter that is repeated.
const REPEATED: &str = "\u{1}";

/// A value of a parameter, and whether the document allows it.
type Probe = (String, bool);

#[apply(api_test)]
async fn every_declared_limit_of_a_query_is_kept(app: TestApp) {
    let document = document();
    let agency = app.client("cq-agency");
    let (mut inside, mut outside) = (0, 0);
    for operation in operations(&document).iter().filter(|operation| operation.method == "get") {
        for parameter in operation.parameters().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let separator = if parameter["explode"] == true { REPEATED } else { "," };
            for (value, allowed) in probes(resolved(&document, &parameter["schema"]), &document, name, separator) {
                let status = ask(operation, &agency, name, &value).await;
                let shown: String = value.chars().take(80).collect();
                match allowed {
                    true => assert_ne!(status, 400, "{} {name}={shown}", operation.id()),
                    false => assert_eq!(status, 400, "{} {name}={shown}", operation.id()),
                }
                *(if allowed { &mut inside } else { &mut outside }) += 1;
            }
        }
    }
    assert!(inside > 1000 && outside > 1500, "{inside} inside, {outside} outside");
}

async fn ask(operation: &Operation, caller: &Caller, name: &str, value: &str) -> u16 {
    let pairs: Vec<(&str, &str)> = value.split(REPEATED).map(|value| (name, value)).collect();
    let example = operation.example_path();
    let (place, others) = example.split_once('?').unwrap_or((&example, ""));
    let is_other = |pair: &&str| pair.split('=').next() != Some(name);
    let others: Vec<&str> = others.split('&').filter(|pair| !pair.is_empty()).filter(is_other).collect();
    let place = if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) };
    caller.get(&place).query(&pairs).await.status()
}

/// Values at both sides of every limit of a schema.
fn probes(schema: &Value, document: &Value, name: &str, separator: &str) -> Vec<Probe> {
    match schema["type"].as_str() {
        Some("integer") => whole_numbers(schema),
        Some("boolean") => pairs(&["true", "false"], &["", "TRUE", "1", "true,false"]),
        Some("array") => lists(schema, document, name, separator),
        Some("string") => texts(schema),
        other => panic!("{name} is of the type {other:?}"),
    }
}

fn pairs(inside: &[&str], outside: &[&str]) -> Vec<Probe> {
    let inside = inside.iter().map(|value| ((*value).to_owned(), true));
    inside.chain(outside.iter().map(|value| ((*value).to_owned(), false))).collect()
}

fn whole_numbers(schema: &Value) -> Vec<Probe> {
    let (least, most) = (schema["minimum"].as_i64().unwrap(), schema["maximum"].as_i64().unwrap());
    let wrong = [format!("{}", least - 1), format!("{}", most + 1), format!("+{least}"), format!("{least}.0")];
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).chain(["", "many", "99999999999999999999"]).collect();
    pairs(&[&most.to_string()], &wrong)
}

fn texts(schema: &Value) -> Vec<Probe> {
    if let Some(words) = schema["enum"].as_array() {
        return pairs(&[words[0].as_str().unwrap()], &["", "nonsense"]);
    }
    let long = "9".repeat(schema["maxLength"].as_u64().unwrap() as usize + 1);
    match schema["format"].as_str() {
        Some("date") => {
            pairs(&["1800-01-01", "2200-12-31"], &["1799-12-31", "2201-01-01", "2024-02-30", "2024-6-1", ""])
        }
        Some("month") => pairs(&["1800-01", "2200-12"], &["1799-12", "2201-01", "2024-13", "2024-6", ""]),
        Some("date-time") => {
            let digits = "0".repeat(40);
            // A future moment is refused where the past is requested.
            pairs(
                &["2026-09-02T00:00:00.123456789+08:00"],
                &[&format!("2026-09-02T00:00:00.{digits}Z"), "2026-09-02", "", "now"],
            )
        }
        Some("uuid") => {
            pairs(&["019abf00-0000-7000-8000-000000000001"], &["019abf00000070008000000000000001", "", &long])
        }
        _ if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("[A-Z]{3}-")) => {
            let outside = [
                "ORG-2026-000001-2",
                "ORG-2026-0000001-1",
                "ORG-0026-000001-3",
                "XYZ-2026-000001-1",
                "org-2026-000001-1",
                "",
                &long,
            ];
            pairs(&["ORG-2026-000001-1", "ORG-2026-1000000-4"], &outside)
        }
        _ if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("{0,14}")) => {
            pairs(&["0", "999999999999999.99"], &["1000000000000000", "1.001", "-1", "01", "1e3", "", &long])
        }
        _ => pairs(&[], &["", &long]),
    }
}

/// Lists keep the number and uniqueness of their values besides what each value is.
fn lists(schema: &Value, document: &Value, name: &str, separator: &str) -> Vec<Probe> {
    let items = resolved(document, &schema["items"]);
    let most = schema["maxItems"].as_u64().unwrap() as usize;
    if let Some(words) = items["enum"].as_array() {
        let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
        let whole = words.iter().take(most).copied().collect::<Vec<_>>().join(",");
        let over = words.iter().take(most + 1).copied().collect::<Vec<_>>().join(",");
        let twice = format!("{},{}", words[0], words[0]);
        let mut found = pairs(&[words[0]], &["", "nonsense", &twice, &format!("{},", words[0])]);
        if words.len() > most {
            found.push((over, false));
        }
        // Two names of one key are one key.
        if name != "sort" {
            found.push((whole, true));
        }
        return found;
    }
    let some = |count: usize| (1..=count).map(|number| value(items, number)).collect::<Vec<_>>();
    let first = value(items, 1);
    let mut found = pairs(
        &[&first, &some(most).join(separator)],
        &[
            "",
            &some(most + 1).join(separator),
            &[&first[..], &first].join(separator),
            &[&first[..], "", &value(items, 2)].join(separator),
        ],
    );
    let longest = items["maxLength"].as_u64().unwrap() as usize;
    found.push(("x".repeat(longest + 1), false));
    if longest == 200 {
        found.push(("x".repeat(longest), true));
    }
    found
}

/// The `number`th of many values that an item may have.
fn value(items: &Value, number: usize) -> String {
    match items["maxLength"].as_u64().unwrap() {
        _ if items["format"].is_string() => identifier(items["format"].as_str().unwrap(), number),
        36 => format!("019abf00-0000-7000-8000-{number:012}"),
        17 | 18 => chuanyu::reference::RecordCode::new("ORG", 2026, number as u32).unwrap().to_string(),
        63 => format!("client-{number}"),
        80 => format!("joint_lab.a{}", "x".repeat(number)),
        _ => number.to_string(),
    }
}

#[apply(api_test)]
async fn a_whole_number_that_is_none_is_told_what_it_should_be(app: TestApp) {
    let problem = app.anonymous().get("/api/v1/joint-labs?fixed_staff_gte=many").await.problem(400);
    assert_eq!(problem.faults(), [("fixed_staff_gte".to_owned(), "wrong-type".to_owned())]);
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("integer"), "{}", problem["errors"][0]);
}

#[apply(api_test)]
async fn a_source_id_keeps_its_pattern_after_percent_decoding(app: TestApp) {
    let agency = app.client("cq-agency");
    let put = |key: &str| agency.put(&format!("/api/v1/organizations/by-source/{key}"), organization());
    for (key, code) in [("A%2FB", "pattern"), ("%E2%80%AE", "bidi-control"), ("%E2%80%8B", "blank")] {
        let problem = put(key).await.problem(400);
        assert_eq!(problem.faults(), [("source_id".to_owned(), code.to_owned())], "{key}");
    }
    for key in ["A%7FB", "A%0AB", "A%09B"] {
        assert_eq!(put(key).await.status(), 400, "{key}");
    }
    assert_eq!(put(&"x".repeat(201)).await.problem(400).faults(), [("source_id".to_owned(), "too-long".to_owned())]);
    let made = put("%E6%B8%9D%20%231").await.expect(201);
    assert_eq!(made["source_id"], "渝 #1");
    put(&"x".repeat(200)).await.expect(201);
}

#[apply(api_test)]
async fn the_codes_that_are_allowed_are_told_with_their_labels(app: TestApp) {
    let agency = app.client("cq-agency");
    for (language, code, state) in
        [("zh-CN", "2（外部共享）", "draft（草稿）"), ("en", "2 (External sharing)", "draft (Draft)")]
    {
        let told = |problem: ProblemAnswer| problem["errors"][0]["detail"].as_str().unwrap().to_owned();
        let list =
            agency.get("/api/v1/instruments?share_mode=9").header("accept-language", language).await.problem(400);
        let content = instrument().with("/share_mode", "9");
        let body = agency.post("/api/v1/instruments", content).header("accept-language", language).await.problem(422);
        for detail in [told(list), told(body)] {
            assert!(detail.contains(code), "{detail}");
        }
        let states = agency.get("/api/v1/instruments?state=odd").header("accept-language", language).await.problem(400);
        let detail = told(states);
        assert!(detail.contains(state), "{detail}");
    }
}

#[apply(api_test)]
async fn the_first_words_of_a_member_find_it(app: TestApp) {
    let problem = app.anonymous().get("/api/v1/organizations?fields=division").await.problem(400);
    assert_eq!(problem["errors"][0]["did_you_mean"], "division_located");
}
