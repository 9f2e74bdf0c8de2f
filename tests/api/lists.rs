//! Lists: every record once, every filter what it says, on both engines alike.

use std::collections::BTreeSet;

use chuanyu::api::RecordRef;
use chuanyu::contract::document;
use chuanyu::kind::{Kind, Member};
use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use chuanyu::reading::list::sort_names;
use chuanyu::reference::Money;
use serde_json::{Value, json};

use crate::contract::document::identifier;
use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// Every item of a list, page by page; checks what the pages say of themselves.
async fn walk(caller: &Caller, query: &str, limit: usize) -> Vec<Value> {
    let and = if query.contains('?') { '&' } else { '?' };
    let mut next = format!("{query}{and}limit={limit}");
    let mut all = Vec::new();
    loop {
        let answer = caller.get(&next).await;
        let page = answer.expect(200);
        let items = page["items"].as_array().unwrap();
        all.extend(items.iter().cloned());
        let more = page["page"]["has_more"].as_bool().unwrap();
        assert_eq!((more, more), (page["page"]["next_cursor"].is_string(), answer.has_header("link")), "{next}");
        if !more {
            return all;
        }
        assert_eq!(items.len(), limit);
        let link = answer.header("link");
        next = link
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""))
            .expect("a next link")
            .to_owned();
        assert!(next.contains(page["page"]["next_cursor"].as_str().unwrap()));
    }
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn set(items: &[Value]) -> BTreeSet<String> {
    let all: BTreeSet<String> = ids(items).into_iter().collect();
    assert_eq!(all.len(), items.len(), "no record twice");
    all
}

#[apply(api_test)]
async fn paging_visits_every_record_once_in_every_order(app: TestApp) {
    let reader = app.client("reader");
    for kind in register().kinds() {
        let list = format!("/api/v1/{}", kind.name);
        let all = set(&walk(&reader, &list, 200).await);
        let mut sorts: Vec<String> =
            sort_names(kind).iter().flat_map(|name| [name.to_string(), format!("-{name}")]).collect();
        sorts.extend(["-name,code", "created_at,-code", "-updated_at,-id"].map(str::to_owned));
        if let Some(own) = kind.members.iter().find(|member| member.sort) {
            sorts.extend([
                format!("{},-code", own.name),
                format!("-{},name", own.name),
                format!("state_of,{}", own.name),
            ]);
        }
        sorts.retain(|sort| !sort.starts_with("state_of"));
        for sort in sorts {
            let limit = if all.len() > 100 { 83 } else { 3 };
            let visited = walk(&reader, &format!("{list}?sort={sort}&fields=code"), limit).await;
            assert_eq!(set(&visited), all, "{} {sort}", kind.name);
        }
    }
}

