//! Four eyes, on every way to an official content; sides; agencies; what `check` lists.

use chuanyu::auth::clients::{self, NewClient};
use chuanyu::auth::secrets::Secret;
use chuanyu::auth::{Scopes, agencies};
use chuanyu::check::{self, Check, Look};
use chuanyu::db::Id;
use chuanyu::db::schema::clients as client_rows;
use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

/// 重庆大学 and 重庆市科学技术局 among the demo organizations.
const UNIVERSITY: u32 = 1;
const AGENCY: u32 = 53;

const CONFIRMS: &str = "records:read records:confirm";

fn renamed(en: &str) -> Value {
    json!({"name": {"en": en}})
}

#[apply(api_test)]
async fn whoever_has_a_hand_in_a_draft_does_not_confirm_it(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let scopes = "records:read records:write records:confirm";
    let office = app.new_client("cq-office", Some(demo_org_id(UNIVERSITY)), Some(CHONGQING), scopes);
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), CONFIRMS);
    // Created by one, submitted by another.
    let draft = agency.create("joint-labs", joint_lab()).await;
    let created = university.transition("joint-labs", &draft, "submitted", None).await.expect(200);
    // Created and submitted by one, changed by another in between.
    let draft = university.create("joint-labs", joint_lab()).await;
    let changed = office.patch(&path("joint-labs", &draft), json!({"fixed_staff": 7})).if_match(1).await.expect(200);
    let updated = university.transition("joint-labs", &changed, "submitted", None).await.expect(200);
    // Submitted once, taken back and submitted again by another.
    let draft = university.create("joint-labs", joint_lab()).await;
    let first = office.transition("joint-labs", &draft, "submitted", None).await.expect(200);
    let back = university.transition("joint-labs", &first, "draft", Some("补充")).await.expect(200);
    let submitted = university.transition("joint-labs", &back, "submitted", None).await.expect(200);
    for (author, record) in [(&agency, created), (&office, updated), (&office, submitted)] {
        assert_eq!(author.confirm("joint-labs", &record).await.problem(403).code(), "four-eyes");
        assert_eq!(author.decline("joint-labs", &record, "x").await.problem(403).code(), "four-eyes");
        colleague.confirm("joint-labs", &record).await.expect(201);
    }
    let instrument = agency.create("instruments", instrument()).await;
    let created = university.transition("instruments", &instrument, "submitted", None).await.expect(200);
    assert_eq!(agency.confirm("instruments", &created).await.problem(403).code(), "four-eyes");
    let active = agency.transition("instruments", &created, "active", None).await.expect(200);
    assert_eq!(active["state"], "active", "publishing is the one exception");
}

#[apply(api_test)]
async fn returning_and_declining_is_no_authorship(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let submitted = university.submit("instruments", instrument()).await;
    let returned = agency.transition("instruments", &submitted, "draft", Some("请补充")).await.expect(200);
    let again = university.transition("instruments", &returned, "submitted", None).await.expect(200);
    agency.decline("instruments", &again, "仍不完整").await.expect(201);
    let draft = university.show("instruments", &again).await.expect(200);
    let third = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    assert_eq!(agency.confirm("instruments", &third).await.expect(201)["state"], "active");
}

#[apply(api_test)]
async fn authorship_counts_from_the_last_time_the_content_was_official(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), CONFIRMS);
    let draft = cq.create("joint-labs", joint_lab()).await;
    let submitted = university.transition("joint-labs", &draft, "submitted", None).await.expect(200);
    colleague.confirm("joint-labs", &submitted).await.expect(201);
    sc.confirm("joint-labs", &submitted).await.expect(201);
    // Its creator may confirm a change: creating was before it was official.
    let active = university.show("joint-labs", &submitted).await.expect(200);
    let request = university.propose("joint-labs", &active, renamed("One")).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);
    // A client that proposed a change since, or changed unsigned members, does not confirm another's proposal.
    let now = cq.show("joint-labs", &active).await.expect(200);
    let own = cq.propose("joint-labs", &now, renamed("Two")).await.expect(201);
    cq.recall(&own).await.expect(200);
    let now = sc.show("joint-labs", &active).await.expect(200);
    let remark = json!({"remarks": "补充说明"});
    let now = sc.patch(&path("joint-labs", &now), remark).if_match(revision(&now)).await.expect(200);
    let request = university.propose("joint-labs", &now, renamed("Three")).await.expect(201);
    for agency in [&cq, &sc] {
        assert_eq!(agency.say("confirm", &request).await.problem(403).code(), "four-eyes");
    }
    let theirs = app.new_client("sc-colleague", None, Some(SICHUAN), CONFIRMS);
    colleague.say("confirm", &request).await.expect(201);
    assert_eq!(theirs.say("confirm", &request).await.expect(201)["state"], "accepted");
    // And so it starts again.
    let now = university.show("joint-labs", &active).await.expect(200);
    let request = university.propose("joint-labs", &now, renamed("Four")).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    assert_eq!(sc.say("confirm", &request).await.expect(201)["state"], "accepted");
}

