//! Statistics: what is counted adds up, and each cell is the list that it says.

use chuanyu::kinds::register;
use chuanyu::reading::statistics::{dimensions, measured};
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::*;

const INSTRUMENTS: &str = "/api/v1/statistics/instruments";

async fn count(caller: &Caller, query: &str) -> Value {
    caller.get(&format!("{INSTRUMENTS}?{query}")).await.expect(200)
}

fn counts(answer: &Value) -> Vec<i64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["count"].as_i64().unwrap()).collect()
}

/// Checks an answer against the lists that its cells name; returns how many were asked.
async fn add_up(caller: &Caller, place: &str) -> usize {
    let answer = caller.get(place).await.expect(200);
    let (total, sum) = (answer["total"].as_i64().unwrap(), counts(&answer).iter().sum::<i64>());
    match answer["overlapping"] == true {
        true => assert!(sum >= total && answer["distinct_total"] == total, "{place}: {answer}"),
        false => assert_eq!(sum, total, "{place}: {answer}"),
    }
    let mut asked = 0;
    for item in answer["items"].as_array().unwrap().iter() {
        let Some(href) = item["href"].as_str() else { continue };
        let and = if href.contains('?') { '&' } else { '?' };
        let list = caller.get(&format!("{href}{and}include_total=true&limit=1")).await.expect(200);
        assert_eq!(list["page"]["total"], item["count"], "{place}: {item}");
        asked += 1;
    }
    asked
}

#[apply(api_test)]
async fn cells_add_up_and_each_is_the_list_that_it_names(engine: Engine) {
    let app = TestApp::with(engine, &[("read_per_minute", "100000")]).await;
    let callers = [app.anonymous(), app.client("cq-agency"), app.client("sc-university")];
    for number in 0..6 {
        let (day, mode) = (format!("20{:02}-{:02}-28", 10 + number, 2 * number + 1), ["1", "2"][number % 2]);
        let content = instrument()
            .with("/commissioned_on", day)
            .with("/share_mode", mode)
            .with("/name/zh", format!("示例显微镜{number}"));
        match number % 2 {
            0 => drop(
                app.published(
                    "instruments",
                    content.without("origin_country").with("/disciplines", json!(["430", "150"])),
                )
                .await,
            ),
            _ => drop(callers[1].create("instruments", content).await),
        }
    }
    let mut asked = 0;
    for kind in register().kinds() {
        for dimension in dimensions(kind) {
            for caller in &callers {
                asked += add_up(caller, &format!("/api/v1/statistics/{}?group_by={}", kind.name, dimension.name)).await;
            }
        }
    }
    for filter in [
        "share_mode=1,2",
        "created_at_gte=2026-10-01T00:00:00Z&updated_at_lt=2099-01-01T00:00:00%2B08:00",
        "province=500000",
        "commissioned_on_gte=2012-03-05&commissioned_on_lt=2016-01-01",
        "q=显微镜",
        "discipline=430",
        "has_commissioned_on=true",
        "has_origin_country=false",
        "state=active,draft",
        "division=510000,500106",
        "original_value_gte=1",
        "category=010100&q=示例",
    ] {
        for group in [
            "share_mode",
            "commissioned_on.year",
            "commissioned_on.quarter",
            "commissioned_on.month",
            "created_at.quarter",
            "updated_at.month,share_mode",
            "discipline",
            "host",
            "division.province",
            "division.county,state",
            "province,share_mode",
            "discipline,commissioned_on.year",
            "origin_country",
            "customs_supervised,owner",
        ] {
            for caller in &callers[..2] {
                asked += add_up(caller, &format!("{INSTRUMENTS}?{filter}&group_by={group}")).await;
            }
        }
    }
    assert!(asked > 1000, "{asked}");
}

