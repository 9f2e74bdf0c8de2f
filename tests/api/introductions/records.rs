//! What becomes of an introduction when its records change: ended, withdrawn, merged.

use chuanyu::api::Language;
use chuanyu::check;
use chuanyu::check::Look;

use super::*;

async fn pause(app: &TestApp, offer: &Value) -> Value {
    let patch = json!({"lifecycle": "paused"});
    app.client("sc-agency").patch(&path("capabilities", offer), patch).if_match(revision(offer)).await.expect(200)
}

async fn merge(agency: &Caller, kind: &str, record: &Value, into: &Value) {
    let body = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": into["id"]}});
    agency.post(&format!("{}/transitions", path(kind, record)), body).if_match(revision(record)).await.expect(200);
}

/// The output of `chuanyu check introductions`.
fn checked(app: &TestApp) -> Vec<String> {
    let look = Look { db: app.services.db.get_ref(), register: chuanyu::kinds::register() };
    let mut lines = Vec::new();
    check::run(&look, &[check::named("introductions").unwrap()], Language::En, &mut |line| lines.push(line)).unwrap();
    lines
}

#[apply(api_test)]
async fn what_ended_meanwhile_is_said_and_nothing_is_lost(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    let (demand, offer) = (wanted(&app, "show").await, offered(&app).await);
    let made = propose(&university, &demand, &offer).await.expect(201);
    let paused = pause(&app, &offer).await;
    let refused = step(&enterprise, &made, json!({"to": "accepted"})).await.problem(409);
    assert_eq!((refused.code(), refused.faults()), ("not-open", vec![("#/to".to_owned(), "not-open-now".to_owned())]));
    let sentence = |language: &'static str| {
        let place = format!("{}/transitions", path("introductions", &made));
        let request = enterprise.post(&place, json!({"to": "accepted"})).if_match(1);
        async move { request.header("Accept-Language", language).await.text().to_owned() }
    };
    assert!(sentence("zh-CN").await.contains("暂停") && sentence("en").await.contains("Paused"));
    assert_eq!(shown(&enterprise, &made).await, made, "it stays as it was");
    // A new one is refused in the same way, with everything that is wrong.
    let closed = app.published("demands", demand_closed()).await;
    let refused = propose(&university, &closed, &paused).await.problem(409);
    let expected = [("ref", "not-open-now"), ("#/offer", "not-open-now")];
    assert_eq!(refused.faults(), expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    // Open again, it goes on; and what is withdrawn can still be declined.
    let back = json!({"lifecycle": "available"});
    let sc = app.client("sc-agency");
    let open = sc.patch(&path("capabilities", &offer), back).if_match(revision(&paused)).await.expect(200);
    let accepted = step(&enterprise, &made, json!({"to": "accepted"})).await.expect(200);
    assert_eq!(accepted["state"], "accepted");
    sc.transition("capabilities", &open, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(shown(&enterprise, &made).await["offer"]["state"], "withdrawn");
    let declined =
        step(&enterprise, &accepted, json!({"to": "declined", "reason_code": "no_capacity"})).await.expect(200);
    assert_eq!(declined["state"], "declined");
    let gone = propose(&university, &demand, &offer).await.problem(422);
    assert!(gone.has("#/offer", "reference-ended"), "{:?}", gone.faults());
}

fn demand_closed() -> Content {
    demand().with("/lifecycle", "closed")
}

#[apply(api_test)]
async fn a_demand_and_an_offer_have_one_introduction_that_lives(app: TestApp) {
    let (enterprise, university, stranger) = (seres(&app), app.client("sc-university"), broker(&app));
    let made = in_state(&app, "contracted", (&enterprise, &university)).await;
    let again = propose(&enterprise, &made["demand"], &made["offer"]).await.problem(409);
    assert_eq!((again.code(), &again["existing"]["code"]), ("already-introduced", &made["code"]));
    let blind = propose(&stranger, &made["demand"], &made["offer"]).await.problem(409);
    assert_eq!((blind.code(), blind.0.get("existing")), ("already-introduced", None));
    step(&university, &made, json!({"to": "finished", "result": "完成（示例）"})).await.expect(200);
    let second = propose(&enterprise, &made["demand"], &made["offer"]).await.expect(201);
    assert_eq!(second["proposed_by"], "demand");
    // The database keeps what the service promises.
    use diesel::connection::SimpleConnection;
    let broken = [
        "UPDATE introductions SET state = 'accepted' WHERE state = 'accepted_one_side'",
        "UPDATE introductions SET state = 'signed'",
        "UPDATE introductions SET result = NULL WHERE state = 'finished'",
        "UPDATE introductions SET contract_no = NULL WHERE state = 'finished'",
        "UPDATE introductions SET reason_code = 'terms' WHERE state = 'accepted_one_side'",
        "UPDATE introductions SET proposed_by = 'offer' WHERE state = 'accepted_one_side' AND offer_accepted_at IS NULL",
        "UPDATE introductions SET amount = -1 WHERE state = 'finished'",
        "UPDATE introductions SET offer_id = demand_id",
    ];
    for statement in broken {
        assert!(app.database(|conn| conn.batch_execute(statement)).is_err(), "{statement}");
    }
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn merged_records_are_followed(app: TestApp) {
    let (enterprise, university, cq) = (seres(&app), app.client("sc-university"), app.client("cq-agency"));
    let (first, second, offer) = (wanted(&app, "show").await, wanted(&app, "show").await, offered(&app).await);
    let made = propose(&university, &first, &offer).await.expect(201);
    let other = propose(&university, &second, &offer).await.expect(201);
    merge(&cq, "demands", &first, &second).await;
    let seen = shown(&university, &made).await;
    assert_eq!((&seen["demand"]["id"], &seen["demand"]["in_place_of"]), (&second["id"], &first["id"]));
    for reference in [&first["id"], &second["code"]] {
        let query = format!("/api/v1/introductions?demand={}", reference.as_str().unwrap());
        assert_eq!(university.get(&query).await.items().len(), 2, "{query}");
    }
    // Two live between the same two now: both can be read and settled, and the operator is told.
    let told = checked(&app);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains(made["code"].as_str().unwrap()) && told[1].contains(other["code"].as_str().unwrap()));
    step(&enterprise, &other, json!({"to": "declined", "reason_code": "elsewhere"})).await.expect(200);
    assert_eq!(checked(&app), [""; 0]);
    let again = propose(&university, &second, &offer).await.problem(409);
    assert_eq!(again["existing"]["id"], made["id"]);
    assert_eq!(propose(&university, &first, &offer).await.status(), 410);
    let from_offer = format!("{}/introductions", path("capabilities", &offer));
    let merged = university.post(&from_offer, json!({"demand": {"id": first["id"]}})).await.problem(422);
    assert!(merged.has("#/demand", "reference-merged"));
    assert_eq!(step(&enterprise, &made, json!({"to": "accepted"})).await.expect(200)["state"], "accepted");
}

#[apply(api_test)]
async fn merged_owners_are_followed(app: TestApp) {
    let (sc, enterprise) = (app.client("sc-agency"), seres(&app));
    let demand = wanted(&app, "show").await;
    let mut units = Vec::new();
    for _ in 0..2 {
        let content = organization().with("/division_registered", "510107");
        let draft = sc.create("organizations", content).await;
        units.push(sc.transition("organizations", &draft, "active", None).await.expect(200));
    }
    let id = |record: &Value| record["id"].as_str().unwrap().parse().unwrap();
    let old = app.new_client("sc-old-unit", Some(id(&units[0])), Some(SICHUAN), WRITES);
    let draft = sc.create("capabilities", capability().with("/organization", json!({"id": units[0]["id"]}))).await;
    let offer = sc.transition("capabilities", &draft, "active", None).await.expect(200);
    let made = propose(&old, &demand, &offer).await.expect(201);
    // Because it is in use, a second client of the province confirms that it goes.
    let scopes = "records:read records:write records:confirm records:publish";
    let second = app.new_client("sc-second", None, Some(SICHUAN), scopes);
    merge(&sc, "organizations", &units[0], &units[1]).await;
    let request = second.waiting_on("organizations", &units[0]).await;
    second.say("confirm", &request).await.expect(201);
    let new = app.new_client("sc-new-unit", Some(id(&units[1])), Some(SICHUAN), WRITES);
    let seen = shown(&new, &made).await;
    assert_eq!(seen["sides"]["offer"]["organization"]["id"], units[1]["id"]);
    assert_eq!(seen["proposer"]["organization"]["id"], units[1]["id"]);
    let accepted = step(&enterprise, &made, json!({"to": "accepted"})).await.expect(200);
    assert_eq!(step(&new, &accepted, contract()).await.expect(200)["state"], "contracted");
    assert_eq!(checked(&app), [""; 0]);
}