#[apply(api_test)]
async fn the_owner_of_a_record_does_not_give_its_provinces_word(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let office = app.new_client("cq-office", Some(demo_org_id(UNIVERSITY)), Some(CHONGQING), CONFIRMS);
    let submitted = university.submit("instruments", instrument()).await;
    assert_eq!(office.confirm("instruments", &submitted).await.problem(403).code(), "own-record");
    agency.confirm("instruments", &submitted).await.expect(201);
    let active = university.show("instruments", &submitted).await.expect(200);
    let request = university.propose("instruments", &active, json!({"lifecycle": "suspended"})).await.expect(201);
    assert_eq!(office.say("confirm", &request).await.problem(403).code(), "own-record");
    // Nor does the owner that a change would give the record to.
    let given = app.new_client("cq-heir", Some(demo_org_id(2)), Some(CHONGQING), CONFIRMS);
    university.recall(&request).await.expect(200);
    let active = university.show("instruments", &submitted).await.expect(200);
    let host = json!({"host": {"id": demo_org_id(2)}});
    let request = university.propose("instruments", &active, host).await.expect(201);
    assert_eq!(given.say("confirm", &request).await.problem(403).code(), "own-record");
    assert_eq!(agency.say("confirm", &request).await.expect(201)["state"], "accepted");
    // On a joint record each province confirms by the clients it trusts.
    let lab = university.submit("joint-labs", joint_lab()).await;
    office.confirm("joint-labs", &lab).await.expect(201);
}

#[apply(api_test)]
async fn an_agencys_own_record_is_confirmed_by_another_client_of_it(app: TestApp) {
    let (clerk, agency) = (app.client("cq-clerk"), app.client("cq-agency"));
    let submitted = clerk.submit("policies", policy_of_chongqing()).await;
    assert_eq!(agency.confirm("policies", &submitted).await.expect(201)["state"], "active");
    let own = agency.submit("policies", policy_of_chongqing()).await;
    assert_eq!(agency.confirm("policies", &own).await.problem(403).code(), "four-eyes");
    // Without the mark it is an owner like any other one.
    let other = clerk.submit("policies", policy_of_chongqing()).await;
    app.database(|conn| agencies::remove(&demo_org_id(AGENCY).to_string(), conn).unwrap());
    assert_eq!(agency.confirm("policies", &other).await.problem(403).code(), "own-record");
}

#[apply(api_test)]
async fn a_plain_member_of_an_alliance_is_no_side_of_it(app: TestApp) {
    let scopes = "records:read records:write";
    let active = app.active_joint("alliances", alliance()).await;
    let member = app.new_client("cq-member", Some(demo_org_id(11)), Some(CHONGQING), scopes);
    let propose = member.propose("alliances", &active, renamed("Members' own")).await;
    assert_eq!(propose.problem(403).code(), "other-organization");
    let suspend = member.transition("alliances", &active, "suspended", Some("x")).await;
    assert_eq!(suspend.problem(403).code(), "other-organization");
    let remark = member.patch(&path("alliances", &active), json!({"remarks": "x"})).if_match(revision(&active)).await;
    assert_eq!(remark.problem(403).code(), "other-organization");
    // Leads and co-leads of either side are, and so are the agencies.
    let lead = app.new_client("sc-lead", Some(demo_org_id(64)), Some(SICHUAN), scopes);
    for (caller, to) in [(&lead, "One"), (&app.client("cq-university"), "Two"), (&app.client("cq-agency"), "Three")] {
        let now = caller.show("alliances", &active).await.expect(200);
        let request = caller.propose("alliances", &now, renamed(to)).await.expect(201);
        caller.recall(&request).await.expect(200);
    }
    let now = lead.show("alliances", &active).await.expect(200);
    lead.transition("alliances", &now, "suspended", Some("整改")).await.expect(200);
}