#[apply(api_test)]
async fn the_order_is_the_one_asked_for(app: TestApp) {
    let reader = app.client("reader");
    let money =
        |item: &Value| -> i64 { item["original_value"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap() };
    let dear = walk(&reader, "/api/v1/instruments?sort=-original_value", 50).await;
    assert!(dear.windows(2).all(|two| money(&two[0]) >= money(&two[1])));
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let mixed = walk(&reader, "/api/v1/instruments?sort=lifecycle,-original_value,code", 50).await;
    assert!(mixed.windows(2).all(|two| {
        let key = |item: &Value| (text(item, "lifecycle"), -money(item), text(item, "code"));
        key(&two[0]) <= key(&two[1])
    }));
    let ids = ids(&walk(&reader, "/api/v1/instruments", 50).await);
    assert!(ids.is_sorted(), "by id unless told otherwise");
    let codes = walk(&reader, "/api/v1/instruments?sort=-code", 50).await;
    assert!(codes.windows(2).all(|two| text(&two[0], "code") > text(&two[1], "code")));
    let names = walk(&reader, "/api/v1/organizations?sort=name", 50).await;
    assert!(
        names.windows(2).all(|two| two[0]["name"]["zh"].as_str() <= two[1]["name"]["zh"].as_str()),
        "by code point on both engines"
    );
}

#[apply(api_test)]
async fn what_is_written_between_two_pages_moves_no_other_record(app: TestApp) {
    let agency = app.client("cq-agency");
    let before = ids(&walk(&agency, "/api/v1/joint-labs?sort=code", 200).await);
    let first = agency.get("/api/v1/joint-labs?sort=code&limit=2").await.expect(200);
    let new = app.active_joint("joint-labs", joint_lab()).await;
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = agency.get(&format!("/api/v1/joint-labs?sort=code&limit=200&cursor={cursor}")).await.items();
    let mut seen = ids(first["items"].as_array().unwrap());
    seen.extend(ids(&rest));
    let mut expected = before;
    expected.push(new["id"].as_str().unwrap().to_owned());
    assert_eq!(seen, expected);
}

#[apply(api_test)]
async fn a_page_that_is_asked_for_again_tells_what_changed_meanwhile(app: TestApp) {
    let agency = app.client("cq-agency");
    let other = TestApp::on(app.engine, app.database.clone(), &[]); // another process on the same database
    // Who asks, and whether a draft of the agency is theirs.
    let everyone = [
        (app.anonymous(), false),
        (app.client("reader"), false),
        (agency.clone(), true),
        (other.anonymous(), false),
        (other.client("cq-agency"), true),
    ];
    let place = "/api/v1/instruments?category=010100&sort=-commissioned_on&include_total=true&limit=200";
    let ask = async |caller: &Caller| {
        let page = caller.get(place).await.expect(200);
        assert_eq!(caller.get(place).await.expect(200), page, "nothing changed");
        let items = page["items"].as_array().unwrap().clone();
        assert_eq!(page["page"]["total"], items.len());
        items
    };
    let mut before = Vec::new();
    for (caller, _) in &everyone {
        before.push(ask(caller).await.len());
    }
    let draft = agency.create("instruments", instrument().with("/category", "010100")).await;
    for ((caller, is_own), before) in everyone.iter().zip(&before) {
        let seen = ask(caller).await;
        assert_eq!(seen.len(), before + usize::from(*is_own));
        assert_eq!(seen.iter().any(|item| item["id"] == draft["id"]), *is_own);
    }
    let active = agency.transition("instruments", &draft, "active", None).await.expect(200);
    let renamed = json!({"name": {"zh": "改名的仪器", "en": null}});
    let renamed = agency.patch(&path("instruments", &active), renamed).if_match(revision(&active)).await.expect(200);
    for ((caller, _), before) in everyone.iter().zip(&before) {
        let seen = ask(caller).await;
        assert_eq!(seen.len(), before + 1);
        let item = seen.iter().find(|item| item["id"] == draft["id"]).unwrap();
        assert_eq!((&item["revision"], &item["name"]["zh"]), (&renamed["revision"], &json!("改名的仪器")));
    }
    agency.transition("instruments", &renamed, "withdrawn", Some("登记有误")).await.expect(200);
    for ((caller, _), before) in everyone.iter().zip(&before) {
        assert_eq!(ask(caller).await.len(), *before);
    }
}

#[apply(api_test)]
async fn a_cursor_belongs_to_its_list(app: TestApp) {
    let reader = app.client("reader");
    let first = reader.get("/api/v1/instruments?limit=2&province=500000&sort=code").await.expect(200);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    for query in [
        "province=510000&sort=code",
        "sort=code",
        "province=500000",
        "province=500000&sort=-code",
        "province=500000&sort=code&share_mode=1",
    ] {
        let problem = reader.get(&format!("/api/v1/instruments?{query}&cursor={cursor}")).await.problem(400);
        assert_eq!(problem.code(), "cursor-mismatch", "{query}");
    }
    let problem = reader.get(&format!("/api/v1/projects?province=500000&sort=code&cursor={cursor}")).await.problem(400);
    assert_eq!(problem.code(), "cursor-mismatch");
    for query in [
        "limit=7&province=500000&sort=code",
        "sort=code&province=500000&include_total=true",
        "province=500000&sort=code&fields=name",
    ] {
        assert_eq!(reader.get(&format!("/api/v1/instruments?{query}&cursor={cursor}")).await.status(), 200, "{query}");
    }
    for bad in ["x", "e30", "%00", "eyJ2IjoxfQ", "____", &cursor[..cursor.len() - 3]] {
        let problem =
            reader.get(&format!("/api/v1/instruments?province=500000&sort=code&cursor={bad}")).await.problem(400);
        assert!(
            ["invalid-parameter", "cursor-mismatch", "malformed-request"].contains(&problem.code()),
            "{bad} {}",
            problem.code()
        );
    }
}

#[apply(api_test)]
async fn the_limit_has_bounds_and_the_total_is_exact(app: TestApp) {
    let reader = app.client("reader");
    for bad in ["0", "-1", "201", "x", "", "1.5", "99999999999999999999"] {
        let problem = reader.get(&format!("/api/v1/instruments?limit={bad}")).await.problem(400);
        assert_eq!((problem.code(), problem.faults()[0].0.as_str()), ("invalid-parameter", "limit"), "{bad}");
    }
    assert_eq!(reader.get("/api/v1/instruments").await.items().len(), 50);
    assert!(reader.get("/api/v1/instruments").await.json()["page"].get("total").is_none());
    for query in ["", "&share_mode=1", "&division=500000", "&sort=-original_value", "&limit=1"] {
        let total =
            reader.get(&format!("/api/v1/instruments?include_total=true{query}")).await.expect(200)["page"]["total"]
                .clone();
        let all = walk(
            &reader,
            &format!("/api/v1/instruments?x{query}").replace("?x&", "?").replace("?x", "").replace("?limit=1", ""),
            200,
        )
        .await;
        assert_eq!(total, all.len(), "{query}");
    }
}

#[apply(api_test)]
async fn every_documented_parameter_is_answered(app: TestApp) {
    let reader = app.client("reader");
    let document = document();
    let organization =
        reader.get("/api/v1/organizations?limit=1").await.items()[0]["code"].as_str().unwrap().to_owned();
    for kind in register().kinds() {
        let parameters = document["paths"][format!("/api/v1/{}", kind.name)]["get"]["parameters"].as_array().unwrap();
        let names: Vec<&str> =
            parameters.iter().filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap()).collect();
        assert!(names.len() > 20, "{names:?}");
        for name in names {
            let value = value_for(kind, name, &organization);
            let answer = reader.get(&format!("/api/v1/{}?{name}={value}", kind.name)).await;
            if name == "cursor" {
                assert_eq!(answer.status(), 400);
                continue;
            }
            assert_eq!(answer.status(), 200, "{}?{name}={value} {}", kind.name, answer.text());
            let total = reader
                .get(&format!("/api/v1/{}?{name}={value}", kind.name))
                .query(&[("include_total", "true"), ("sort", "-updated_at")])
                .await;
            if !["include_total", "sort"].contains(&name) {
                assert_eq!(total.status(), 200, "{}?{name}={value}", kind.name);
            }
        }
    }
}

