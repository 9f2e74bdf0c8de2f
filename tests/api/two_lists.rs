//! The two lists, demands and capabilities: last days, evidence, and organizations that ask not to be named.

use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// 赛力斯集团股份有限公司 among the demo organizations.
const SERES: u32 = 46;

fn hidden() -> Content {
    demand().with("/organization", json!({"id": demo_org_id(SERES)})).with("/name_disclosure", "hide")
}

/// A demand that an enterprise with a system of its own submitted and its agency made official.
async fn published_from_a_system(app: &TestApp, content: Content) -> Value {
    let scopes = "records:read records:write";
    let enterprise = app.new_client("seres-plm", Some(demo_org_id(SERES)), Some(CHONGQING), scopes);
    let draft = enterprise.put("/api/v1/demands/by-source/SERES-0042", content).await.expect(201);
    app.client("cq-agency").show("demands", &draft).await.problem(404);
    let submitted = enterprise.transition("demands", &draft, "submitted", None).await.expect(200);
    app.client("cq-agency").transition("demands", &submitted, "active", None).await.expect(200)
}

#[apply(api_test)]
async fn an_organization_that_wishes_not_to_be_named_is_told_nowhere_in_public(app: TestApp) {
    let record = published_from_a_system(&app, hidden()).await;
    let (reader, anybody) = (app.client("reader"), app.anonymous());
    let place = path("demands", &record);
    let code = record["code"].as_str().unwrap();
    let owner = record["owner"]["code"].as_str().unwrap().to_owned();
    let secrets = [
        record["owner"]["id"].as_str().unwrap(),
        &owner,
        "赛力斯",
        "Seres",
        "seres-plm",
        "SERES-0042",
        record["digest"].as_str().unwrap(),
        "技术中心（示例）",
    ];
    let views = [
        place.clone(),
        format!("/api/v1/demands/{code}"),
        format!("{place}?expand=owner,organization"),
        format!("{place}?fields=owner,organization,contact,digest,source_system,source_id,confirmations,warnings"),
        format!("{place}?as_of={}", chuanyu::db::Moment::now()),
        format!("/api/v1/demands?code={code}"),
        format!("/api/v1/demands?code={code}&expand=owner,organization&fields=owner"),
        "/api/v1/demands?limit=200&sort=-deadline_on&name_disclosure=hide".to_owned(),
    ];
    for view in &views {
        let answer = anybody.get(view).await;
        assert_eq!(answer.status(), 200, "{view}");
        assert!(answer.text().contains(code), "{view}");
        for secret in secrets {
            assert!(!answer.text().contains(secret), "{view} tells {secret}");
        }
    }
    let shown = anybody.get(&place).await.expect(200);
    for member in ["owner", "organization", "contact", "digest", "source_system", "source_id"] {
        assert!(shown.get(member).is_none() && record.get(member).is_some(), "{member}");
    }
    assert_eq!(shown["problem_text"], record["problem_text"]);
    assert_eq!(reader.get(&place).await.expect(200), record, "with a token it is all there");
}

#[apply(api_test)]
async fn no_public_list_tells_by_what_it_finds_whose_a_demand_is(app: TestApp) {
    let record = published_from_a_system(&app, hidden()).await;
    let (reader, anybody) = (app.client("reader"), app.anonymous());
    let code = record["code"].as_str().unwrap();
    let (owner, id) = (record["owner"]["code"].as_str().unwrap(), record["owner"]["id"].as_str().unwrap());
    let telling = [
        format!("owner={owner}"),
        format!("owner={id}"),
        format!("organization={owner}"),
        format!("organization={id},{}", demo_org_id(1)),
        "source_system=seres-plm".to_owned(),
        "source_id=SERES-0042".to_owned(),
        "has_organization=true".to_owned(),
        format!("organization={id}&demand_type=key_technology&sort=-deadline_on"),
        format!("owner={id}&field=F2"),
    ];
    for filter in &telling {
        let query = format!("/api/v1/demands?{filter}&code={code}&include_total=true");
        let page = anybody.get(&query).await.expect(200);
        assert_eq!((&page["items"], &page["page"]["total"]), (&json!([]), &json!(0)), "{filter}");
        let page = reader.get(&query).await.expect(200);
        assert_eq!(page["page"]["total"], 1, "{filter}");
    }
    // Filters that reveal nothing find it, and named organizations are found by all.
    for filter in ["demand_type=key_technology", "province=500000", "industry=36", "has_bottleneck=true"] {
        let found = anybody.get(&format!("/api/v1/demands?{filter}&code={code}")).await.items();
        assert_eq!(found.len(), 1, "{filter}");
    }
    let named = app.published("demands", demand()).await;
    let owner = named["owner"]["code"].as_str().unwrap();
    for filter in ["owner", "organization"] {
        let found = anybody.get(&format!("/api/v1/demands?{filter}={owner}&code={}", named["code"].as_str().unwrap()));
        assert_eq!(found.await.items().len(), 1, "{filter}");
    }
}

