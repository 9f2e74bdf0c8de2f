//! The audit log: every change, refused login and operator's action leaves one event, and each auditor sees those of
//! their side.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chuanyu::audit::verify;
use chuanyu::audit::verify::Wanted;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::processes::program;
use crate::support::*;

const EVENTS: &str = "/api/v1/audit-events";

/// The events that a filter finds, in their order.
async fn events(auditor: &Caller, filter: &str) -> Vec<Value> {
    let page = auditor.get(&format!("{EVENTS}?after=0&limit=1000&{filter}")).await.expect(200);
    assert_eq!(page["has_more"], false);
    page["items"].as_array().unwrap().clone()
}

async fn of_record(auditor: &Caller, record: &Value) -> Vec<Value> {
    events(auditor, &format!("ref={}", record["id"].as_str().unwrap())).await
}

async fn head(auditor: &Caller) -> i64 {
    auditor.get(&format!("{EVENTS}?after=0&limit=1&client=nobody-at-all")).await.expect(200)["next_after"]
        .as_i64()
        .unwrap()
}

fn login(app: &TestApp, name: &str, secret: &str, scope: &str) -> callers::Request {
    let basic = BASE64_STANDARD.encode(format!("{name}:{secret}"));
    app.anonymous()
        .request(reqwest::Method::POST, "/oauth2/token")
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .text(format!("grant_type=client_credentials&scope={scope}"))
}

#[apply(api_test)]
async fn every_change_of_a_record_leaves_exactly_one_event(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let made = university.post("/api/v1/instruments", instrument().with("/remarks", "甲")).await;
    let draft = made.expect(201);
    let place = path("instruments", &draft);
    let patch = json!({"remarks": "乙", "model": "另一型号"});
    let patched = university.patch(&place, patch).if_match(1).await;
    let record = patched.expect(200);
    university.patch(&place, json!({"remarks": "乙"})).if_match(2).await.expect(200);
    university.transition("instruments", &record, "submitted", None).await.expect(200);
    let submitted = agency.show("instruments", &record).await.expect(200);
    agency.decline("instruments", &submitted, "型号有误").await.expect(201);
    let returned = university.show("instruments", &record).await.expect(200);
    university.transition("instruments", &returned, "submitted", None).await.expect(200);
    let submitted = agency.show("instruments", &record).await.expect(200);
    agency.confirm("instruments", &submitted).await.expect(201);
    let active = agency.show("instruments", &record).await.expect(200);
    agency.transition("instruments", &active, "suspended", Some("检修")).await.expect(200);

    let found = of_record(&agency, &draft).await;
    let told: Vec<(&str, Option<i64>, Option<i64>)> = found
        .iter()
        .map(|event| {
            (event["action"].as_str().unwrap(), event["from_revision"].as_i64(), event["to_revision"].as_i64())
        })
        .collect();
    let steps = ["created", "updated", "submitted", "declined", "submitted", "activated", "suspended"];
    let expected: Vec<String> = steps.iter().map(|step| format!("instrument.{step}")).collect();
    assert_eq!(told.iter().map(|(action, ..)| *action).collect::<Vec<_>>(), expected);
    for (place, (_, from, to)) in told.iter().enumerate() {
        assert_eq!((*from, *to), ((place > 0).then_some(place as i64), Some(place as i64 + 1)));
    }
    assert_eq!(found[1]["changed"], json!(["model", "remarks"]));
    assert!(found[0]["changed"].as_array().unwrap().contains(&json!("host")), "a new record has all of its members");
    assert!(found[2..].iter().all(|event| event["changed"] == json!([])));
    assert_eq!(
        (found[1]["from_digest"].clone(), found[1]["to_digest"].clone()),
        (draft["digest"].clone(), record["digest"].clone())
    );
    assert_eq!(found[0]["request_id"], made.header("x-request-id"));
    assert_eq!(found[1]["request_id"], patched.header("x-request-id"));
    assert_eq!(found[0]["ref"], json!({"id": draft["id"], "code": draft["code"]}));
    assert_eq!((&found[3]["reason"], &found[6]["reason"]), (&json!("型号有误"), &json!("检修")));
    assert_eq!((&found[3]["client"], &found[3]["province"]), (&json!("cq-agency"), &json!(CHONGQING)));
    assert!(found.iter().all(|event| event["actor"] == "client" && event["org_id"].is_string()));
    assert_eq!(events(&agency, &format!("ref={}", draft["code"].as_str().unwrap())).await, found, "by code as well");
    // Every reader can check each of them.
    for event in &found {
        let mut members = event.clone();
        let hash = members.as_object_mut().unwrap().remove("hash").unwrap();
        let text = serde_json_canonicalizer::to_string(&members).unwrap();
        let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, format!("sha-256:{digits}"));
    }
}

