//! How far targets are reached: verdicts, named non-answers, paths, sums of parts, and the figures of the report.

use std::collections::BTreeMap;

use chuanyu::kinds::shared::demo_org_id;
use chuanyu::reference::values::quantity::Bounds;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// A new indicator, official.
async fn indicator(app: &TestApp) -> Value {
    app.published("indicators", content_of("indicators").with("/name/zh", format!("示例指标{}", next()))).await
}

fn quantity(words: (&str, &str)) -> Value {
    let (comparator, value) = words;
    json!({"value": value, "unit": "enterprise", "comparator": comparator})
}

/// A target of Chongqing for 2027 without base and path.
fn target(indicator: &Value, words: (&str, &str)) -> Content {
    content_of("targets")
        .with("/indicator", json!({"id": indicator["id"]}))
        .with("/lifecycle", "set")
        .with("/target_year", 2027)
        .with("/quantity", quantity(words))
        .without("baseline")
        .without("path")
}

/// What was found of Chongqing in a year.
fn observation(indicator: &Value, year: i32, words: (&str, &str)) -> Content {
    content_of("observations")
        .with("/indicator", json!({"id": indicator["id"]}))
        .with("/rank", "preferred")
        .without("as_of_on")
        .with("/period", json!({"year": year}))
        .with("/quantity", quantity(words))
}

async fn show(caller: &Caller, indicator: &Value, query: &str) -> Value {
    caller.get(&format!("{}/progress?{query}", path("indicators", indicator))).await.expect(200)
}

const CQ_2027: &str = "scope=500000&year=2027";

#[apply(api_test)]
async fn a_verdict_holds_for_every_value_that_the_words_leave_open(app: TestApp) {
    let anyone = app.anonymous();
    for (wanted, found, verdict) in [
        (("ge", "2000"), ("gt", "2000"), "met"),
        (("ge", "2000"), ("gt", "1700"), "undecidable"),
        (("ge", "2000"), ("eq", "1999"), "not_met"),
        (("eq", "41"), ("gt", "40"), "met"),
    ] {
        let indicator = indicator(&app).await;
        app.published("targets", target(&indicator, wanted)).await;
        let observed = app.published("observations", observation(&indicator, 2025, found)).await;
        let progress = show(&anyone, &indicator, CQ_2027).await;
        assert_eq!(progress["verdict"], verdict, "{wanted:?} {found:?}: {progress}");
        assert_eq!(progress["observations"][0]["code"], observed["code"]);
        assert_eq!((&progress["observed_to"], &progress["is_due"]), (&json!("2025-12-31"), &json!(false)));
        assert_eq!((&progress["no_verdict"], &progress["no_way"]), (&Value::Null, &json!("no_baseline")));
        assert_eq!(progress["formula"], "progress-1");
    }
}

#[apply(api_test)]
async fn where_there_is_no_result_the_reason_is_named(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let indicator = indicator(&app).await;
    let none = |progress: &Value| progress["no_verdict"].as_str().map(str::to_owned);
    assert_eq!(none(&show(&anyone, &indicator, CQ_2027).await).as_deref(), Some("no_target"));
    let wanted = app.published("targets", target(&indicator, ("ge", "2000"))).await;
    assert_eq!(none(&show(&anyone, &indicator, CQ_2027).await).as_deref(), Some("no_observation"));
    // What is only normal, or not yet official, is compared with nothing.
    let normal =
        app.published("observations", observation(&indicator, 2024, ("eq", "1")).with("/rank", "normal")).await;
    agency.create("observations", observation(&indicator, 2025, ("eq", "3000"))).await;
    assert_eq!(none(&show(&anyone, &indicator, CQ_2027).await).as_deref(), Some("no_observation"));
    let unclear = json!({"rank": "preferred", "quality": "ambiguous"});
    agency.patch(&path("observations", &normal), unclear).if_match(revision(&normal)).await.expect(200);
    assert_eq!(none(&show(&anyone, &indicator, CQ_2027).await).as_deref(), Some("ambiguous_observation"));
    app.published("observations", observation(&indicator, 2023, ("eq", "3000"))).await;
    let progress = show(&anyone, &indicator, CQ_2027).await;
    assert_eq!((&progress["verdict"], &progress["ratio"]), (&json!("met"), &json!({"from": "1.5", "to": "1.5"})));
    let patch = json!({"ambiguity": "原文一个指标名称后有两个数值。"});
    agency.patch(&path("targets", &wanted), patch).if_match(revision(&wanted)).await.expect(200);
    let progress = show(&anyone, &indicator, CQ_2027).await;
    assert_eq!((none(&progress).as_deref(), &progress["verdict"]), (Some("ambiguous_target"), &Value::Null));
    assert_eq!(progress["observations"][0]["quantity"]["value"], "3000", "what is known is told");
}

