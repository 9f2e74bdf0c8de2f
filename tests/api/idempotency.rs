//! A POST sent twice with one key has one effect (`Idempotency-Key`).

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

async fn count(app: &TestApp) -> i64 {
    let list = app.client("cq-university").get("/api/v1/instruments?limit=1&include_total=true").await.expect(200);
    list["page"]["total"].as_i64().unwrap()
}

#[apply(api_test)]
async fn a_repeated_request_gets_the_first_answer_and_has_no_second_effect(app: TestApp) {
    let university = app.client("cq-university");
    let content: Value = instrument().into();
    let post = || university.post("/api/v1/instruments", content.clone()).header("idempotency-key", "\"cq-1\"");
    let first = post().await;
    let record = first.expect(201);
    assert!(!first.has_header("idempotency-replayed"));
    let before = count(&app).await;
    for key in ["\"cq-1\"", "cq-1"] {
        let again = university.post("/api/v1/instruments", content.clone()).header("idempotency-key", key).await;
        assert_eq!(again.expect(201), record);
        assert_eq!(again.bytes(), first.bytes());
        assert_eq!(again.header("idempotency-replayed"), "true");
        for name in ["location", "etag", "content-type"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
    assert_eq!(count(&app).await, before);
    let patch = json!({"model": "x"});
    university.patch(&path("instruments", &record), patch).if_match(1).await.expect(200);
    assert_eq!(post().await.expect(201), record, "as it was answered then");
}

#[apply(api_test)]
async fn a_key_is_not_used_for_another_request(app: TestApp) {
    let university = app.client("cq-university");
    let content: Value = instrument().into();
    let record =
        university.post("/api/v1/instruments", content.clone()).header("idempotency-key", "k").await.expect(201);
    let others = [
        university.post("/api/v1/instruments", instrument()).header("idempotency-key", "k").await,
        university.post("/api/v1/projects", content).header("idempotency-key", "k").await,
        university
            .post(&format!("{}/transitions", path("instruments", &record)), json!({"to": "submitted"}))
            .header("idempotency-key", "k")
            .if_match(1)
            .await,
    ];
    for answer in others {
        assert_eq!(answer.problem(422).code(), "idempotency-key-reused");
    }
    let colleague =
        app.client("cq-agency").post("/api/v1/instruments", instrument()).header("idempotency-key", "k").await;
    assert_eq!(colleague.status(), 201, "keys belong to their client");
}

#[apply(api_test)]
async fn a_repeated_transition_is_answered_before_its_precondition(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.create("joint-labs", joint_lab()).await;
    let place = format!("{}/transitions", path("joint-labs", &draft));
    let submit = || university.post(&place, json!({"to": "submitted"})).header("idempotency-key", "s").if_match(1);
    let first = submit().await.expect(200);
    let again = submit().await;
    assert_eq!((again.expect(200), again.header("idempotency-replayed")), (first.clone(), "true"));
    let agency = app.client("cq-agency");
    let body = json!({"decision": "confirm", "digest": first["digest"]});
    let confirm = || {
        agency
            .post(&format!("{}/confirmations", path("joint-labs", &draft)), body.clone())
            .header("idempotency-key", "c")
    };
    let made = confirm().await.expect(201);
    assert_eq!(confirm().await.expect(201), made);
}

#[apply(api_test)]
async fn a_refused_request_may_be_tried_again_with_its_key(app: TestApp) {
    let university = app.client("cq-university");
    let post = |content: Value| university.post("/api/v1/instruments", content).header("idempotency-key", "k");
    assert_eq!(post(json!({})).await.status(), 422);
    assert_eq!(post(instrument().into()).await.status(), 201);
}

#[apply(api_test)]
async fn one_key_sent_many_times_at_once_has_one_effect(app: TestApp) {
    let university = app.client("cq-university");
    let content: Value = instrument().into();
    let before = count(&app).await;
    let posts = (0..12)
        .map(|_| university.post("/api/v1/instruments", content.clone()).header("idempotency-key", "once").send());
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(count(&app).await, before + 1);
    let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status() == 201).collect();
    assert!(!made.is_empty() && made.iter().all(|answer| answer.bytes() == made[0].bytes()));
    assert_eq!(made.iter().filter(|answer| !answer.has_header("idempotency-replayed")).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status() != 201) {
        assert_eq!((answer.problem(409).code(), answer.header("retry-after")), ("request-in-progress", "1"));
    }
}

#[apply(api_test)]
async fn two_processes_with_one_key_have_one_effect(app: TestApp) {
    let second = TestApp::on(app.engine, app.database.clone(), &[]);
    let content: Value = instrument().into();
    let before = count(&app).await;
    // Without a public address each process is an issuer of its own.
    let callers = [app.client("cq-university"), second.client("cq-university")];
    let posts = (0..10).map(|number| {
        callers[number % 2].post("/api/v1/instruments", content.clone()).header("idempotency-key", "once").send()
    });
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(count(&app).await, before + 1);
    assert!(
        answers.iter().all(|answer| [201, 409].contains(&answer.status())),
        "{:?}",
        answers.iter().map(Answer::status).collect::<Vec<_>>()
    );
    let first = answers.iter().filter(|answer| answer.status() == 201 && !answer.has_header("idempotency-replayed"));
    assert_eq!(first.count(), 1);
}

#[apply(api_test)]
async fn what_is_no_key_is_refused(app: TestApp) {
    let university = app.client("cq-university");
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"open", "a\"b", &long, "重"] {
        let problem =
            university.post("/api/v1/instruments", instrument()).header("idempotency-key", key).await.problem(400);
        assert_eq!((problem.code(), problem.faults()[0].0.as_str()), ("invalid-header", "Idempotency-Key"), "{key}");
    }
    let key = "k".repeat(255);
    assert_eq!(
        university.post("/api/v1/instruments", instrument()).header("idempotency-key", &key).await.status(),
        201
    );
}