#[apply(api_test)]
async fn a_deleted_draft_stays_in_the_log(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let draft = university.create("projects", project()).await;
    university.delete(&path("projects", &draft)).if_match(1).await.expect(204);
    let found = of_record(&agency, &draft).await;
    assert_eq!(found.len(), 2);
    let last = &found[1];
    assert_eq!((&last["action"], &last["from_revision"]), (&json!("project.deleted"), &json!(1)));
    assert_eq!((last.get("to_revision"), last.get("to_digest")), (None, None));
    assert_eq!(last["from_digest"], draft["digest"]);
    verify::run(&app.services.db, &Wanted::default()).unwrap().unwrap();
}

#[apply(api_test)]
async fn what_is_refused_or_changes_nothing_leaves_no_event(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let draft = university.create("instruments", instrument().with("/remarks", "甲")).await;
    let place = path("instruments", &draft);
    let before = head(&agency).await;
    assert_eq!(university.patch(&place, json!({"remarks": "乙"})).if_match(7).await.status(), 412);
    assert_eq!(university.patch(&place, json!({"name": null})).if_match(1).await.status(), 422);
    assert_eq!(app.client("sc-university").patch(&place, json!({"remarks": "乙"})).if_match(1).await.status(), 404);
    assert_eq!(university.patch(&place, json!({"remarks": "甲"})).if_match(1).await.status(), 200);
    assert_eq!(university.transition("instruments", &draft, "closed", Some("x")).await.status(), 409);
    assert_eq!(university.post("/api/v1/instruments", json!({})).await.status(), 422);
    assert_eq!(head(&agency).await, before);
}

#[apply(api_test)]
async fn a_refused_login_leaves_one_event_and_no_secret(app: TestApp) {
    let agency = app.client("cq-agency");
    app.new_client("cq-guest", None, Some(CHONGQING), "records:read");
    let before = head(&agency).await;
    let good = login(&app, "cq-guest", "a-secret-for-tests", "records:read").await;
    assert_eq!(good.status(), 200);
    assert_eq!(head(&agency).await, before, "a login that succeeds is in the service's log only");
    app.database(|conn| chuanyu::auth::clients::add(conn, &new_disabled(), &secret()).map(drop).unwrap());
    app.database(|conn| chuanyu::auth::clients::disable(conn, "sc-gone").map(drop).unwrap());
    let tries = [
        ("cq-guest", "not-the-secret", "", "wrong-secret"),
        ("no-such-client", "not-the-secret", "", "unknown-client"),
        ("Passw0rd!in-the-wrong-field", "not-the-secret", "", "unknown-client"),
        ("cq-guest", "a-secret-for-tests", "records:write", "scope-not-granted records:write"),
        ("cq-guest", "a-secret-for-tests", "hunter2", "unknown-scope"),
        ("sc-gone", "a-secret-for-tests", "", "client-disabled"),
    ];
    let before = head(&agency).await;
    for (name, secret, scope, why) in tries {
        let answer = login(&app, name, secret, scope).await;
        assert!([400, 401].contains(&answer.status()), "{}", answer.text());
        let seen = if name == "sc-gone" { app.client("sc-agency") } else { agency.clone() };
        let found = events(&seen, &format!("request_id={}", answer.header("x-request-id"))).await;
        assert_eq!(found.len(), 1, "{name} {why}");
        let event = &found[0];
        assert_eq!((&event["action"], &event["actor"]), (&json!("token.refused"), &json!("unauthenticated")));
        assert_eq!(event["detail"], why);
        let named = (!name.starts_with("Passw0rd")).then(|| json!(name));
        assert_eq!(event.get("client").cloned(), named);
        assert_eq!(event.get("client_id").is_some(), why != "unknown-client");
        assert_eq!(
            event["concerns"],
            if why == "unknown-client" { "both" } else { event["province"].as_str().unwrap() }
        );
        for word in ["not-the-secret", "a-secret-for-tests", "Passw0rd", "hunter2"] {
            assert!(!event.to_string().contains(word), "{event}");
        }
    }
    assert_eq!(head(&agency).await, before + tries.len() as i64);
    // A refused token is no login, nor is a request without credentials.
    assert_eq!(agency.with_token("x").get(EVENTS).await.status(), 401);
    assert_eq!(app.anonymous().post("/oauth2/token", json!({})).await.status(), 415);
    assert_eq!(head(&agency).await, before + tries.len() as i64);
}