#[apply(api_test)]
async fn a_path_says_where_one_should_be_by_now(app: TestApp) {
    let anyone = app.anonymous();
    for (rule, found, expected, verdict) in [
        ("linear", ("eq", "1600"), json!({"from": "1600", "to": "1600"}), "on_track"),
        ("linear", ("eq", "1599"), json!({"from": "1600", "to": "1600"}), "behind"),
        ("linear", ("gt", "1500"), json!({"from": "1600", "to": "1600"}), "undecidable"),
        ("constant_growth", ("eq", "1516"), json!({"from": "1515.716566", "to": "1515.716567"}), "on_track"),
    ] {
        let indicator = indicator(&app).await;
        let base = json!({"year": 2022, "quantity": quantity(("eq", "1000"))});
        app.published("targets", target(&indicator, ("ge", "2000")).with("/baseline", base).with("/path", rule)).await;
        app.published("observations", observation(&indicator, 2025, found)).await;
        let path = show(&anyone, &indicator, CQ_2027).await["path"].clone();
        assert_eq!((&path["expected"], &path["verdict"]), (&expected, &json!(verdict)), "{rule} {found:?}");
        assert_eq!((&path["months_from"], &path["months_to"], &path["months"]), (&json!(36), &json!(36), &json!(60)));
    }
}

#[apply(api_test)]
async fn parts_are_summed_unless_they_overlap(app: TestApp) {
    let (clerk, anyone) = (app.client("sc-agency"), app.anonymous());
    let indicator = indicator(&app).await;
    let both = "scope=510000,500000&year=2027";
    app.published("observations", observation(&indicator, 2025, ("gt", "40"))).await;
    let progress = show(&anyone, &indicator, both).await;
    assert_eq!(progress["missing"], json!(["510000"]));
    let lead = json!([{"org_id": demo_org_id(119), "province": SICHUAN, "role": "lead"}]);
    let other = observation(&indicator, 2025, ("eq", "60")).with("/scope", json!({"divisions": [SICHUAN]}));
    let draft = clerk.create("observations", other.with("/parties", lead)).await;
    clerk.transition("observations", &draft, "active", None).await.expect(200);
    let progress = show(&anyone, &indicator, both).await;
    assert_eq!(progress["observed"], json!({"from": "101"}), "at least 41 and 60: {progress}");
    assert_eq!(progress["observations"].as_array().unwrap().len(), 2);
    // An indicator that does not sum up is what was found of the whole.
    let rate = content_of("indicators").with("/aggregation", "last").with("/name/zh", "示例不汇总指标");
    let rate = app.published("indicators", rate).await;
    app.published("observations", observation(&rate, 2025, ("eq", "1"))).await;
    assert_eq!(show(&anyone, &rate, both).await["missing"], json!([]));
}

