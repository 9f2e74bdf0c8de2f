//! The inbox, and the funnel recomputed by hand.

use chuanyu::db::Moment;
use chuanyu::db::schema::introductions;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::*;

/// Sets the time of a proposal back by so many days, in the database.
fn backdate(app: &TestApp, introduction: &Value, days: i64) {
    let id: chuanyu::db::Id = introduction["id"].as_str().unwrap().parse().unwrap();
    let before = Moment::now().plus_seconds(-days * 86_400);
    let row = introductions::table.find(id);
    app.database(|conn| diesel::update(row).set(introductions::proposed_at.eq(before)).execute(conn)).unwrap();
}

#[apply(api_test)]
async fn the_inbox_has_what_waits_for_ones_own_word(app: TestApp) {
    let (enterprise, university, stranger) = (seres(&app), app.client("sc-university"), broker(&app));
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(propose(&university, &wanted(&app, "show").await, &offered(&app).await).await.expect(201));
    }
    step(&enterprise, &waiting[0], json!({"to": "accepted"})).await.expect(200);
    let ids = async |caller: &Caller, query: &str| -> Vec<Value> {
        let items = caller.get(&format!("/api/v1/introductions?{query}")).await.items();
        items.iter().map(|item| item["id"].clone()).collect()
    };
    let open = [waiting[1]["id"].clone(), waiting[2]["id"].clone()];
    assert_eq!(ids(&enterprise, "awaiting=mine").await, open);
    assert_eq!(ids(&enterprise, "awaiting=demand").await, open);
    assert_eq!(ids(&enterprise, "awaiting=offer").await, [Value::Null; 0]);
    assert_eq!(ids(&university, "awaiting=mine").await, [Value::Null; 0]);
    assert_eq!(ids(&university, "awaiting=demand").await, open);
    assert_eq!(ids(&stranger, "awaiting=demand").await, [Value::Null; 0]);
    assert!(ids(&app.client("cq-agency"), "awaiting=mine&limit=200").await.ends_with(&open));
    assert_eq!(ids(&enterprise, "state=accepted").await, [waiting[0]["id"].clone()]);
    assert_eq!(ids(&enterprise, "state=accepted,accepted_one_side").await.len(), 3);
    assert_eq!(ids(&enterprise, &format!("offer={}", waiting[1]["offer"]["code"].as_str().unwrap())).await, open[..1]);
    assert_eq!(ids(&enterprise, "overdue=true").await, [Value::Null; 0]);
    backdate(&app, &waiting[2], 31);
    assert_eq!(ids(&enterprise, "overdue=true").await, open[1..]);
    assert_eq!(ids(&enterprise, "overdue=false").await, open[..1]);
    assert_eq!(shown(&enterprise, &waiting[2]).await["overdue"], true);
    // Page by page, each once.
    let first = enterprise.get("/api/v1/introductions?limit=2").await;
    let page = first.expect(200);
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    assert!(first.header("link").contains(cursor));
    let rest = enterprise.get(&format!("/api/v1/introductions?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["page"]["has_more"]), (1, &json!(false)));
    let other = format!("/api/v1/introductions?limit=2&cursor={cursor}&state=accepted");
    assert_eq!(enterprise.get(&other).await.problem(400).code(), "cursor-mismatch");
    for query in ["awaiting=nobody", "state=open", "province=110000", "overdue=1", "sort=code", "demand=x"] {
        assert_eq!(enterprise.get(&format!("/api/v1/introductions?{query}")).await.status(), 400, "{query}");
    }
}

/// The figures of a list, computed here in another way.
fn by_hand(items: &[Value]) -> Value {
    let states = ["proposed", "accepted_one_side", "accepted", "contracted", "finished", "declined", "failed"];
    let count = |holds: &dyn Fn(&Value, &str) -> bool| -> Vec<Value> {
        let of =
            |state: &&str| json!({"state": state, "count": items.iter().filter(|item| holds(item, state)).count()});
        states.iter().map(of).collect()
    };
    let stands: Vec<&Value> =
        items.iter().filter(|item| item["state"] == "contracted" || item["state"] == "finished").collect();
    let fen: i64 = stands
        .iter()
        .filter_map(|item| item["amount"]["amount"].as_str())
        .map(|text| text.replace('.', "").parse::<i64>().unwrap())
        .sum();
    let mut endings = std::collections::BTreeMap::<(String, String), i64>::new();
    for item in items.iter().filter(|item| item["ending"].is_object()) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        *endings.entry((text(&item["state"]), text(&item["ending"]["reason_code"]))).or_default() += 1;
    }
    let endings: Vec<Value> = endings
        .into_iter()
        .map(|((state, code), count)| json!({"state": state, "reason_code": code, "count": count}))
        .collect();
    json!({
        "total": items.len(),
        "reached": count(&|item, state| item["reached"][state].is_string()),
        "now": count(&|item, state| item["state"] == *state),
        "endings": endings,
        "contracted_amount": {"amount": format!("{}.{:02}", fen / 100, fen % 100), "currency": "CNY"},
        "amounts_given": stands.iter().filter(|item| item["amount"].is_object()).count(),
    })
}