#[apply(api_test)]
async fn figures_are_exact_and_say_how_many_gave_them(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = instrument().with("/manufacturer", "figures");
    for (amount, hours) in [("0.01", Some(1)), ("0.02", Some(2)), ("900719925474.99", Some(4)), ("0.02", None)] {
        let content = host
            .clone()
            .with("/original_value", json!({"amount": amount, "currency": "CNY"}))
            .with("/inner_no", format!("figures-{}", next()));
        let content = match hours {
            Some(hours) => content.with("/rated_hours", hours),
            None => content.without("rated_hours"),
        };
        agency.create("instruments", content).await;
    }
    let money = |amount: &str| json!({"amount": amount, "currency": "CNY"});
    let asked = "manufacturer=figures&sum=original_value,rated_hours&avg=original_value,rated_hours&min=rated_hours,original_value&max=rated_hours";
    let all = count(&agency, asked).await;
    assert_eq!((&all["total"], &all["given"]["original_value"]), (&json!(4), &json!(4)));
    assert_eq!(all["sum"]["original_value"], money("900719925475.04"));
    assert_eq!(all["avg"]["original_value"], money("225179981368.76"));
    assert_eq!(all["min"]["original_value"], money("0.01"));
    assert!(all["items"].is_null(), "nothing was grouped");
    let hours = all["given"]["rated_hours"].as_i64().unwrap();
    assert!((3..=4).contains(&hours), "hours may be taken from the rule: {all}");
    if hours == 3 {
        assert_eq!(
            (&all["sum"]["rated_hours"], &all["avg"]["rated_hours"]),
            (&json!({"amount": "7"}), &json!({"amount": "2.33"}))
        );
        assert_eq!(
            (&all["min"]["rated_hours"], &all["max"]["rated_hours"]),
            (&json!({"amount": "1"}), &json!({"amount": "4"}))
        );
    }
    let by_state = count(&agency, &format!("{asked}&group_by=state")).await;
    let draft = by_state["items"].as_array().unwrap().iter().find(|item| item["state"] == "draft").unwrap();
    assert_eq!((&draft["sum"], &draft["labels"]["state"]["zh"]), (&all["sum"], &json!("草稿")));
    let none = count(&agency, "manufacturer=nobody&sum=original_value&avg=original_value&group_by=share_mode").await;
    assert_eq!(
        (&none["total"], &none["sum"]["original_value"], &none["avg"]["original_value"]),
        (&json!(0), &money("0.00"), &Value::Null)
    );
    assert_eq!(
        none["items"],
        json!([{"share_mode": null, "not_given": true, "count": 0, "given": {"original_value": 0},
        "sum": {"original_value": money("0.00")}, "avg": {},
        "href": none["items"][0]["href"]}])
        .as_array()
        .map(|items| json!(items))
        .unwrap()
    );
}

#[apply(api_test)]
async fn figures_follow_the_register_and_a_caller_who_has_them_is_told_so(app: TestApp) {
    let (agency, public) = (app.client("cq-agency"), app.anonymous());
    let asked = format!("{INSTRUMENTS}?group_by=share_mode");
    let before = public.get(&asked).await;
    let tag = before.header("etag").to_owned();
    assert_eq!(public.get(&asked).header("if-none-match", &tag).await.status(), 304);
    agency.create("instruments", instrument()).await;
    let drafts = public.get(&asked).await.expect(200);
    assert_eq!(drafts["total"], before.json()["total"], "a draft is nobody else's");
    let record = app.published("instruments", instrument().with("/share_mode", "1")).await;
    let after = public.get(&asked).header("if-none-match", &tag).await.expect(200);
    assert_eq!(after["total"].as_i64().unwrap(), drafts["total"].as_i64().unwrap() + 1);
    assert!(after["as_of_seq"].as_i64() > drafts["as_of_seq"].as_i64());
    agency.transition("instruments", &record, "withdrawn", Some("误录")).await.expect(200);
    assert_eq!(public.get(&asked).await.expect(200)["total"], drafts["total"]);
}

#[apply(api_test)]
async fn the_order_that_was_asked_for_is_the_order_of_the_answer(app: TestApp) {
    let agency = app.client("cq-agency");
    for (hours, number) in [(9, 0), (10, 1), (100, 2)] {
        agency
            .create(
                "instruments",
                instrument().with("/rated_hours", hours).with("/inner_no", format!("order-{number}")),
            )
            .await;
    }
    for (one, other) in [("share_mode", "state"), ("division.prefecture", "division.province")] {
        let (there, back) = (
            count(&agency, &format!("group_by={one},{other}")).await,
            count(&agency, &format!("group_by={other},{one}")).await,
        );
        let cells = |answer: &Value| {
            let cell = |item: &Value| {
                (item[one].to_string(), item[other].to_string(), item["count"].to_string(), item["href"].is_string())
            };
            answer["items"].as_array().unwrap().iter().map(cell).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(cells(&there), cells(&back));
    }
    let sums = async |words: &str| count(&agency, words).await["sum"].clone();
    assert_eq!(sums("sum=original_value,rated_hours").await, sums("sum=rated_hours,original_value").await);
    let hours = count(&agency, "group_by=rated_hours").await;
    let hours: Vec<i64> =
        hours["items"].as_array().unwrap().iter().filter_map(|item| item["rated_hours"].as_i64()).collect();
    assert!(hours.is_sorted() && hours.contains(&9) && hours.contains(&100), "{hours:?}");
}

#[apply(api_test)]
async fn names_are_those_of_now(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = agency.create("organizations", organization().with("/name/zh", "旧名研究院")).await;
    agency.create("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    let name = async || {
        let answer = count(&agency, "group_by=host").await;
        let item = answer["items"].as_array().unwrap().iter().find(|item| item["host"] == host["id"]).cloned();
        item.unwrap()["labels"]["host"]["zh"].clone()
    };
    assert_eq!(name().await, "旧名研究院");
    agency
        .patch(&crate::support::flows::path("organizations", &host), json!({"name": {"zh": "新名研究院"}}))
        .if_match(1)
        .await
        .expect(200);
    assert_eq!(name().await, "新名研究院");
}

#[apply(api_test)]
async fn an_owner_who_is_not_named_is_found_by_no_group(app: TestApp) {
    let public = app.anonymous();
    let total = |query: &'static str| {
        let public = public.clone();
        async move {
            public.get(&format!("/api/v1/statistics/demands?{query}")).await.expect(200)["total"].as_i64().unwrap()
        }
    };
    let (by_owner, by_organization, by_state) =
        (total("group_by=owner").await, total("group_by=organization").await, total("group_by=state").await);
    app.published("demands", demand().with("/name_disclosure", "hide")).await;
    assert_eq!(
        (total("group_by=owner").await, total("group_by=organization,state").await),
        (by_owner, by_organization)
    );
    assert_eq!(
        (total("group_by=state").await, total("").await),
        (by_state + 1, by_state + 1),
        "it is counted where nothing tells whose it is"
    );
    assert_eq!(
        total("group_by=industry&owner=019abf00-0000-7000-8000-000000000001").await,
        total("owner=019abf00-0000-7000-8000-000000000001").await
    );
}