#[apply(api_test)]
async fn an_overlap_is_named_where_a_target_has_one(app: TestApp) {
    let anyone = app.anonymous();
    let indicator = indicator(&app).await;
    let scope = json!({"divisions": ["500000"], "zones": ["Z-CQ-LJNA"]});
    app.published("targets", target(&indicator, ("ge", "10")).with("/scope", scope)).await;
    app.published("observations", observation(&indicator, 2025, ("eq", "1"))).await;
    let progress = show(&anyone, &indicator, "scope=Z-CQ-LJNA,500000&year=2027").await;
    assert_eq!(progress["no_verdict"], "overlapping_scopes");
}

#[apply(api_test)]
async fn the_list_of_targets_that_are_set_says_how_far_each_is(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let place = "/api/v1/statistics/progress";
    let all = anyone.get(&format!("{place}?target_year=2027&limit=200&include_total=true")).await.expect(200);
    let items = all["items"].as_array().unwrap();
    assert_eq!(all["page"]["total"], items.len());
    assert!(items.len() >= 14, "{}", items.len());
    for item in items.iter().take(5) {
        let codes = |list: &str| {
            item["scope"][list].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>()
        };
        let scope = [codes("divisions"), codes("zones")].concat().join(",");
        let alone = show(&anyone, &item["indicator"], &format!("scope={scope}&year=2027")).await;
        assert_eq!(&alone, item);
    }
    // Page by page the same, and filters are those of targets.
    let first = anyone.get(&format!("{place}?target_year=2027&limit=4")).await.expect(200);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let second = anyone.get(&format!("{place}?target_year=2027&limit=4&cursor={cursor}")).await.expect(200);
    let pages = [first["items"].as_array().unwrap().as_slice(), second["items"].as_array().unwrap()].concat();
    assert_eq!(pages, items[..8]);
    let of_zone = anyone.get(&format!("{place}?zone=Z-CQ-LJNA&sort=-target_year")).await.expect(200);
    assert_eq!(of_zone["items"].as_array().unwrap().len(), 8);
    // Neither what is proposed nor what is a draft.
    let indicator = indicator(&app).await;
    agency.create("targets", target(&indicator, ("ge", "1"))).await;
    let one = anyone.get(&format!("{place}?indicator={}", indicator["code"].as_str().unwrap())).await.expect(200);
    assert_eq!(one["items"], json!([]));
    let problem = anyone.get(&format!("{place}?expand=policy&feilds=name&q=x")).await.problem(400);
    assert_eq!(problem.faults().len(), 3, "{:?}", problem.faults());
}

#[apply(api_test)]
async fn every_fault_of_a_question_is_named(app: TestApp) {
    let anyone = app.anonymous();
    let indicator = indicator(&app).await;
    let place = format!("{}/progress", path("indicators", &indicator));
    let problem = anyone.get(&place).await.problem(400);
    assert_eq!(problem.faults(), ["scope", "year"].map(|name| (name.to_owned(), "required".to_owned())));
    let problem = anyone.get(&format!("{place}?scope=500000,Z-CQ-LJMA&year=27&scop=1")).await.problem(400);
    let mut faults = problem.faults();
    faults.sort();
    let named = [("scop", "unknown-parameter"), ("scope", "not-in-list"), ("year", "minimum")];
    assert_eq!(faults, named.map(|(name, code)| (name.to_owned(), code.to_owned())));
    let nobody = format!("/api/v1/indicators/{}/progress?scope=500000&year=2027", demo_org_id(1));
    assert_eq!(anyone.get(&nobody).await.status(), 404);
}