fn stranger(name: &str, org: Id, for_province: bool) -> NewClient {
    NewClient {
        name: name.to_owned(),
        org_id: Some(org),
        province: None,
        scopes: Scopes::parse(CONFIRMS).unwrap(),
        source_system: None,
        for_province,
    }
}

#[apply(api_test)]
async fn only_an_agencys_client_confirms_unless_the_operator_says_so(app: TestApp) {
    let secret = Secret::given("a-secret-for-tests".to_owned()).unwrap();
    let university = demo_org_id(UNIVERSITY);
    app.database(|conn| {
        let problem = clients::add(conn, &stranger("cq-dean", university, false), &secret).unwrap_err();
        assert_eq!(problem.said().faults[0].code, "confirms-without-agency");
        let client = clients::add(conn, &stranger("cq-dean", university, true), &secret).unwrap();
        assert!(client.for_province);
        clients::add(conn, &stranger("cq-officer", demo_org_id(AGENCY), false), &secret).unwrap();
        let moved = clients::bind_organization(conn, "cq-officer", university, false).unwrap_err();
        assert_eq!(moved.said().faults[0].code, "confirms-without-agency");
        agencies::add(&university.to_string(), conn).unwrap();
        assert_eq!(agencies::add(&university.to_string(), conn).unwrap_err().code().name(), "already-exists");
        clients::bind_organization(conn, "cq-officer", university, false).unwrap();
        let marked: Vec<Id> = agencies::list(conn).unwrap().into_iter().map(|agency| agency.id).collect();
        assert_eq!(marked.len(), 3);
        assert!(marked.contains(&university));
    });
    let done = app.client("cq-agency").get("/api/v1/audit-events?action=agency.added").await.items();
    let orgs: Vec<&Value> = done.iter().map(|event| &event["org_id"]).collect();
    assert_eq!(orgs, [&json!(university), &json!(demo_org_id(AGENCY))], "those of the own province, the newest first");
}

#[apply(api_test)]
async fn for_province_counts_for_the_organization_with_which_it_was_said(app: TestApp) {
    let secret = Secret::given("a-secret-for-tests".to_owned()).unwrap();
    let (university, agency) = (demo_org_id(UNIVERSITY), demo_org_id(AGENCY));
    app.database(|conn| {
        clients::add(conn, &stranger("cq-dean", university, true), &secret).unwrap();
        let mut bind = |org: Id, said: bool| {
            clients::bind_organization(conn, "cq-dean", org, said)
                .map(|()| clients::get(conn, "cq-dean").unwrap().for_province)
        };
        assert!(bind(university, false).unwrap(), "the same organization: nothing is taken back");
        assert!(!bind(agency, false).unwrap(), "another one: it was not said of that");
        let back = bind(university, false).unwrap_err();
        assert_eq!(back.said().faults[0].code, "confirms-without-agency");
        assert!(bind(university, true).unwrap());
    });
}

#[apply(api_test)]
async fn a_draft_is_no_agency(app: TestApp) {
    let draft = app.client("cq-agency").create("organizations", organization()).await;
    let problem = app.database(|conn| agencies::add(draft["id"].as_str().unwrap(), conn).unwrap_err());
    assert_eq!(problem.said().faults[0].code, "reference-not-published");
}

#[apply(api_test)]
async fn an_agency_that_is_merged_takes_its_mark_along(app: TestApp) {
    let agency = app.client("cq-agency");
    let [old, new] =
        [app.published("organizations", organization()).await, app.published("organizations", organization()).await];
    app.database(|conn| agencies::add(old["id"].as_str().unwrap(), conn).unwrap());
    let body = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": new["id"]}});
    agency
        .post(&format!("{}/transitions", path("organizations", &old)), body)
        .if_match(revision(&old))
        .await
        .expect(200);
    let marked = app.database(|conn| agencies::list(conn).unwrap());
    let codes: Vec<&str> = marked.iter().map(|one| one.code.as_str()).collect();
    let [old, new] = [&old, &new].map(|record| record["code"].as_str().unwrap());
    assert!(codes.contains(&new) && !codes.contains(&old));
    let noted = agency.get("/api/v1/audit-events?action=agency.followed").await.items();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["detail"], format!("{old} to {new}"));
    assert_eq!((&noted[0]["client"], &noted[0]["concerns"]), (&json!("cq-agency"), &json!(CHONGQING)));
    let elsewhere = app.client("sc-agency").get("/api/v1/audit-events?action=agency.followed").await.items();
    assert!(elsewhere.is_empty(), "it concerns the one province");
}

