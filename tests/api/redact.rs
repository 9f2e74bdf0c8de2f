//! `redact-contact`: contact data leaves the whole history of a record, and everything that was signed stays valid.

use chuanyu::audit::verify as log;
use chuanyu::audit::verify::Wanted;
use chuanyu::auth::proof_keys::ProofKeySet;
use chuanyu::kinds::register;
use chuanyu::reading::proof::verify;
use chuanyu::records::actor::Actor;
use chuanyu::records::redact::{self, MARKER};
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::dump::lines;
use crate::support::flows::{path, revision};
use crate::support::*;

const PHONE: &str = "023-65123456";

fn redacted(app: &TestApp, reference: &str) -> redact::Redacted {
    let db = app.services.db.get_ref();
    db.write_here(|conn| redact::contact(register(), reference, &Actor::operator(), conn)).unwrap()
}

/// The texts of the database that contain a telephone number.
fn places(app: &TestApp) -> Vec<String> {
    let tables = [
        ("contents", "text"),
        ("records", "document"),
        ("proposals", "content"),
        ("proposals", "patch"),
        ("idempotency_keys", "body"),
        ("audit_events", "changed"),
    ];
    let query =
        |(table, column)| format!("SELECT '{table}.{column}' AS line FROM {table} WHERE {column} LIKE '%{PHONE}%'");
    app.database(|conn| tables.iter().flat_map(|place| lines(conn, &query(*place))).collect())
}

#[apply(api_test)]
async fn contact_data_leaves_all_revisions_and_what_was_signed_stays_valid(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let content: Value = instrument().with("/contact", json!({"name": "设备处", "phone": PHONE})).into();
    let create = || university.post("/api/v1/instruments", content.clone()).header("Idempotency-Key", "redact-1");
    let draft = create().await.expect(201);
    let place = path("instruments", &draft);
    university.patch(&place, json!({"model": "改"})).if_match(1).await.expect(200);
    let draft = university.show("instruments", &draft).await.expect(200);
    let submitted = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    agency.confirm("instruments", &submitted).await.expect(201);
    let active = university.show("instruments", &submitted).await.expect(200);
    university
        .propose("instruments", &active, json!({"lifecycle": "suspended", "contact": {"email": "a@example.org"}}))
        .await
        .expect(201);
    let before = university.show("instruments", &active).await.expect(200);
    let proof = university.get(&format!("{place}/proof")).await.expect(200);
    let signed = university.get(&format!("{place}/revisions/1")).await.expect(200);
    let head = university.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    assert!(places(&app).len() >= 5);

    let done = redacted(&app, before["code"].as_str().unwrap());
    assert_eq!((done.contents, done.proposals, done.answers), (2, 1, 1));
    assert_eq!(done.revision, Some(revision(&before) + 1));
    assert_eq!(places(&app), Vec::<String>::new());

    let after = university.get(&place).header("If-None-Match", format!("\"{}\"", revision(&before))).await.expect(200);
    assert_eq!((&after["contact"], &after["digest"]), (&json!({"name": MARKER}), &before["digest"]));
    assert_eq!((&after["model"], &after["state"]), (&json!("改"), &json!("active")));
    let first = university.get(&format!("{place}/revisions/1")).await.expect(200);
    assert_eq!((&first["content"]["contact"], &first["digest"]), (&json!({"name": MARKER}), &signed["digest"]));
    assert_eq!(create().await.expect(201)["contact"]["name"], MARKER, "the answer to a repeated request too");

    let keys = ProofKeySet::parse(app.anonymous().get("/.well-known/proof-keys.json").await.text()).unwrap();
    let again = university.get(&format!("{place}/proof")).await.expect(200);
    for proof in [&proof, &again] {
        assert!(verify::verify(proof.to_string().as_bytes(), &keys, register()).is_ok());
    }
    assert_eq!((&proof["digest"], &proof["content"]), (&again["digest"], &again["content"]));

    let news = university.get(&format!("/api/v1/changes?after={head}&include=record")).await.items();
    assert_eq!(news.len(), 1, "copies are told");
    assert_eq!(
        (&news[0]["type"], &news[0]["record"]["contact"]["name"]),
        (&json!("instrument.contact_redacted"), &json!(MARKER))
    );
    let events =
        agency.get(&format!("/api/v1/audit-events?ref={}&limit=1", after["code"].as_str().unwrap())).await.items();
    assert_eq!(
        (&events[0]["action"], &events[0]["actor"]),
        (&json!("instrument.contact_redacted"), &json!("operator"))
    );
    assert!(log::run(app.services.db.get_ref(), &Wanted::default()).unwrap().is_ok());

    // Nothing more to do; and the proposal can still be confirmed.
    assert_eq!(redacted(&app, after["id"].as_str().unwrap()).revision, None);
    let request =
        agency.get(&format!("/api/v1/change-requests?record={}", after["code"].as_str().unwrap())).await.items();
    let open = request.iter().find(|one| one["state"] == "open").unwrap();
    assert_eq!(agency.say("confirm", open).await.expect(201)["state"], "accepted");
    crate::support::invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn a_record_without_contact_data_is_left_as_it_is(app: TestApp) {
    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let db = app.services.db.get_ref();
    let code = lab["code"].as_str().unwrap();
    let refused = db.write_here(|conn| redact::contact(register(), code, &Actor::operator(), conn)).unwrap_err();
    assert_eq!(refused.said().faults[0].code, "no-contact");
    let unknown = db.write_here(|conn| redact::contact(register(), "INS-2026-999999-0", &Actor::operator(), conn));
    assert_eq!(unknown.unwrap_err().code().name(), "not-found");
    let plain = app.published("instruments", instrument().without("contact")).await;
    assert_eq!(redacted(&app, plain["code"].as_str().unwrap()).revision, None);
    assert_eq!(app.client("cq-university").show("instruments", &plain).await.expect(200), plain);
}