/// Each figure of the report with its words, interval and outcome (`tests/vectors/seed-figures.csv`, made from the report without the
/// service).
#[apply(api_test)]
async fn the_figures_of_the_report_are_in_the_demo_register_as_they_were_printed(app: TestApp) {
    let anyone = app.anonymous();
    let mut table = csv::Reader::from_reader(&include_bytes!("../vectors/seed-figures.csv")[..]);
    let rows: Vec<BTreeMap<String, String>> = table.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 38);
    let mut names = std::collections::BTreeSet::new();
    for row in &rows {
        names.insert(&row["indicator"]);
        let found = anyone.get(&format!("/api/v1/{}?limit=200&expand=indicator", row["kind"])).await.expect(200);
        let is_it = |item: &&Value| {
            let scope = &item["scope"];
            let codes =
                ["divisions", "zones"].into_iter().flat_map(|list| scope[list].as_array().into_iter().flatten());
            let codes: Vec<&str> = codes.filter_map(Value::as_str).collect();
            let quote = item["quantity"]["quote"] == row["quote"];
            quote && item["quantity"]["value"] == row["value"] && codes == row["scope"].split('+').collect::<Vec<_>>()
        };
        let item = found["items"].as_array().unwrap().iter().find(is_it).unwrap_or_else(|| panic!("{row:?}"));
        let said = &item["quantity"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert_eq!(item["expanded"]["indicator"][0]["name"]["zh"], row["indicator"], "{row:?}");
        let wanted = ["comparator", "precision"].map(|member| row[member].clone());
        assert_eq!(["comparator", "precision"].map(|member| text(&said[member])), wanted, "{row:?}");
        let commitment = text(&said["commitment"]);
        assert_eq!(
            if commitment.is_empty() && row["kind"] == "targets" { "committed".to_owned() } else { commitment },
            row["commitment"],
            "{row:?}"
        );
        let bounds: Option<Bounds> = serde_json::from_value(said["bounds"].clone()).unwrap();
        assert_eq!(bounds.map(|bounds| bounds.to_string()).unwrap_or_default(), row["bounds"], "{row:?}");
        assert_eq!(item["origin"]["quote"], row["quote"], "{row:?}");
        assert_eq!((text(&item["as_of_on"]), item["warnings"].clone()), (row["as_of"].clone(), json!([])), "{row:?}");
        if row["kind"] == "targets" && row["outcome"] != "proposed" {
            let (scope, year) = (row["scope"].replace('+', ","), &row["year"]);
            let progress =
                show(&anyone, &item["expanded"]["indicator"][0], &format!("scope={scope}&year={year}")).await;
            assert_eq!(progress["no_verdict"], row["outcome"], "{row:?}");
            assert_eq!(progress["target"]["quantity"]["quote"], row["quote"]);
        }
    }
    assert_eq!(names.len(), 32);
    // Two figures of one thing stand side by side, with their reasons.
    let sets = anyone.get("/api/v1/observations?q=台&limit=50").await.expect(200);
    let ranks: Vec<(&Value, &Value)> =
        sets["items"].as_array().unwrap().iter().map(|item| (&item["quantity"]["value"], &item["rank"])).collect();
    assert!(ranks.contains(&(&json!("12000"), &json!("preferred"))), "{ranks:?}");
    let older = anyone.get("/api/v1/observations?as_of_on_lt=2022-01-01").await.expect(200);
    assert_eq!(
        (&older["items"][0]["quantity"]["value"], &older["items"][0]["rank"]),
        (&json!("14090"), &json!("normal"))
    );
    assert!(older["items"][0]["rank_reason"].is_string());
}

