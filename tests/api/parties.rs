//! Parties over time: a party joins and leaves on its day, which may be in the future, and a side without any gets a
//! warning before and after.

use chrono::Days;
use chuanyu::kind::today;
use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

fn in_days(days: u64) -> String {
    (today() + Days::new(days)).to_string()
}

fn warned(record: &Value, code: &str) -> Option<String> {
    let warnings = record["warnings"].as_array().cloned().unwrap_or_default();
    let found = warnings.into_iter().find(|one| one["code"] == code)?;
    Some(found.to_string())
}

#[apply(api_test)]
async fn a_change_of_lead_is_registered_before_its_day(app: TestApp) {
    let next = json!({"org_id": demo_org_id(2), "province": "500000", "role": "lead", "joined_on": in_days(30)});
    let content = joint_lab().with("/parties/0/left_on", in_days(30)).with("/parties/-", next);
    let active = app.active_joint("joint-labs", content).await;
    assert_eq!(warned(&active, "side-leaves"), None, "somebody follows");
    // An organization that has not joined is no party yet.
    let newcomer = app.new_client("newcomer", Some(demo_org_id(2)), Some(CHONGQING), "records:read records:write");
    let refused =
        newcomer.patch(&path("joint-labs", &active), json!({"remarks": "尚未加入"})).if_match(revision(&active));
    assert_eq!(refused.await.status(), 403);
    let party = app.client("cq-university").patch(&path("joint-labs", &active), json!({"remarks": "现任单位"}));
    party.if_match(revision(&active)).await.expect(200);
    // And joining later does not make it a side.
    let late = joint_lab().with("/parties/1/joined_on", in_days(30)).with("/parties/3/joined_on", in_days(30));
    let problem = app.client("cq-university").post("/api/v1/joint-labs", late).await.problem(422);
    assert_eq!((problem.code(), problem.faults().len()), ("missing-counterparty", 1));
}

#[apply(api_test)]
async fn a_side_that_will_be_without_a_party_is_told_before(app: TestApp) {
    let leaving = joint_lab().with("/parties/1/left_on", in_days(3)).with("/parties/3/left_on", in_days(5));
    let submitted = app.client("cq-university").submit("joint-labs", leaving).await;
    let warning = warned(&submitted, "side-leaves").expect("a warning");
    assert!(warning.contains(&in_days(5)) && warning.contains("四川"), "{warning}");
    for agency in ["cq-agency", "sc-agency"] {
        app.client(agency).confirm("joint-labs", &submitted).await.expect(201);
    }
    let active = app.anonymous().show("joint-labs", &submitted).await.expect(200);
    assert!(
        active["state"] == "active"
            && warned(&app.client("cq-agency").show("joint-labs", &submitted).await.expect(200), "side-leaves")
                .is_some()
    );
    let gone = joint_lab().with("/parties/1/left_on", "2026-01-01").with("/parties/3/left_on", "2026-01-01");
    let problem = app.client("cq-university").post("/api/v1/joint-labs", gone).await.problem(422);
    assert_eq!(problem.code(), "missing-counterparty");
}

#[apply(api_test)]
async fn who_may_speak_for_a_province_suspends_and_proposes_for_its_side(app: TestApp) {
    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let agency = Some(chuanyu::kinds::shared::demo_org_id(53));
    let mut record = lab;
    for (name, scopes, is_side) in [
        ("cq-looks-on", "records:read records:write", false),
        ("cq-speaks", "records:read records:write records:confirm", true),
        ("cq-publishes", "records:read records:write records:publish", true),
    ] {
        let caller = app.new_client(name, agency, Some(CHONGQING), scopes);
        let suspended = caller.transition("joint-labs", &record, "suspended", Some("整改")).await;
        let proposed = caller.propose("joint-labs", &record, json!({"name": {"en": "Another name"}})).await;
        if !is_side {
            assert_eq!((suspended.status(), proposed.status()), (403, 403), "{name}");
            continue;
        }
        let now = suspended.expect(200);
        assert_eq!(now["state"], "suspended", "{name}");
        assert_eq!(proposed.status(), 412, "it was suspended before");
        let request = caller.propose("joint-labs", &now, json!({"name": {"en": "Another name"}})).await.expect(201);
        caller.recall(&request).await.expect(200);
        for agency in ["cq-agency", "sc-agency"] {
            record = app.client("cq-university").show("joint-labs", &record).await.expect(200);
            app.client(agency).transition("joint-labs", &record, "active", None).await.expect(200);
        }
        record = app.client("cq-university").show("joint-labs", &record).await.expect(200);
        assert_eq!(record["state"], "active", "{name}");
    }
}