/// A value that the parameter takes.
fn value_for(kind: &Kind, name: &str, organization: &str) -> String {
    let plain = ["_gte", "_gt", "_lte", "_lt"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
    if name.starts_with("has_") {
        return "true".to_owned();
    }
    let word = match plain {
        "limit" => "5",
        "cursor" => "x",
        "include_total" => "true",
        "sort" => "code",
        "fields" => "name",
        "expand" if !kind.has_owner() => "parties",
        "expand" => "owner",
        "state" => "active",
        "province" => "500000",
        "created_at" | "updated_at" | "published_at" => "2026-01-01T08:00:00%2B08:00",
        "owner" | "code" => organization,
        "source_id" | "source_system" => "x",
        "q" => "%E9%87%8D%E5%BA%86",
        _ => "",
    };
    if !word.is_empty() {
        return word.to_owned();
    }
    let member =
        kind.members.iter().find(|member| member.name == plain).unwrap_or_else(|| panic!("{} {name}", kind.name));
    let described = &member.shape.parameters(member)[0]["schema"];
    let schema = described.get("items").unwrap_or(described);
    let said = |name: &str| schema[name].as_str().unwrap_or_default();
    if let Some(codes) = schema["enum"].as_array() {
        return codes[0].as_str().unwrap().to_owned();
    }
    match (said("type"), said("format"), said("pattern")) {
        ("boolean", ..) => "true".to_owned(),
        ("integer", ..) => "1".to_owned(),
        (_, "date", _) => "2020-01-01".to_owned(),
        (_, "month", _) => "2020-01".to_owned(),
        (.., RecordRef::PATTERN) => organization.to_owned(),
        (.., Money::PATTERN) => "1000000.50".to_owned(),
        (_, "", _) => "DE".to_owned(),
        (_, format, _) => identifier(format, 1),
    }
}

#[apply(api_test)]
async fn filters_select_what_a_scan_of_all_records_selects(app: TestApp) {
    let reader = app.client("reader");
    let all = walk(&reader, "/api/v1/instruments", 200).await;
    let host = all[0]["host"].clone();
    let text = |item: &Value, at: &str| item.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fen = |item: &Value| -> i64 { text(item, "/original_value/amount").replace('.', "").parse().unwrap() };
    let below = |item: &Value, prefix: &str| text(item, "/division").starts_with(prefix);
    let has = |item: &Value, at: &str, code: &str| item[at].as_array().into_iter().flatten().any(|one| one == code);
    type Pick<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let host_id = host["id"].as_str().unwrap();
    let host_code = host["code"].as_str().unwrap();
    let discipline = all.iter().find_map(|item| item["disciplines"][0].as_str()).unwrap();
    let maker = text(&all[3], "/manufacturer");
    let category = all[0]["category"].as_str().unwrap();
    let cases: Vec<(String, Pick)> = vec![
        ("share_mode=1".into(), Box::new(|item| item["share_mode"] == "1")),
        ("share_mode=1,3".into(), Box::new(|item| item["share_mode"] == "1" || item["share_mode"] == "3")),
        ("province=510000".into(), Box::new(|item| item["province"] == "510000")),
        ("division=500000".into(), Box::new(|item| below(item, "50"))),
        ("division=510100".into(), Box::new(|item| below(item, "5101"))),
        ("division=500106".into(), Box::new(|item| below(item, "500106"))),
        ("division=500106,510100".into(), Box::new(|item| below(item, "500106") || below(item, "5101"))),
        ("has_division=false".into(), Box::new(|_| false)),
        (format!("discipline={discipline}"), Box::new(|item| has(item, "disciplines", discipline))),
        (
            format!("discipline={discipline}&share_mode=2"),
            Box::new(|item| has(item, "disciplines", discipline) && item["share_mode"] == "2"),
        ),
        (format!("host={host_id}"), Box::new(|item| item["host"]["id"] == host_id)),
        (format!("host={host_code}"), Box::new(|item| item["host"]["id"] == host_id)),
        (format!("owner={host_code}"), Box::new(|item| item["owner"]["id"] == host_id)),
        (
            format!("host={host_code},ORG-2026-000002-9"),
            Box::new(|item| item["host"]["code"] == host_code || item["host"]["code"] == "ORG-2026-000002-9"),
        ),
        ("original_value_gte=1000000".into(), Box::new(|item| fen(item) >= 100_000_000)),
        (
            "original_value_gt=500000&original_value_lte=2000000.00".into(),
            Box::new(|item| (50_000_001..=200_000_000).contains(&fen(item))),
        ),
        (
            "commissioned_on_gte=2020-01-01".into(),
            Box::new(|item| text(item, "/commissioned_on").as_str() >= "2020-01-01"),
        ),
        (
            "commissioned_on_lt=2020-01-01&share_mode=1".into(),
            Box::new(|item| {
                let day = text(item, "/commissioned_on");
                !day.is_empty() && day.as_str() < "2020-01-01" && item["share_mode"] == "1"
            }),
        ),
        ("has_serial_no=true".into(), Box::new(|item| item.get("serial_no").is_some())),
        ("has_commissioned_on=false".into(), Box::new(|item| item.get("commissioned_on").is_none())),
        (
            "has_manufacturer=true&division=510000".into(),
            Box::new(|item| item.get("manufacturer").is_some() && below(item, "51")),
        ),
        ("lifecycle=registered".into(), Box::new(|item| item["lifecycle"] == "registered")),
        (format!("category={category}"), Box::new(|item| item["category"] == category)),
        (
            format!("category={category}&province=500000"),
            Box::new(|item| item["category"] == category && item["province"] == "500000"),
        ),
        (
            format!("category={category}&share_mode=1&host={host_id}"),
            Box::new(|item| item["category"] == category && item["share_mode"] == "1" && item["host"]["id"] == host_id),
        ),
        ("state=active".into(), Box::new(|item| item["state"] == "active")),
        ("state=closed".into(), Box::new(|_| false)),
        ("customs_supervised=false".into(), Box::new(|item| item["customs_supervised"] == false)),
        ("customs_supervised=true".into(), Box::new(|item| item["customs_supervised"] == true)),
        ("created_at_gte=2000-01-01T00:00:00Z".into(), Box::new(|_| true)),
        ("updated_at_lt=2000-01-01T00:00:00Z".into(), Box::new(|_| false)),
    ];
    let mut orders = Vec::new();
    for sort in ["id", "-original_value", "code", "-commissioned_on", "lifecycle,-commissioned_on", "-updated_at"] {
        orders.push((sort, walk(&reader, &format!("/api/v1/instruments?sort={sort}"), 200).await));
    }
    let mut telling = 0;
    for (query, pick) in &cases {
        for (sort, all) in &orders {
            let expected = ids(&all.iter().filter(|item| pick(item)).cloned().collect::<Vec<_>>());
            let got = ids(&walk(&reader, &format!("/api/v1/instruments?{query}&sort={sort}"), 71).await);
            assert_eq!(got, expected, "{query}&sort={sort}");
            telling += usize::from(*sort == "id" && !expected.is_empty() && expected.len() < all.len());
        }
    }
    assert!(telling > 15, "the demo data tells most filters apart: {telling}");
    let maker = reader.get("/api/v1/instruments?limit=200").query(&[("manufacturer", &maker)]).await.items();
    assert!(!maker.is_empty() && maker.iter().all(|item| item["manufacturer"] == all[3]["manufacturer"]));
}

#[apply(api_test)]
async fn cooperation_is_found_by_its_parties(app: TestApp) {
    let reader = app.client("cq-agency");
    let all = walk(&reader, "/api/v1/alliances", 200).await;
    let takes_part =
        |item: &Value, id: &str| item["parties"].as_array().unwrap().iter().any(|party| party["org_id"] == id);
    let organizations = walk(&reader, "/api/v1/organizations?fields=code", 200).await;
    let mut found = 0;
    for organization in organizations.iter().take(70) {
        let (id, code) = (organization["id"].as_str().unwrap(), organization["code"].as_str().unwrap());
        let expected = ids(&all.iter().filter(|item| takes_part(item, id)).cloned().collect::<Vec<_>>());
        assert_eq!(ids(&reader.get(&format!("/api/v1/alliances?party={id}")).await.items()), expected);
        assert_eq!(ids(&reader.get(&format!("/api/v1/alliances?party={code}")).await.items()), expected);
        found += expected.len();
    }
    assert!(found > 0);
    let nobody = reader.get("/api/v1/alliances?party=0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11").await;
    assert!(nobody.items().is_empty());
    for province in [CHONGQING, SICHUAN] {
        assert_eq!(reader.get(&format!("/api/v1/alliances?province={province}")).await.items().len(), all.len());
    }
    assert!(reader.get("/api/v1/alliances?province=110000").await.items().is_empty());
}

#[apply(api_test)]
async fn every_fault_of_a_query_is_told_at_once(app: TestApp) {
    let reader = app.client("reader");
    for (path, told) in [
        (
            "/api/v1/instruments?limit=0&cursor=x&include_total=maybe&sort=nam&fields=x&expand=y&state=z&updated_at_gte=now&q1=1&owner=a",
            vec![
                "limit",
                "include_total",
                "cursor",
                "sort",
                "fields",
                "expand",
                "state",
                "owner",
                "updated_at_gte",
                "q1",
            ],
        ),
        (
            "/api/v1/changes?after=x&kinds=project&limit=0&include=all&a=1",
            vec!["limit", "kinds", "include", "after", "a"],
        ),
        (
            "/api/v1/change-requests?awaiting=x&overdue=x&kind=x&purpose=x&state=x&province=x&record=x&limit=x",
            vec!["awaiting", "overdue", "kind", "purpose", "state", "province", "limit", "record"],
        ),
        ("/api/v1/vocabularies/disciplines?valid_on=x&parent=x&x=1", vec!["parent", "valid_on", "x"]),
    ] {
        let problem = reader.get(path).await.problem(400);
        let faults: Vec<String> = problem.faults().into_iter().map(|(parameter, _)| parameter).collect();
        assert_eq!(
            (problem.code(), faults),
            ("unknown-parameter", told.into_iter().map(str::to_owned).collect()),
            "{path}"
        );
    }
    let agency = app.client("cq-agency");
    let problem = agency.get("/api/v1/audit-events?ref=x&client=X&action=x&org=x&request_id=x&at_lt=x&after=x").await;
    let problem = problem.problem(400);
    let faults: Vec<(String, String)> = problem.faults();
    let told: Vec<&str> = faults.iter().map(|(parameter, _)| parameter.as_str()).collect();
    assert_eq!(problem.code(), "invalid-parameter");
    assert_eq!(told, ["ref", "client", "action", "org", "request_id", "at_lt", "after"]);
    let wrong = agency.get("/api/v1/audit-events?ref=INS-2026-000001-9").await.problem(400);
    assert_eq!(wrong.faults(), [("ref".to_owned(), "record-code-check".to_owned())]);
    for path in ["changes?kinds", "instruments?state", "instruments?fields", "instruments?owner"] {
        let problem = reader.get(&format!("/api/v1/{path}={}", ["zz"; 1000].join(","))).await.problem(400);
        assert!((1..=200).contains(&problem.faults().len()), "{path}");
    }
}

#[apply(api_test)]
async fn unknown_words_are_refused_with_the_one_that_was_meant(app: TestApp) {
    let reader = app.client("reader");
    for (query, parameter, meant) in [
        ("share_mod=1", "share_mod", json!("share_mode")),
        ("sort=original_vale", "sort", json!("original_value")),
        ("fields=nam", "fields", json!("name")),
        ("expand=ownr", "expand", json!("owner")),
        ("state=activ", "state", json!("active")),
        ("lifecycle=opne", "lifecycle", json!("open")),
        ("xyzzyxyzzy=1", "xyzzyxyzzy", Value::Null),
    ] {
        let problem = reader.get(&format!("/api/v1/instruments?{query}")).await.problem(400);
        assert_eq!((problem.code(), problem.faults()[0].0.as_str()), ("unknown-parameter", parameter), "{query}");
        assert_eq!(problem["errors"][0].get("did_you_mean").cloned().unwrap_or_default(), meant, "{query}");
    }
    for query in [
        "share_mode=1&share_mode=1",
        "original_value_gte=1,000",
        "original_value=1.234",
        "commissioned_on_gte=2020-1-1",
        "created_at_gte=2020-01-01",
        "customs_supervised=yes",
        "has_model=1",
        "host=ORG-2026-000001-9",
        "host=x",
        "fields=",
        "sort=",
        "sort=code,code",
        "expand=owner,host,owner,host",
        "limit=1&limit=2",
        "code=%FF",
        "code=%00",
    ] {
        let answer = reader.get(&format!("/api/v1/instruments?{query}")).await;
        assert!(!answer.problem(400).code().is_empty(), "{query}");
    }
    let two = reader.get("/api/v1/instruments?share_mod=1&limit=0&sort=x").await.problem(400);
    assert!(!two.faults().is_empty());
}

#[apply(api_test)]
async fn fields_select_members_and_expand_adds_what_is_referred_to(app: TestApp) {
    let reader = app.client("reader");
    let full = reader.get("/api/v1/instruments?limit=3").await.items();
    let some = reader.get("/api/v1/instruments?limit=3&fields=name,share_mode").await.items();
    for (one, whole) in some.iter().zip(&full) {
        let members: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            BTreeSet::from_iter(members),
            BTreeSet::from(["id", "code", "revision", "state", "name", "share_mode"])
        );
        assert_eq!(
            (&one["name"], &one["share_mode"], &one["id"]),
            (&whole["name"], &whole["share_mode"], &whole["id"])
        );
    }
    let expanded = reader.get("/api/v1/instruments?limit=3&expand=host,owner&fields=code").await.items();
    for (one, whole) in expanded.iter().zip(&full) {
        assert_eq!(one["expanded"]["host"][0]["id"], whole["host"]["id"]);
        assert_eq!(one["expanded"]["owner"][0]["code"], whole["owner"]["code"]);
    }
    let place = format!("/api/v1/instruments/{}", full[0]["code"].as_str().unwrap());
    let single = reader.get(&format!("{place}?expand=host")).await;
    assert_eq!(single.expect(200)["expanded"]["host"][0]["id"], full[0]["host"]["id"]);
    assert!(!single.has_header("etag"));
    let lab = reader.get("/api/v1/joint-labs?limit=1&expand=parties").await.items().remove(0);
    assert_eq!(lab["expanded"]["parties"].as_array().unwrap().len(), lab["parties"].as_array().unwrap().len());
}