#[apply(api_test)]
async fn the_wish_holds_from_the_moment_it_is_recorded(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = app.published("demands", demand()).await;
    let place = path("demands", &record);
    let before = app.anonymous().get(&place).await;
    assert_eq!(before.expect(200)["organization"], record["organization"]);
    assert!(before.json().get("contact").is_none(), "a contact is never public");
    let hide = json!({"name_disclosure": "hide"});
    let hidden = agency.patch(&place, hide).if_match(revision(&record)).await.expect(200);
    let after = app.anonymous().get(&place).await;
    assert!(after.expect(200).get("organization").is_none());
    assert_ne!(after.header("etag"), before.header("etag"));
    let show = json!({"name_disclosure": "show"});
    agency.patch(&place, show).if_match(revision(&hidden)).await.expect(200);
    assert_eq!(app.anonymous().get(&place).await.expect(200)["owner"], record["owner"]);
    // Reading the feed needs a token; a rebuild makes the same answers.
    let feed = app.client("reader").get("/api/v1/changes?kinds=demands&limit=1000&include=record").await.items();
    assert_eq!(feed.last().unwrap()["record"]["organization"], record["organization"]);
}

#[apply(api_test)]
async fn a_demand_goes_from_open_to_solved(app: TestApp) {
    let agency = app.client("cq-agency");
    let mut record = app.published("demands", demand()).await;
    for lifecycle in ["matching", "matched", "solved"] {
        let patch = json!({"lifecycle": lifecycle});
        record = agency.patch(&path("demands", &record), patch).if_match(revision(&record)).await.expect(200);
        assert_eq!((&record["lifecycle"], &record["state"]), (&json!(lifecycle), &json!("active")));
    }
    let linked = json!({"demand": {"id": record["id"]}});
    let project = agency.create("projects", project().with("/linked", linked.clone())).await;
    let found = agency.get(&format!("/api/v1/projects?demand={}", record["code"].as_str().unwrap())).await.items();
    assert_eq!(found, [project]);
    let closed = app.published("demands", demand().with("/lifecycle", "closed")).await;
    let content = crate::support::contents::project().with("/linked", json!({"demand": {"id": closed["id"]}}));
    let problem = agency.post("/api/v1/projects", content).await.problem(422);
    assert_eq!(problem.faults(), [("#/linked/demand".to_owned(), "reference-ended".to_owned())]);
}

#[apply(api_test)]
async fn what_expired_is_opened_again_with_a_new_last_day(app: TestApp) {
    let agency = app.client("cq-agency");
    for (kind, open, day) in [("demands", "open", "deadline_on"), ("capabilities", "available", "valid_until")] {
        let content = content_of(kind).with("/lifecycle", "expired").with(&format!("/{day}"), "2026-01-31");
        let expired = app.published(kind, content).await;
        let place = path(kind, &expired);
        let patch = |patch: Value| agency.patch(&place, patch).if_match(revision(&expired));
        let problem = patch(json!({"lifecycle": open})).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#/{day}"), "last-day-passed".to_owned())]);
        let problem = patch(json!({day: "2035-01-31"})).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#/{day}"), "last-day-to-come".to_owned())]);
        let mut both = json!({"lifecycle": open});
        both[day] = json!("2035-01-31");
        assert_eq!(patch(both).await.expect(200)["lifecycle"], open);
        let late = content_of(kind).with(&format!("/{day}"), "2026-01-31");
        let problem = agency.post(&format!("/api/v1/{kind}"), late).await.problem(422);
        assert!(problem.has(&format!("#/{day}"), "last-day-passed"), "{:?}", problem.faults());
    }
}

#[apply(api_test)]
async fn capabilities_are_found_by_what_supports_them(app: TestApp) {
    let (agency, anybody) = (app.client("cq-agency"), app.anonymous());
    let record = app.published("capabilities", capability().with("/maturity", "trl3")).await;
    let evidence = &record["evidence"];
    let own = |reference: &Value| reference["code"].as_str().unwrap().to_owned();
    for (filter, list) in
        [("achievement", "achievements"), ("project", "projects"), ("lab", "labs"), ("instrument", "instruments")]
    {
        let code = own(&evidence[list][0]);
        let found = anybody.get(&format!("/api/v1/capabilities?{filter}={code}&maturity=trl3")).await.items();
        assert_eq!(found.len(), 1, "{filter}");
        assert_eq!(found[0]["id"], record["id"]);
    }
    for filter in ["division=500000", "discipline=520", "cooperation_mode=consulting", "valid_until_gte=2035-12-31"] {
        let found = agency.get(&format!("/api/v1/capabilities?maturity=trl3&{filter}")).await.items();
        assert_eq!((found.len(), &found[0]), (1, &record), "{filter}");
    }
    let expanded = anybody.get(&format!("{}?expand=organization,achievement", path("capabilities", &record))).await;
    let expanded = expanded.expect(200);
    assert_eq!(expanded["expanded"]["organization"][0]["id"], record["owner"]["id"]);
    assert_eq!(expanded["expanded"]["achievement"][0]["id"], evidence["achievements"][0]["id"]);
    assert!(expanded.get("contact").is_none() && record.get("contact").is_some());
    let draft = agency.create("achievements", achievement()).await;
    let content = capability().with("/evidence", json!({"achievements": [{"id": draft["id"]}]}));
    let resting = agency.create("capabilities", content).await;
    let problem = agency.transition("capabilities", &resting, "active", None).await.problem(422);
    assert!(problem.has("#/evidence/achievements/0", "reference-not-published"));
}
