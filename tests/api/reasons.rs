//! A refusal says what is missing: the right, the step before, the record, and every fault at once.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

fn detail(problem: &ProblemAnswer) -> &str {
    problem["detail"].as_str().unwrap()
}

async fn refused(caller: &Caller, kind: &str, record: &Value, to: &str) -> ProblemAnswer {
    let body = json!({"to": to, "reason": "试办 trial"});
    let request = caller.post(&format!("{}/transitions", path(kind, record)), body).header("accept-language", "en");
    request.if_match(record["revision"].as_i64().unwrap()).await.problem(409)
}

#[apply(api_test)]
async fn a_move_that_needs_another_right_names_the_right_and_not_the_record(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.post("/api/v1/instruments", instrument()).await.expect(201);
    let problem = refused(&university, "instruments", &draft, "active").await;
    assert_eq!((problem.code(), &problem["state"]), ("illegal-transition", &json!("draft")));
    assert!(detail(&problem).contains("records:publish"), "{}", detail(&problem));
    let active = app.published("instruments", instrument()).await;
    let problem = refused(&university, "instruments", &active, "closed").await;
    assert!(
        detail(&problem).contains("“Closed”") && detail(&problem).contains("records:publish"),
        "{}",
        detail(&problem)
    );
    let impossible = refused(&university, "instruments", &active, "draft").await;
    assert!(detail(&impossible).contains("cannot go from"), "{}", detail(&impossible));
    let lab = app.client("cq-agency").submit("joint-labs", joint_lab()).await;
    let problem = refused(&app.client("cq-agency"), "joint-labs", &lab, "active").await;
    assert!(detail(&problem).contains("confirmations of both provinces"), "{}", detail(&problem));
}

#[apply(api_test)]
async fn a_submitted_record_says_that_it_must_be_taken_back_first(app: TestApp) {
    let agency = app.client("cq-agency");
    let lab = app.client("cq-agency").submit("joint-labs", joint_lab()).await;
    let patch = agency.patch(&path("joint-labs", &lab), json!({"remarks": "x"})).header("accept-language", "en");
    let problem = patch.if_match(lab["revision"].as_i64().unwrap()).await.problem(409);
    assert_eq!(problem.code(), "take-back-first");
    assert!(detail(&problem).contains("return it to draft"), "{}", detail(&problem));
}

#[apply(api_test)]
async fn a_precondition_of_a_put_by_source_says_which_one_failed(app: TestApp) {
    let agency = app.client("cq-agency");
    let content = instrument();
    let put = |field: &str, value: &str| {
        let request = agency.put("/api/v1/instruments/by-source/why-412", content.clone()).header(field, value);
        request.header("accept-language", "en")
    };
    let none = put("if-match", "\"1\"").await.problem(412);
    assert!(detail(&none).contains("there is none with this source key"), "{}", detail(&none));
    put("if-none-match", "*").await.expect(201);
    let exists = put("if-none-match", "*").await.problem(412);
    assert!(
        detail(&exists).contains("If-None-Match: *") && detail(&exists).contains("revision 1"),
        "{}",
        detail(&exists)
    );
    assert_eq!(exists["current_revision"], 1);
    let stale = put("if-match", "\"7\"").await.problem(412);
    assert!(detail(&stale).contains("which If-Match does not name"), "{}", detail(&stale));
}

#[apply(api_test)]
async fn every_fault_of_a_decision_is_told_at_once(app: TestApp) {
    let lab = app.client("cq-agency").submit("joint-labs", joint_lab()).await;
    let decide =
        |body: Value| app.client("sc-agency").post(&format!("{}/confirmations", path("joint-labs", &lab)), body);
    let problem = decide(json!({"decision": "decline"})).await.problem(422);
    let mut faults = problem.faults();
    faults.sort();
    assert_eq!(faults, [("#/digest".into(), "required".into()), ("#/reason".into(), "required-here".into())]);
    let problem =
        decide(json!({"decision": "decline", "digest": lab["digest"], "reason": null, "x": 1})).await.problem(422);
    assert!(problem.has("#/reason", "required-here") && problem.has("#/x", "unknown-field"), "{:?}", problem.faults());
}