fn secret() -> chuanyu::auth::secrets::Secret {
    chuanyu::auth::secrets::Secret::given("a-secret-for-tests".to_owned()).unwrap()
}

fn new_disabled() -> chuanyu::auth::clients::NewClient {
    chuanyu::auth::clients::NewClient {
        name: "sc-gone".to_owned(),
        org_id: None,
        province: Some(SICHUAN.to_owned()),
        scopes: chuanyu::auth::Scopes::parse("records:read").unwrap(),
        source_system: None,
        for_province: false,
    }
}

#[apply(api_test)]
async fn a_log_that_cannot_be_written_changes_no_refusal(app: TestApp) {
    app.new_client("cq-guest", None, Some(CHONGQING), "records:read");
    let answered = login(&app, "cq-guest", "wrong", "").await;
    app.database(|conn| conn.batch_execute("ALTER TABLE audit_head RENAME TO audit_head_gone").unwrap());
    let again = login(&app, "cq-guest", "wrong", "").await;
    assert_eq!((again.status(), again.text()), (401, answered.text()));
    assert_eq!(login(&app, "cq-guest", "a-secret-for-tests", "").await.status(), 200);
    // A change without its event does not happen.
    assert_eq!(app.client("cq-university").post("/api/v1/instruments", instrument()).await.status(), 500);
}

#[apply(api_test)]
async fn a_login_that_is_held_is_in_the_log_too(app: TestApp) {
    let agency = app.client("cq-agency");
    app.new_client("cq-guest", None, Some(CHONGQING), "records:read");
    for _ in 0..chuanyu::auth::limits::FAILURES {
        assert_eq!(login(&app, "cq-guest", "not-the-secret", "").await.status(), 401);
    }
    let held = login(&app, "cq-guest", "a-secret-for-tests", "").await;
    assert_eq!(held.status(), 429);
    let found = events(&agency, &format!("request_id={}", held.header("x-request-id"))).await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["action"], &found[0]["detail"]), (&json!("token.refused"), &json!("too-many-logins")));
    assert_eq!((&found[0]["client"], &found[0]["concerns"]), (&json!("cq-guest"), &json!(CHONGQING)));
}