#[apply(api_test)]
async fn a_page_of_a_list_is_capped_by_its_bytes_and_the_next_one_goes_on(app: TestApp) {
    use diesel::connection::SimpleConnection;
    const MEGABYTE: usize = 1024 * 1024;
    let agency = app.client("cq-agency");
    let mut made = Vec::new();
    for number in 0..10 {
        let name = format!("大记录 {}", 9 - number);
        made.push(agency.create("demands", demand().with("/name/zh", name)).await);
    }
    let own = format!("state=draft&created_at_gte={}", made[0]["created_at"].as_str().unwrap());
    let made: Vec<Value> = made.iter().map(|one| one["id"].clone()).collect();
    // As large as the largest accepted body; the members that a page is sorted and filtered by stay.
    let pad = "x".repeat(MEGABYTE);
    let large = format!("'{{\"pad\":\"' || '{pad}' || '\",' || substr(document, 2)");
    let update = format!("UPDATE records SET document = {large} WHERE kind = 'demands' AND state = 'draft'");
    app.database(|conn| conn.batch_execute(&update).unwrap());
    for (query, backwards) in
        [("", false), ("&sort=name", true), ("&fields=name", false), ("&expand=organization", false)]
    {
        let (mut next, mut sizes, mut seen) = (String::new(), Vec::new(), Vec::new());
        loop {
            let place = format!("/api/v1/demands?{own}&limit=200&include_total=true{query}{next}");
            let answer = agency.get(&place).await;
            assert!(answer.bytes().len() < 6 * MEGABYTE, "{query}: {}", answer.bytes().len());
            let page = answer.expect(200);
            assert_eq!(page["page"]["total"], 10);
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            seen.extend(items.iter().map(|item| item["id"].clone()));
            assert_eq!(page["page"]["has_more"], page["page"].get("next_cursor").is_some());
            assert_eq!(answer.has_header("link"), page["page"]["has_more"] == true);
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        if backwards {
            seen.reverse();
        }
        assert_eq!((sizes, &seen), (vec![4, 4, 2], &made), "{query}");
    }
    let short = agency.get(&format!("/api/v1/demands?{own}&limit=2")).await.expect(200);
    assert_eq!((short["items"].as_array().unwrap().len(), &short["page"]["has_more"]), (2, &json!(true)));
}

/// The records that a caller finds by a query string.
async fn found(caller: &Caller, kind: &str, query: &str) -> BTreeSet<String> {
    set(&walk(caller, &format!("/api/v1/{kind}?{query}"), 1).await)
}

#[apply(api_test)]
async fn a_text_with_commas_finds_its_record_and_no_other(app: TestApp) {
    let agency = app.client("cq-agency");
    let mut tried = Vec::new();
    for kind in register().kinds() {
        // Of these the contract says that only repeating the parameter gives several values.
        let keeps_commas = |member: &&Member| member.shape.parameters(member)[0]["explode"] == true;
        let texts = kind.members.iter().filter(keeps_commas);
        // Keywords have no commas; the codes of the national platform are one word.
        for member in texts.filter(|member| !["keyword", "nrii_unit_code"].contains(&member.name)) {
            let place = member.at[0].replace('*', "0");
            let draft = async |value: &str| {
                let mut content = content_of(kind.name).with(&place, json!(value));
                if member.name == "filing_no" {
                    let filed_with = json!({"id": demo_org_id(53)});
                    content = content.with("/filing_agency", filed_with).with("/filed_on", json!("2022-01-01"));
                }
                agency.post(&format!("/api/v1/{}", kind.name), content).await.expect(201)["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            let values = match member.name {
                "pid" => ["21.11/Thermo,Inc.", "21.11/Thermo"],
                _ => ["Thermo, Inc.,川", "Thermo"],
            };
            let (whole, part) = (draft(values[0]).await, draft(values[1]).await);
            let encoded = |value: &str| value.replace(", ", "%2C%20").replace('川', "%E5%B7%9D");
            let both = values.map(|value| format!("{}={}", member.name, encoded(value)));
            let found = async |query: &str| found(&agency, kind.name, query).await;
            assert_eq!(found(&both[0]).await, [whole.clone()].into(), "{} {}", kind.name, member.name);
            assert_eq!(found(&both[1]).await, [part.clone()].into(), "{} {}", kind.name, member.name);
            assert_eq!(found(&both.join("&")).await, [whole, part].into(), "{} {}", kind.name, member.name);
            tried.push(member.name);
        }
    }
    assert!(tried.len() >= 13, "{tried:?}");
    let put = agency.put("/api/v1/instruments/by-source/A%2CB", instrument()).await.expect(201);
    assert_eq!(found(&agency, "instruments", "source_id=A,B").await, [put["id"].as_str().unwrap().to_owned()].into());
    assert!(found(&agency, "instruments", "source_id=A&source_id=B").await.is_empty());
}

#[apply(api_test)]
async fn codes_take_commas_and_repeated_parameters_alike(app: TestApp) {
    let reader = app.client("reader");
    for (kind, commas, repeated) in [
        (
            "organizations",
            "province=500000,510000&sort=name,-code",
            "sort=name&sort=-code&province=510000&province=500000",
        ),
        ("instruments", "share_mode=1,2&origin_country=JP,DE", "origin_country=DE&share_mode=2,1&origin_country=JP"),
        ("instruments", "original_value_gte=1.5", "original_value_gte=1.50"),
        ("organizations", "updated_at_gte=2020-01-01T00:00:00Z", "updated_at_gte=2020-01-01+08:00:00.0000%2B0800"),
    ] {
        let list = format!("/api/v1/{kind}");
        let page = async |query: &str| reader.get(&format!("{list}?{query}&limit=1")).await.expect(200);
        let (one, other) = (page(commas).await, page(repeated).await);
        assert_eq!(one, other, "{commas}");
        let Some(cursor) = one["page"]["next_cursor"].as_str() else { panic!("{commas} has one page") };
        let (one, other) =
            (page(&format!("{commas}&cursor={cursor}")).await, page(&format!("{repeated}&cursor={cursor}")).await);
        assert_eq!(one, other, "a cursor belongs to what is asked for, however it is spelled");
        let else_where = reader.get(&format!("{list}?{commas}&cursor={cursor}&state=active")).await;
        assert_eq!(else_where.problem(400).code(), "cursor-mismatch");
    }
    let fields = reader.get("/api/v1/organizations?fields=name&fields=code&expand=parent").await.expect(200);
    assert!(fields["items"][0]["name"].is_object() && fields["items"][0]["code"].is_string());
    let twice = reader.get("/api/v1/organizations?limit=1&limit=2").await.problem(400);
    assert!(twice.has("limit", "repeated-parameter"));
}

#[apply(api_test)]
async fn an_identifier_that_cannot_be_one_is_told(app: TestApp) {
    let reader = app.client("reader");
    let uscc = |value: &str| format!("/api/v1/organizations?uscc={value}");
    let right = |format| (0..).map(move |number| identifier(format, number));
    let number = right("uscc").find(|uscc| uscc.ends_with(|c: char| c.is_ascii_uppercase())).unwrap();
    let ror = right("ror").next().unwrap();
    for fine in [uscc(&number), format!("/api/v1/organizations?ror_id={ror}")] {
        reader.get(&fine).await.expect(200);
    }
    let wrong_check = |right: &str| {
        let other = if right.ends_with('1') { '2' } else { '1' };
        format!("{}{other}", &right[..right.len() - 1])
    };
    for (query, parameter) in [
        (uscc(&number.to_lowercase()), "uscc"),
        (uscc(&wrong_check(&number)), "uscc"),
        (uscc("1251"), "uscc"),
        (uscc(&format!("{number},x")), "uscc"),
        (format!("/api/v1/organizations?ror_id={}", wrong_check(&ror)), "ror_id"),
        (format!("/api/v1/organizations?ror_id={}", &ror["https://ror.org/".len()..]), "ror_id"),
        ("/api/v1/organizations?code=ORG-2026-000001-0".to_owned(), "code"),
    ] {
        let problem = reader.get(&query).await.problem(400);
        assert_eq!(problem.code(), "invalid-parameter", "{query}");
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
        assert!(!problem["errors"][0]["detail"].as_str().unwrap().is_empty(), "{query}");
    }
}