#[apply(api_test)]
async fn the_overview_has_what_is_counted_beside_what_was_reported(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let overview = anyone.get("/api/v1/statistics/overview").await.expect(200);
    let headline = |overview: &Value, kind: &str| {
        overview["headlines"].as_array().unwrap().iter().find(|one| one["kind"] == kind).cloned().unwrap()
    };
    for (kind, reported) in [
        ("alliances", vec!["40"]),
        ("joint-labs", vec!["9"]),
        ("projects", vec!["110"]),
        ("instruments", vec!["12000", "14090"]),
        ("policies", vec![]),
    ] {
        let one = headline(&overview, kind);
        let list =
            anyone.get(&format!("{}&include_total=true&limit=1", one["href"].as_str().unwrap())).await.expect(200);
        assert_eq!(one["count"], list["page"]["total"], "{kind}");
        let values: Vec<&str> = one["reported"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["observation"]["quantity"]["value"].as_str().unwrap())
            .collect();
        assert_eq!(values, reported, "{kind}");
    }
    let sets = headline(&overview, "instruments");
    assert_eq!(sets["reported"][0]["observation"]["origin"]["quote"], "共享科研仪器设备1.2万台(套)");
    assert!(sets["reported"][1]["observation"]["rank_reason"].is_string());
    // The targets of a year, judged as the list of them says.
    let year = overview["targets"].as_array().unwrap().iter().find(|year| year["year"] == 2027).unwrap();
    let items = anyone.get(&format!("{}&limit=200", year["href"].as_str().unwrap())).await.expect(200)["items"].clone();
    let count = |verdict: &str| items.as_array().unwrap().iter().filter(|item| item["verdict"] == verdict).count();
    assert_eq!(year["count"], items.as_array().unwrap().len());
    for verdict in ["met", "not_met", "undecidable"] {
        assert_eq!(year[verdict], count(verdict), "{verdict}");
    }
    // The same to everybody, and new after a change.
    assert_eq!(agency.get("/api/v1/statistics/overview").await.expect(200), overview);
    agency.create("instruments", instrument()).await;
    let same = anyone.get("/api/v1/statistics/overview").await.expect(200);
    assert_eq!(headline(&same, "instruments")["count"], sets["count"], "a draft counts nowhere");
    app.published("instruments", instrument()).await;
    let more = anyone.get("/api/v1/statistics/overview").await.expect(200);
    assert_eq!(headline(&more, "instruments")["count"], sets["count"].as_i64().unwrap() + 1);
    assert!(more["as_of_seq"].as_i64() > overview["as_of_seq"].as_i64());
    assert_eq!(anyone.get("/api/v1/statistics/overview?x=1").await.status(), 400);
}

#[apply(api_test)]
async fn an_average_growth_is_compared_with_an_average_since_the_base(app: TestApp) {
    let anyone = app.anonymous();
    let growth = content_of("indicators").with("/value_type", "growth").with("/unit", "percent_per_year");
    let growth = growth.with("/aggregation", "none").with("/name/zh", format!("示例增长{}", next()));
    let growth = app.published("indicators", growth).await;
    let rate = |value: &str| json!({"value": value, "unit": "percent_per_year", "comparator": "eq"});
    let wanted = target(&growth, ("ge", "10"))
        .with("/quantity", json!({"value": "10", "unit": "percent_per_year", "comparator": "ge"}));
    app.published("targets", wanted.with("/baseline", json!({"year": 2022, "quantity": rate("8")}))).await;
    let yearly = observation(&growth, 2025, ("eq", "12")).with("/quantity", rate("12"));
    let yearly = app.published("observations", yearly).await;
    assert_eq!(show(&anyone, &growth, CQ_2027).await["no_verdict"], "not_an_average");
    let average =
        observation(&growth, 2025, ("eq", "9")).with("/quantity", rate("9")).with("/cumulative_since", "2023-01-01");
    app.published("observations", average).await;
    assert_eq!(show(&anyone, &growth, CQ_2027).await["verdict"], "not_met", "the growth of one year does not count");
    let normal = json!({"rank": "normal"});
    app.client("cq-agency").patch(&path("observations", &yearly), normal).if_match(revision(&yearly)).await.expect(200);
    assert_eq!(show(&anyone, &growth, CQ_2027).await["verdict"], "not_met");
}