#[apply(api_test)]
async fn what_the_operator_does_is_in_the_log(app: TestApp) {
    let agency = app.client("cq-agency");
    let before = head(&agency).await;
    let keys = database::scratch().join(format!("audited-keys-{:?}", app.engine)).display().to_string();
    // As the service makes them at its first start.
    chuanyu::auth::keys::Keys::open(&keys, 900).unwrap();
    let run = |words: &[&str]| {
        let output = program(words, &[("database_url", &app.database.url), ("keys_dir", &keys)]).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = run(&["client", "add", "cq-new", "--province", CHONGQING, "--scopes", "records:read records:write"]);
    run(&["client", "disable", "cq-new"]);
    run(&["client", "enable", "cq-new"]);
    run(&["client", "set-organization", "cq-new", &chuanyu::kinds::shared::demo_org_id(1).to_string()]);
    let rotated = run(&["client", "rotate-secret", "cq-new", "--overlap-seconds", "60"]);
    run(&["token", "cq-new", "--scopes", "records:read"]);
    run(&["client", "list"]);
    run(&["key", "list"]);
    let made = run(&["key", "rotate"]);
    run(&["key", "rotate"]);
    run(&["client", "delete", "cq-new"]);
    let page = agency.get(&format!("{EVENTS}?after={before}")).await.expect(200);
    let found = page["items"].as_array().unwrap();
    let told: Vec<(&str, Option<&str>)> =
        found.iter().map(|event| (event["action"].as_str().unwrap(), event["client"].as_str())).collect();
    let expected = [
        ("client.added", Some("cq-new")),
        ("client.disabled", Some("cq-new")),
        ("client.enabled", Some("cq-new")),
        ("client.organization_set", Some("cq-new")),
        ("client.secret_rotated", Some("cq-new")),
        ("token.issued", Some("cq-new")),
        ("key.rotated", None),
        ("client.deleted", Some("cq-new")),
    ];
    assert_eq!(told, expected, "the second rotation found a coming key and changed nothing");
    assert!(found.iter().all(|event| event["actor"] == "operator" && event.get("request_id").is_none()));
    assert_eq!(found[0]["detail"], "records:read records:write");
    assert_eq!(found[3]["org_id"], json!(chuanyu::kinds::shared::demo_org_id(1)));
    assert_eq!(found[5]["detail"], "records:read");
    let kid = made.split(':').next().unwrap();
    assert!(found[6]["detail"].as_str().unwrap().contains(kid));
    assert_eq!((&found[0]["concerns"], &found[6]["concerns"]), (&json!(CHONGQING), &json!("both")));
    for printed in [shown, rotated] {
        let secret = printed.lines().find_map(|line| line.strip_prefix("client_secret: ")).unwrap();
        assert!(!page.to_string().contains(secret));
    }
}

#[apply(api_test)]
async fn auditors_see_what_concerns_their_province(app: TestApp) {
    let (own, other) = (app.client("cq-agency"), app.client("sc-agency"));
    let nowhere = app.new_client("observer", None, None, "audit:read");
    let university = app.client("cq-university");
    let instrument = app.published("instruments", instrument()).await;
    assert_eq!(of_record(&own, &instrument).await.len(), 2);
    assert!(of_record(&other, &instrument).await.is_empty(), "the other province's own business");
    assert!(of_record(&nowhere, &instrument).await.is_empty());

    let lab = university.create("joint-labs", joint_lab()).await;
    assert_eq!(of_record(&own, &lab).await.len(), 1);
    assert!(of_record(&other, &lab).await.is_empty(), "a draft that was not submitted yet");
    let submitted = university.transition("joint-labs", &lab, "submitted", None).await.expect(200);
    for auditor in [&other, &nowhere] {
        let seen = of_record(auditor, &lab).await;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["action"], "joint_lab.submitted");
    }
    other.decline("joint-labs", &submitted, "名称有误").await.expect(201);
    let returned = university.show("joint-labs", &lab).await.expect(200);
    university
        .patch(&path("joint-labs", &returned), json!({"remarks": "丙"}))
        .if_match(revision(&returned))
        .await
        .expect(200);
    assert_eq!(of_record(&other, &lab).await.len(), 3, "from its first submission on");
    // What a province's client does elsewhere is visible to that province.
    let foreign = app.client("sc-university").create("alliances", alliance()).await;
    assert!(of_record(&own, &foreign).await.is_empty());
    assert_eq!(of_record(&other, &foreign).await.len(), 1);
    for auditor in [&own, &other, &nowhere] {
        let all = events(auditor, "").await;
        assert!(!all.is_empty());
        let hidden = |event: &&Value| {
            let province = if auditor.token == own.token { CHONGQING } else { SICHUAN };
            event["concerns"] != "both" && event["concerns"] != province && event["province"] != province
        };
        assert!(all.iter().find(hidden).is_none());
    }
    assert_eq!(university.get(EVENTS).await.problem(403).code(), "insufficient-scope");
}