#[apply(api_test)]
async fn the_funnel_is_what_the_rows_say(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    for state in
        ["proposed", "accepted_one_side", "accepted", "accepted", "contracted", "finished", "declined", "failed"]
    {
        in_state(&app, state, (&enterprise, &university)).await;
    }
    let same = async |caller: &Caller, figures: &str, list: &str| {
        let counted = caller.get(&format!("/api/v1/statistics/introductions?{figures}")).await.expect(200);
        let items = caller.get(&format!("/api/v1/introductions?limit=200&{list}")).await.items();
        for (member, value) in by_hand(&items).as_object().unwrap() {
            assert_eq!(&counted[member], value, "{figures} {member}");
        }
        counted
    };
    for caller in [&enterprise, &university, &app.client("cq-agency"), &app.client("sc-agency"), &app.client("reader")]
    {
        same(caller, "", "").await;
        for province in [CHONGQING, SICHUAN] {
            same(caller, &format!("province={province}"), &format!("province={province}")).await;
        }
    }
    // The demo register has one within Chongqing.
    let (cq, sc) = (same(&app.client("cq-agency"), "", "").await, same(&app.client("sc-agency"), "", "").await);
    assert_eq!((&cq["total"], &sc["total"]), (&json!(9), &json!(8)));
    // Days from proposal to acceptance: 2 and 4 of the accepted ones, 0 of the others, which are three.
    let items = enterprise.get("/api/v1/introductions?limit=200&state=accepted").await.items();
    backdate(&app, &items[0], 2);
    backdate(&app, &items[1], 4);
    let counted = enterprise.get("/api/v1/statistics/introductions").await.expect(200);
    let first = &counted["medians"][0];
    assert_eq!((&first["from"], &first["to"], &first["count"]), (&json!("proposed"), &json!("accepted"), &json!(5)));
    assert_eq!(first["days"], "0.00");
    let other = enterprise.get("/api/v1/introductions?limit=200&state=contracted").await.items();
    backdate(&app, &other[0], 3);
    let counted = enterprise.get("/api/v1/statistics/introductions").await.expect(200);
    assert_eq!(counted["medians"][0]["days"], "2.00");
    // By the days on which they were proposed, in Shanghai.
    let day = |days: i64| Moment::now().plus_seconds(-days * 86_400).day_in_shanghai();
    let until = format!("/api/v1/statistics/introductions?proposed_on_lte={}", day(1));
    assert_eq!(enterprise.get(&until).await.expect(200)["total"], 3);
    let within = format!("/api/v1/statistics/introductions?proposed_on_gte={}&proposed_on_lte={}", day(3), day(2));
    assert_eq!(enterprise.get(&within).await.expect(200)["total"], 2);
    let tag = enterprise.get(&until).await.header("etag").to_owned();
    assert_eq!(enterprise.get(&until).header("If-None-Match", &tag).await.status(), 304);
}
