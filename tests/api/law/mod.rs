//! The law of changes: a change of an official record is judged like a new record. Faults that existed before are
//! forgiven, and a proposal that has become impossible does not stay open.

mod constraints;
mod every_change;

use std::collections::BTreeSet;

use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

fn merged(content: Content, patch: &Value) -> Value {
    let mut content = content.0;
    json_patch::merge(&mut content, patch);
    content
}

/// A change of a member that breaks a rule together with another one, and where a new record is told so.
type Case = (&'static str, fn() -> Content, Value, &'static str, &'static str);

fn cases_of_one_side() -> Vec<Case> {
    vec![
        ("instruments", instrument, json!({"share_mode": "3"}), "/lifecycle", "not-shared-but-open"),
        ("instruments", instrument, json!({"customs_supervised": true}), "/customs", "required-here"),
        ("instruments", instrument, json!({"lifecycle": "retired"}), "/decommissioned_on", "required-here"),
        ("organizations", organization, json!({"lifecycle": "merged"}), "/successor", "required-here"),
        ("organizations", organization, json!({"lifecycle": "ended"}), "/ended_on", "required-here"),
        (
            "organizations",
            || organization().with("/ended_on", "2026-01-01"),
            json!({"established_on": "2026-11-01"}),
            "/ended_on",
            "before-other-date",
        ),
        ("achievements", offered, json!({"lifecycle": "contracted"}), "/transformations", "required-here"),
        ("achievements", achievement, json!({"start_month": "2026-11"}), "/end_month", "before-other-date"),
        ("policies", policy_of_chongqing, json!({"lifecycle": "repealed"}), "/replaced_by", "required-here"),
        ("policies", policy_of_chongqing, json!({"policy_kind": "sichuan"}), "/parties", "own-issuer-missing"),
        (
            "policies",
            policy_of_chongqing,
            json!({"effective_from": "2023-05-01"}),
            "/effective_from",
            "before-other-date",
        ),
        ("policies", policy_of_chongqing, json!({"issued_on": "2024-01-01"}), "/effective_from", "before-other-date"),
        ("demands", demand, json!({"lifecycle": "expired"}), "/deadline_on", "last-day-to-come"),
        ("capabilities", capability, json!({"lifecycle": "expired"}), "/valid_until", "last-day-to-come"),
        ("indicators", || content_of("indicators"), json!({"unit": "CNY"}), "/unit", "unit-of-other-type"),
        ("targets", || content_of("targets"), json!({"period_from": 2031}), "/period_from", "after-other-date"),
        ("observations", || content_of("observations"), json!({"rank": "deprecated"}), "/rank_reason", "required-here"),
    ]
}

fn cases_of_both() -> Vec<Case> {
    vec![
        ("projects", project, json!({"lifecycle": "terminated"}), "/end_actual_on", "required-here"),
        ("projects", project, json!({"lifecycle": "completed"}), "/acceptance", "required-here"),
        ("projects", project, json!({"start_on": "2026-11-01"}), "/end_planned_on", "before-other-date"),
        ("projects", project, json!({"budget_cq": {"amount": "900000000.00"}}), "/budget_total", "budget-exceeded"),
        ("projects", project, json!({"budget_cq": {"amount": "1.00"}}), "/budget_total", "budget-sum-differs"),
        ("projects", project, json!({"end_planned_on": "2030-01-01"}), "/extensions/0/end_on", "before-other-date"),
        ("joint-labs", joint_lab, json!({"lifecycle": "reorganised"}), "/successor", "required-here"),
        ("joint-labs", joint_lab, json!({"build_start_on": "2026-11-01"}), "/operating_since", "before-other-date"),
        ("joint-labs", planned_lab, json!({"lifecycle": "under_construction"}), "/approval_no", "required-here"),
        ("joint-labs", other_lab, json!({"platform_type": "joint_key_lab"}), "/base_labs", "required-here"),
        ("alliances", founded_one, json!({"lifecycle": "active"}), "/charter_signed_on", "required-here"),
    ]
}

fn offered() -> Content {
    achievement().with("/lifecycle", "offered").without("transformations")
}

fn planned_lab() -> Content {
    joint_lab().with("/lifecycle", "planned").without("approval_no").without("operating_since")
}

fn other_lab() -> Content {
    joint_lab().with("/platform_type", "other_platform").without("base_labs")
}

fn founded_one() -> Content {
    alliance().with("/lifecycle", "preparing").without("charter_signed_on")
}

#[test]
fn every_kind_has_a_case() {
    let (one_side, both) = (cases_of_one_side(), cases_of_both());
    let tried: BTreeSet<&str> = one_side.iter().chain(&both).map(|(kind, ..)| *kind).collect();
    let all = register().kinds().iter().map(|kind| kind.name);
    let missing: Vec<&str> = all.filter(|name| !tried.contains(name)).collect();
    assert!(missing.is_empty(), "add a rule of these to cases_of_one_side or cases_of_both: {missing:?}");
}

#[apply(api_test)]
async fn what_a_new_record_is_refused_for_an_official_one_of_one_side_is_too(app: TestApp) {
    let agency = app.client("cq-agency");
    for (kind, content, patch, at, code) in cases_of_one_side() {
        let at = format!("#{at}");
        let new = agency.post(&format!("/api/v1/{kind}"), merged(content(), &patch)).await.problem(422);
        assert!(new.has(&at, code), "{kind} {patch}: {:?}", new.faults());
        let official = app.published(kind, content()).await;
        let patched = agency.patch(&path(kind, &official), patch.clone()).if_match(revision(&official)).await;
        let problem = patched.problem(422);
        assert!(problem.has(&at, code), "{kind} {patch}: {:?}", problem.faults());
        let now = agency.show(kind, &official).await.expect(200);
        assert_eq!(now, official, "{kind} {patch}");
    }
}

#[apply(api_test)]
async fn what_a_new_record_is_refused_for_cannot_be_proposed_of_a_joint_one(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    for (kind, content, patch, at, code) in cases_of_both() {
        let new = agency.post(&format!("/api/v1/{kind}"), merged(content(), &patch)).await.problem(422);
        assert!(new.has(&format!("#{at}"), code), "{kind} {patch}: {:?}", new.faults());
        let official = app.active_joint(kind, content()).await;
        let by = if kind == "alliances" { &agency } else { &university };
        let problem = by.propose(kind, &official, patch.clone()).await.problem(422);
        assert!(problem.has(&format!("#/patch{at}"), code), "{kind} {patch}: {:?}", problem.faults());
        assert_eq!(agency.show(kind, &official).await.expect(200)["pending_changes"]["count"], 0);
    }
}

#[apply(api_test)]
async fn a_record_sent_again_by_its_source_is_judged_as_well(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let place = "/api/v1/instruments/by-source/LAW-1";
    let content = instrument();
    let draft = university.put(place, content.clone()).await.expect(201);
    let submitted = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    agency.transition("instruments", &submitted, "active", None).await.expect(200);
    let problem = university.put(place, content.with("/share_mode", "3")).await.problem(422);
    assert_eq!(problem.faults(), [("#/lifecycle".to_owned(), "not-shared-but-open".to_owned())]);
}

#[apply(api_test)]
async fn an_official_record_comes_to_refer_to_nothing_that_is_not_official(app: TestApp) {
    let agency = app.client("cq-agency");
    let (host, parent) = (app.published("organizations", organization()).await, organization());
    let parent = agency.create("organizations", parent).await;
    let named = json!({"parent": {"id": parent["id"]}});
    let problem = agency.patch(&path("organizations", &host), named.clone()).if_match(2).await.problem(422);
    assert_eq!(problem.faults(), [("#/parent".to_owned(), "reference-not-published".to_owned())]);
    agency.transition("organizations", &parent, "active", None).await.expect(200);
    agency.patch(&path("organizations", &host), named).if_match(2).await.expect(200);
}

/// A lab whose lead of Chongqing stopped being a legal person.
async fn lab_with_a_fault_that_stands(app: &TestApp) -> Value {
    let agency = app.client("cq-agency");
    let lead = app.published("organizations", organization()).await;
    let party = json!({"org_id": lead["id"], "province": CHONGQING, "role": "lead", "joined_on": "2023-03-01"});
    let content = joint_lab().with("/parties/0", party).with("/parties/2/org_id", json!(demo_org_id(1)));
    let lab = app.active_joint("joint-labs", content).await;
    let patch = json!({"legal_person": false});
    agency.patch(&path("organizations", &lead), patch).if_match(revision(&lead)).await.expect(200);
    lab
}

#[apply(api_test)]
async fn a_fault_that_stood_before_stays_and_another_one_does_not_come(app: TestApp) {
    let agency = app.client("cq-agency");
    let lab = lab_with_a_fault_that_stands(&app).await;
    let new = joint_lab().with("/parties/0/org_id", lab["parties"][0]["org_id"].clone());
    let problem = agency.post("/api/v1/joint-labs", new).await.problem(422);
    assert_eq!(problem.faults(), [("#/parties/0/org_id".to_owned(), "not-a-legal-person".to_owned())]);

    let other = app.published("organizations", organization().with("/legal_person", false)).await;
    let mut parties = lab["parties"].as_array().unwrap().clone();
    parties.remove(2);
    let request = agency.propose("joint-labs", &lab, json!({"parties": parties})).await.expect(201);
    agency.recall(&request).await.expect(200);

    let now = agency.show("joint-labs", &lab).await.expect(200);
    let mut turned = parties.clone();
    turned.swap(0, 1);
    let request = agency.propose("joint-labs", &now, json!({"parties": turned})).await.expect(201);
    agency.recall(&request).await.expect(200);

    let now = agency.show("joint-labs", &lab).await.expect(200);
    let ended = json!("2026-01-01");
    parties[0]["left_on"] = ended;
    parties.push(json!({"org_id": other["id"], "province": CHONGQING, "role": "lead", "joined_on": "2026-01-01"}));
    let problem = agency.propose("joint-labs", &now, json!({"parties": parties})).await.problem(422);
    assert_eq!(problem.faults(), [("#/patch/parties/3/org_id".to_owned(), "not-a-legal-person".to_owned())]);
}

#[apply(api_test)]
async fn what_ended_stays_where_it_is_named_and_comes_nowhere_else(app: TestApp) {
    let agency = app.client("cq-agency");
    let unit = app.published("organizations", organization()).await;
    let party = json!({"org_id": unit["id"], "province": CHONGQING, "role": "participant", "joined_on": "2024-01-01"});
    let project = app.active_joint("projects", project().with("/parties/-", party)).await;
    let end = json!({"lifecycle": "ended", "ended_on": "2026-01-31"});
    agency.patch(&path("organizations", &unit), end).if_match(revision(&unit)).await.expect(200);
    let mut parties = project["parties"].as_array().unwrap().clone();
    parties[2]["left_on"] = json!("2026-01-31");
    parties.swap(1, 2);
    let request = agency.propose("projects", &project, json!({"parties": parties})).await.expect(201);
    agency.recall(&request).await.expect(200);
    let now = agency.show("projects", &project).await.expect(200);
    let patch = json!({"principal": {"organization": {"id": unit["id"], "code": unit["code"]}}});
    let problem = agency.propose("projects", &now, patch).await.problem(422);
    assert_eq!(problem.faults(), [("#/patch/principal/organization".to_owned(), "reference-ended".to_owned())]);
}

#[apply(api_test)]
async fn a_change_that_an_accepted_one_makes_impossible_is_conflicted_at_once(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let colleague = app.new_client("sc-colleague", None, Some(SICHUAN), "records:read records:confirm");
    let lab = app
        .active_joint("joint-labs", joint_lab().without("operating_since").with("/lifecycle", "under_construction"))
        .await;
    let later = university.propose("joint-labs", &lab, json!({"build_start_on": "2024-06-01"})).await.expect(201);
    let now = sc.show("joint-labs", &lab).await.expect(200);
    let earlier = sc.propose("joint-labs", &now, json!({"build_end_planned_on": "2024-05-31"})).await.expect(201);
    cq.say("confirm", &later).await.expect(201);
    let later = cq.get(&place(&later)).await.expect(200);
    assert_eq!(colleague.say("confirm", &later).await.expect(201)["state"], "accepted");
    let gone = colleague.get(&place(&earlier)).await.expect(200);
    assert_eq!((&gone["state"], &gone["conflicts"]), (&json!("conflicted"), &json!(["/build_end_planned_on"])));
    assert_eq!(colleague.say("confirm", &gone).await.problem(409).code(), "not-awaiting-confirmation");
    let now = sc.show("joint-labs", &lab).await.expect(200);
    assert_eq!(now["pending_changes"], json!({"count": 0, "links": []}));
    sc.propose("joint-labs", &now, json!({"build_end_planned_on": "2027-05-31"})).await.expect(201);
}

#[apply(api_test)]
async fn a_direct_change_that_makes_a_proposed_one_impossible_conflicts_it(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let record = app.published("instruments", instrument().with("/lifecycle", "registered")).await;
    let request = university.propose("instruments", &record, json!({"lifecycle": "open"})).await.expect(201);
    let now = university.show("instruments", &record).await.expect(200);
    let patch = json!({"share_mode": "3"});
    let changed = university.patch(&path("instruments", &record), patch).if_match(revision(&now)).await.expect(200);
    assert_eq!(changed["pending_changes"]["count"], 0);
    let request = agency.get(&place(&request)).await.expect(200);
    assert_eq!((&request["state"], &request["conflicts"]), (&json!("conflicted"), &json!(["/lifecycle"])));
}

#[apply(api_test)]
async fn the_first_confirmation_of_an_impossible_change_ends_it(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let unit = app.published("organizations", organization()).await;
    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let mut parties = lab["parties"].as_array().unwrap().clone();
    parties.push(json!({"org_id": unit["id"], "province": CHONGQING, "role": "supporting", "joined_on": "2024-01-01"}));
    let request = university.propose("joint-labs", &lab, json!({"parties": parties})).await.expect(201);
    let end = json!({"lifecycle": "ended", "ended_on": "2026-01-31"});
    cq.patch(&path("organizations", &unit), end).if_match(revision(&unit)).await.expect(200);
    let head = sc.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();

    let problem = sc.say("confirm", &request).await.problem(409);
    assert_eq!(problem.code(), "change-request-conflicted");
    assert_eq!(problem.faults(), [("#/content/parties/4/org_id".to_owned(), "reference-ended".to_owned())]);
    assert_eq!(problem["change_request"], place(&request));
    let settled = cq.get(&place(&request)).await.expect(200);
    assert_eq!((&settled["state"], &settled["conflicts"]), (&json!("conflicted"), &json!(["/parties/4/org_id"])));
    assert_eq!((&settled["confirmations"], &settled["awaiting"]), (&json!([]), &json!([])));
    assert!(settled["settled_at"].is_string());
    for caller in [&cq, &sc] {
        assert_eq!(caller.say("confirm", &request).await.problem(409).code(), "not-awaiting-confirmation");
    }
    let now = university.show("joint-labs", &lab).await.expect(200);
    assert_eq!((&now["parties"], &now["pending_changes"]["count"]), (&lab["parties"], &json!(0)));
    let feed = sc.get(&format!("/api/v1/changes?after={head}")).await.items();
    assert_eq!(
        feed.iter().map(|item| item["type"].as_str().unwrap()).collect::<Vec<_>>(),
        ["joint_lab.change_conflicted"]
    );
    let steps = format!("{}/revisions", path("joint-labs", &now));
    assert_eq!(university.get(&steps).await.items().last().unwrap()["action"], "change_conflicted");
    let hidden = app.client("reader").get(&steps).await.items();
    assert!(
        hidden.iter().all(|step| step["action"] != "change_conflicted"),
        "what happens to proposals is for the sides"
    );
    university.propose("joint-labs", &now, json!({"fixed_staff": 3})).await.expect(201);
}

#[apply(api_test)]
async fn the_last_confirmation_of_an_impossible_change_ends_it_too(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let number = format!("示例-2030-{}", next());
    let active = app.active_joint("projects", project()).await;
    let request = university.propose("projects", &active, json!({"project_no": number})).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    // Another record takes the number meanwhile.
    let rival = app.active_joint("projects", project().with("/project_no", number.clone())).await;
    let problem = sc.say("confirm", &request).await.problem(409);
    assert_eq!((problem.code(), &problem["existing"]["id"]), ("change-request-conflicted", &rival["id"]));
    let settled = sc.get(&place(&request)).await.expect(200);
    assert_eq!(settled["state"], "conflicted");
    assert_ne!(university.show("projects", &active).await.expect(200)["project_no"], number);
    // The same request again is refused because nothing waits, with a key too.
    let body = json!({"decision": "confirm", "digest": request["digest"]});
    let again = sc.post(&format!("{}/confirmations", place(&request)), body).header("idempotency-key", "again").await;
    assert_eq!(again.problem(409).code(), "not-awaiting-confirmation");
}

#[apply(api_test)]
async fn a_submission_is_judged_at_each_confirmation(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let unit = app.published("organizations", organization()).await;
    let party = json!({"org_id": unit["id"], "province": CHONGQING, "role": "participant", "joined_on": "2024-01-01"});
    let submitted = university.submit("projects", project().with("/parties/-", party)).await;
    let end = json!({"lifecycle": "ended", "ended_on": "2026-01-31"});
    cq.patch(&path("organizations", &unit), end).if_match(revision(&unit)).await.expect(200);
    for agency in [&cq, &sc] {
        let problem = agency.confirm("projects", &submitted).await.problem(422);
        assert_eq!(problem.faults(), [("#/parties/2/org_id".to_owned(), "reference-ended".to_owned())]);
    }
    university.transition("projects", &submitted, "draft", Some("改正")).await.expect(200);
}

#[apply(api_test)]
async fn what_was_submitted_is_taken_back_before_it_changes(app: TestApp) {
    let university = app.client("cq-university");
    let place = "/api/v1/instruments/by-source/LAW-2";
    let content = instrument();
    let draft = university.put(place, content.clone()).await.expect(201);
    let submitted = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    let patch = json!({"model": "other"});
    let patched = university.patch(&path("instruments", &submitted), patch.clone()).if_match(2).await.problem(409);
    let put = university.put(place, content.with("/model", "other")).await.problem(409);
    let proposed = university.propose("instruments", &submitted, patch.clone()).await.problem(409);
    for problem in [patched, put, proposed] {
        assert_eq!((problem.code(), &problem["state"]), ("take-back-first", &json!("submitted")));
        assert!(problem["detail"].as_str().unwrap().contains("不能修改"));
    }
    university.transition("instruments", &submitted, "draft", Some("改正")).await.expect(200);
    university.patch(&path("instruments", &submitted), patch).if_match(3).await.expect(200);
}

#[apply(api_test)]
async fn a_change_that_needs_a_word_says_whose_and_where_to_ask(app: TestApp) {
    let university = app.client("cq-university");
    let record = app.published("instruments", instrument()).await;
    let both = json!({"lifecycle": "suspended", "model": "other"});
    let own = university.patch(&path("instruments", &record), both).if_match(revision(&record));
    let problem = own.header("accept-language", "en").await.problem(409);
    assert_eq!((problem.code(), &problem["provinces"]), ("cosigned-field", &json!([CHONGQING])));
    assert_eq!(problem.faults(), [("#/lifecycle".to_owned(), "cosigned-field".to_owned())]);
    assert_eq!(problem["change_requests"], format!("{}/change-requests", path("instruments", &record)));
    let said = "Chongqing must confirm a change of “lifecycle”; nothing of this request was done.";
    assert_eq!(problem["detail"], said);
    assert_eq!(
        problem["errors"][0]["detail"],
        "Chongqing must confirm a change of “lifecycle”; propose it by a change request."
    );
    university.propose("instruments", &record, json!({"lifecycle": "suspended"})).await.expect(201);

    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let patch = json!({"fixed_staff": 3, "name": {"en": "Other"}});
    let problem = university.patch(&path("joint-labs", &lab), patch).if_match(revision(&lab)).await.problem(409);
    assert_eq!(problem["provinces"], json!([CHONGQING, SICHUAN]));
    assert_eq!(problem["detail"], "“固定人员、名称”的变更须经重庆市和四川省共同确认，本次请求未作任何修改。");

    // An organization that moves to the other province needs confirmation by both.
    let unit = app.published("organizations", organization()).await;
    let agency = app.new_client("its-own", unit["id"].as_str().unwrap().parse().ok(), Some(CHONGQING), "records:write");
    let moved = json!({"division_registered": "510106"});
    let problem = agency.patch(&path("organizations", &unit), moved).if_match(revision(&unit)).await.problem(409);
    assert_eq!(problem["provinces"], json!([CHONGQING, SICHUAN]));
}

#[apply(api_test)]
async fn official_records_that_break_a_rule_of_today_are_found(app: TestApp) {
    use chuanyu::api::Language;
    use chuanyu::check;
    use chuanyu::check::Look;
    let look = Look { db: app.services.db.get_ref(), register: chuanyu::kinds::register() };
    let found = || {
        let mut lines = Vec::new();
        let checks = [check::named("rules").unwrap()];
        check::run(&look, &checks, Language::En, &mut |line| lines.push(line)).unwrap();
        lines
    };
    assert_eq!(found(), [""; 0], "the demo data keep the rules");
    let lab = lab_with_a_fault_that_stands(&app).await;
    app.active_joint("joint-labs", joint_lab()).await;
    let lines = found();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].contains(lab["code"].as_str().unwrap()) && lines[1].contains("#/parties/0/org_id"),
        "{}",
        lines[1]
    );
}