#[apply(api_test)]
async fn pages_go_back_from_the_newest_or_on_from_a_position(app: TestApp) {
    let agency = app.client("cq-agency");
    for _ in 0..7 {
        app.client("cq-university").create("instruments", instrument()).await;
    }
    let all = events(&agency, "").await;
    let seqs = |items: &Value| -> Vec<i64> {
        items.as_array().unwrap().iter().map(|event| event["seq"].as_i64().unwrap()).collect()
    };
    let ascending = seqs(&json!(all));
    assert!(ascending.is_sorted() && ascending.len() > 100);
    let (mut back, mut on, mut path) = (Vec::new(), Vec::new(), format!("{EVENTS}?limit=97"));
    loop {
        let page = agency.get(&path).await.expect(200);
        back.extend(seqs(&page["items"]));
        assert_eq!(page.get("next_after"), None);
        assert_eq!(page["has_more"] == true, page.get("next_before").is_some());
        let Some(before) = page["next_before"].as_i64() else { break };
        path = format!("{EVENTS}?limit=97&before={before}");
    }
    back.reverse();
    assert_eq!(back, ascending);
    let mut after = 0;
    loop {
        let page = agency.get(&format!("{EVENTS}?limit=97&after={after}")).await.expect(200);
        on.extend(seqs(&page["items"]));
        after = page["next_after"].as_i64().unwrap();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(on, ascending);
    assert_eq!(after, head(&agency).await, "what is not the caller's to see is passed as well");
    let empty = agency.get(&format!("{EVENTS}?after={after}")).await.expect(200);
    assert_eq!(empty, json!({"items": [], "has_more": false, "next_after": after}));
    assert_eq!(agency.get(EVENTS).await.header("cache-control"), "no-store");
}

#[apply(api_test)]
async fn filters_narrow_and_what_is_unknown_is_refused(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = app.published("instruments", instrument()).await;
    let all = events(&agency, "").await;
    let count = |wanted: &dyn Fn(&Value) -> bool| all.iter().filter(|event| wanted(event)).count();
    let org = chuanyu::kinds::shared::demo_org_id(1).to_string();
    let code =
        agency.get(&format!("/api/v1/organizations/{org}")).await.expect(200)["code"].as_str().unwrap().to_owned();
    assert_eq!(events(&agency, "client=cq-agency").await.len(), count(&|event| event["client"] == "cq-agency"));
    let both = events(&agency, "action=instrument.created,instrument.activated&province=500000").await;
    assert!(
        both.len() > 20 && both.iter().all(|event| event["kind"] == "instruments" && event["province"] == CHONGQING)
    );
    let (by_id, by_code) =
        (events(&agency, &format!("org={org}")).await, events(&agency, &format!("org={code}")).await);
    assert!(!by_id.is_empty() && by_id == by_code && by_id.iter().all(|event| event["org_id"] == org));
    let at = record["updated_at"].as_str().unwrap();
    let recent = events(&agency, &format!("at_gte={at}&action=instrument.activated")).await;
    assert_eq!((recent.len(), &recent[0]["ref"]["id"]), (1, &record["id"]));
    assert!(events(&agency, "at_lt=2026-09-01T01:00:00Z").await.is_empty());
    let unknown = chuanyu::reference::RecordCode::new("ORG", 2026, 999_999).unwrap();
    assert!(events(&agency, &format!("ref={unknown}")).await.is_empty());

    let wrong = agency.get(&format!("{EVENTS}?clients=cq-agency")).await;
    assert_eq!(wrong.problem(400).code(), "unknown-parameter");
    assert_eq!(wrong.json()["errors"][0]["did_you_mean"], "client");
    assert_eq!(agency.get(&format!("{EVENTS}?province=110000")).await.problem(400).code(), "unknown-parameter");
    for bad in [
        "ref=x",
        "ref=INS-2026-000001-9",
        "org=",
        "client=CQ",
        "client=a,",
        "action=updated",
        "action=Instrument.updated",
        "request_id=7",
        "at_gte=yesterday",
        "at_lt=2026-09-01",
        "after=-1",
        "before=0",
        "limit=0",
        "limit=1001",
        "after=1&before=9",
    ] {
        assert_eq!(agency.get(&format!("{EVENTS}?{bad}")).await.problem(400).code(), "invalid-parameter", "{bad}");
    }
}

#[apply(api_test)]
async fn both_sides_see_the_event_that_takes_a_record_from_one_to_the_other(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let record = app.published("instruments", instrument()).await;
    let away = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(66)}});
    let request = university.propose("instruments", &record, away).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);
    let moved = sc.show("instruments", &record).await.expect(200);
    assert_eq!(moved["province"], SICHUAN);
    sc.patch(&path("instruments", &moved), json!({"remarks": "已移交"})).if_match(revision(&moved)).await.expect(200);
    let told = |events: Vec<Value>| {
        let word = |event: &Value| event["action"].as_str().unwrap().trim_start_matches("instrument.").to_owned();
        events.iter().map(word).collect::<Vec<_>>()
    };
    let seen = told(of_record(&cq, &record).await);
    assert_eq!(seen, ["created", "activated", "change_proposed", "change_confirmed", "changed"]);
    assert_eq!(told(of_record(&sc, &record).await), ["changed", "updated"], "its past was the other side's");
    let moving = of_record(&cq, &record).await.pop().unwrap();
    assert_eq!((&moving["concerns"], &moving["changed"]), (&json!("both"), &json!(["host"])));

    // A draft that was visible to both provinces and is visible to one now.
    let clerk = app.client("cq-clerk");
    let joint = clerk.submit("policies", policy()).await;
    let draft = clerk.transition("policies", &joint, "draft", Some("改为单方")).await.expect(200);
    let alone: Value = policy_of_chongqing().into();
    let patch = json!({"policy_kind": "chongqing", "parties": alone["parties"]});
    let patched = clerk.patch(&path("policies", &draft), patch).if_match(revision(&draft)).await.expect(200);
    let more = json!({"remarks": "此后只涉一方"});
    clerk.patch(&path("policies", &draft), more).if_match(revision(&patched)).await.expect(200);
    let last = of_record(&sc, &joint).await.pop().unwrap();
    assert_eq!((&last["to_revision"], &last["concerns"]), (&patched["revision"], &json!("both")));
    assert_eq!(of_record(&cq, &joint).await.len(), of_record(&sc, &joint).await.len() + 2);
}