#[apply(api_test)]
async fn a_mark_that_ends_in_a_merge_with_another_agency_is_noted(app: TestApp) {
    let [old, new] =
        [app.published("organizations", organization()).await, app.published("organizations", organization()).await];
    app.database(|conn| {
        for record in [&old, &new] {
            agencies::add(record["id"].as_str().unwrap(), conn).unwrap();
        }
    });
    let agency = app.client("cq-agency");
    let body = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": new["id"]}});
    let moved = agency.post(&format!("{}/transitions", path("organizations", &old)), body);
    moved.if_match(revision(&old)).await.expect(200);
    let noted = agency.get("/api/v1/audit-events?action=agency.followed").await.items();
    assert_eq!(noted.len(), 1, "the other one had its mark already, and the old one has none");
}

/// Findings of the checks: `(subject, finding)`.
fn found(app: &TestApp, name: &str) -> Vec<(String, &'static str)> {
    let look = Look { db: app.services.db.get_ref(), register: register() };
    let mut findings = Vec::new();
    let mut tell = |finding: &check::Finding| findings.push((finding.about.clone(), finding.code));
    let Check { run, .. } = check::named(name).unwrap();
    run(&look, &mut check::Found::new(&mut tell)).unwrap();
    findings
}

#[apply(api_test)]
async fn check_lists_clients_that_confirm_for_no_agency_from_before(app: TestApp) {
    assert!(found(&app, "confirmers").is_empty());
    app.new_client("cq-dean", Some(demo_org_id(UNIVERSITY)), Some(CHONGQING), CONFIRMS);
    assert!(found(&app, "confirmers").is_empty(), "the operator said so");
    app.database(|conn| {
        let row = client_rows::table.filter(client_rows::name.eq("cq-dean"));
        diesel::update(row).set(client_rows::for_province.eq(false)).execute(conn).unwrap();
    });
    assert_eq!(found(&app, "confirmers"), [("cq-dean".to_owned(), "confirms-without-agency")]);
    let dean = app.client("cq-dean");
    let lab = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    dean.confirm("joint-labs", &lab).await.expect(201);
}

#[apply(api_test)]
async fn check_lists_what_nobody_could_confirm(app: TestApp) {
    assert!(found(&app, "waiting").is_empty());
    let agency = app.client("cq-agency");
    let lab = agency.submit("joint-labs", joint_lab()).await;
    let code = lab["code"].as_str().unwrap().to_owned();
    assert_eq!(found(&app, "waiting"), [(code, "nobody-to-confirm")]);
    app.new_client("cq-colleague", None, Some(CHONGQING), CONFIRMS);
    assert!(found(&app, "waiting").is_empty());
    let request = app.active_joint("joint-labs", joint_lab()).await;
    let request = app.client("sc-agency").propose("joint-labs", &request, renamed("x")).await.expect(201);
    assert_eq!(found(&app, "waiting").len(), 1, "{}", place(&request));
}

#[apply(api_test)]
async fn check_says_so_where_a_province_has_no_client_that_may_confirm(app: TestApp) {
    let lab = app.client("sc-agency").submit("joint-labs", joint_lab()).await;
    let code = lab["code"].as_str().unwrap().to_owned();
    app.database(|conn| {
        for client in clients::list(conn).unwrap().iter().filter(|client| client.province.as_deref() == Some(CHONGQING))
        {
            clients::disable(conn, &client.name).unwrap();
        }
    });
    let of_chongqing: Vec<_> =
        found(&app, "waiting").into_iter().filter(|(_, said)| *said != "nobody-to-confirm").collect();
    assert!(of_chongqing.contains(&(code, "no-confirming-client")), "{of_chongqing:?}");
}