#[apply(api_test)]
async fn chongqing_stands_among_the_cities(app: TestApp) {
    let public = app.anonymous();
    let by_city = count(&public, "group_by=division.prefecture").await;
    let items = by_city["items"].as_array().unwrap();
    let of = |code: Value| items.iter().find(|item| item["division.prefecture"] == code).cloned().unwrap_or_default();
    let by_province = count(&public, "group_by=division.province").await;
    let chongqing =
        by_province["items"].as_array().unwrap().iter().find(|item| item["division.province"] == CHONGQING).unwrap();
    assert_eq!(of(json!(CHONGQING))["count"], chongqing["count"]);
    assert_eq!(
        (&of(json!(CHONGQING))["labels"]["division.prefecture"]["zh"], &of(Value::Null)["count"]),
        (&json!("重庆市"), &json!(0))
    );
    assert!(of(json!("510100"))["count"].as_i64() > Some(0));
}

#[apply(api_test)]
async fn a_joint_record_counts_once_for_the_region_and_once_for_each_province(app: TestApp) {
    app.active_joint("joint-labs", joint_lab()).await;
    let answer = app.anonymous().get("/api/v1/statistics/joint-labs?group_by=province").await.expect(200);
    let of = |code: &str| {
        answer["items"].as_array().unwrap().iter().find(|item| item["province"] == code).unwrap()["count"]
            .as_i64()
            .unwrap()
    };
    let total = answer["distinct_total"].as_i64().unwrap();
    assert_eq!((answer["overlapping"].as_bool(), of(CHONGQING), of(SICHUAN)), (Some(true), total, total));
}

#[apply(api_test)]
async fn a_table_opens_in_a_spreadsheet(app: TestApp) {
    let agency = app.client("cq-agency");
    let named = organization().with("/name/zh", "=1+1研究院").without("uscc");
    let host = agency.create("organizations", named).await;
    agency.create("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    let answer = agency.get(&format!("{INSTRUMENTS}?group_by=host&sum=original_value&format=csv")).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    let text = answer.text();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("\u{FEFF}host,host_name,count,sum_original_value,href"));
    let line = lines.find(|line| line.contains(host["id"].as_str().unwrap())).unwrap();
    assert!(line.contains(",'=1+1研究院,1,") && line.contains("/api/v1/instruments?host="), "{line}");
    assert_eq!(
        text.lines().last().map(|line| line.split(',').next().unwrap().len()),
        Some(0),
        "what is not given comes last"
    );
}

#[apply(api_test)]
async fn what_cannot_be_counted_is_refused_with_every_fault(app: TestApp) {
    let public = app.anonymous();
    let answer = public
        .get(&format!("{INSTRUMENTS}?group_by=share_mod,host,state,model&sum=model&format=xml&limit=5&q=。"))
        .await
        .problem(400);
    for (parameter, code) in [
        ("group_by", "not-in-list"),
        ("group_by", "too-many-items"),
        ("sum", "not-in-list"),
        ("format", "not-in-list"),
        ("limit", "unknown-parameter"),
        ("q", "nothing-to-search"),
    ] {
        assert!(answer.has(parameter, code), "{parameter} {code}: {:?}", answer.faults());
    }
    assert!(public.get("/api/v1/statistics/nothing").await.status() == 404);
    for kind in register().kinds() {
        let measures: Vec<&str> = measured(kind).iter().map(|member| member.name).collect();
        let sum = if measures.is_empty() { String::new() } else { format!("&sum={}", measures.join(",")) };
        public.get(&format!("/api/v1/statistics/{}?group_by=state{sum}", kind.name)).await.expect(200);
    }
}