#[apply(api_test)]
async fn a_withdrawn_indicator_is_told_nothing_of_and_a_merged_one_counts_for_its_successor(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let gone = indicator(&app).await;
    let wanted = app.published("targets", target(&gone, ("ge", "2000"))).await;
    app.published("observations", observation(&gone, 2025, ("eq", "2500"))).await;
    let of_target = async || {
        let all = anyone.get("/api/v1/statistics/progress?limit=200").await.expect(200);
        let items = all["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["target"]["id"] == wanted["id"]).unwrap()
    };
    assert_eq!(of_target().await["verdict"], "met");
    let heir = indicator(&app).await;
    let now = agency.show("indicators", &gone).await.expect(200);
    let merge = json!({"to": "withdrawn", "reason": "示例", "merged_into": {"id": heir["id"]}});
    let moved = agency.post(&format!("{}/transitions", path("indicators", &now)), merge).if_match(revision(&now)).await;
    moved.expect(200);
    let item = of_target().await;
    assert_eq!((&item["verdict"], &item["indicator"]["id"]), (&json!("met"), &heir["id"]), "{item}");
    assert_eq!(show(&anyone, &heir, CQ_2027).await, item);
    let heir = agency.show("indicators", &heir).await.expect(200);
    agency.transition("indicators", &heir, "withdrawn", Some("示例")).await.expect(200);
    let item = of_target().await;
    assert_eq!((&item["no_verdict"], &item["indicator"]), (&json!("no_indicator"), &Value::Null), "{item}");
}

#[apply(api_test)]
async fn the_calendar_says_who_owes_what_and_what_came_in_time(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let now = chrono::Datelike::year(&chuanyu::db::Moment::now().day_in_shanghai());
    let office = app.published("organizations", organization()).await;
    let owner = office["id"].as_str().unwrap();
    let duty = |days: i32, division: &str| json!({"scope": {"divisions": [division]}, "agency": {"id": owner}, "due_days": days, "since": now - 3});
    let content = content_of("indicators").with("/name/zh", format!("示例填报指标{}", next()));
    let indicator = app.published("indicators", content.with("/reporting", json!([duty(366, "500000")]))).await;
    for year in [now - 1, now - 3] {
        app.published("observations", observation(&indicator, year, ("eq", "1"))).await;
    }
    let of_year = |year: i32| format!("/api/v1/statistics/reporting?year={year}&agency={owner}");
    let rate = |answer: &Value, member: &str| answer["agencies"][0][member].clone();
    for (year, status, completeness, timeliness) in [
        (now - 3, "late", "1.0000", "0.0000"),
        (now - 2, "overdue", "0.0000", "0.0000"),
        (now - 1, "timely", "1.0000", "1.0000"),
    ] {
        let answer = anyone.get(&of_year(year)).await.expect(200);
        let items = answer["items"].as_array().unwrap();
        assert_eq!(
            (items.len(), &items[0]["status"], &items[0]["period"]),
            (1, &json!(status), &json!({"year": year}))
        );
        assert_eq!(
            (rate(&answer, "completeness"), rate(&answer, "timeliness")),
            (json!(completeness), json!(timeliness))
        );
        // Rates stay those of all.
        let others = anyone.get(&format!("{}&status=not_due", of_year(year))).await.expect(200);
        assert_eq!((&others["items"], &others["agencies"]), (&json!([]), &answer["agencies"]));
    }
    assert_eq!(anyone.get(&of_year(now - 4)).await.expect(200)["items"], json!([]), "before the first year");
    assert_eq!(anyone.get(&of_year(now)).await.expect(200)["items"], json!([]), "not yet ended");
    // A draft is not yet reported.
    agency.create("observations", observation(&indicator, now - 2, ("eq", "1"))).await;
    assert_eq!(anyone.get(&of_year(now - 2)).await.expect(200)["items"][0]["status"], "overdue");
    for query in ["", "year=26", "year=2025&status=done", "year=2025&agency=x", "year=2025&from=2024"] {
        assert_eq!(anyone.get(&format!("/api/v1/statistics/reporting?{query}")).await.status(), 400, "{query}");
    }
}
