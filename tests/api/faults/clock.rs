//! The machine's clock is set forward and back while the service runs.

use serde_json::{Value, json};

use crate::support::contents::instrument;
use crate::support::flows::{path, revision};
use crate::support::machine::Machine;
use crate::support::processes::Service;
use crate::support::*;

const DAY: i64 = 86_400;

/// The service on a machine of its own, beside `app`, which gives tokens only.
fn serve(app: &TestApp, machine: &Machine) -> Service {
    let public = format!("http://{}", app.address);
    let mut command = Service::command(&[("database_url", app.database.url.as_str()), ("public_url", &public)]);
    machine.run(&mut command);
    Service::run(command)
}

/// A token that the service gives by its own clock.
async fn log_in(service: &Service, caller: &Caller, name: &str) -> Caller {
    // `name` and the secret of `TestApp::new_client`.
    let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{name}:a-secret-for-tests"));
    let mut form = service.called_by(caller);
    form.token = None;
    let answer = form
        .request(reqwest::Method::POST, "/oauth2/token")
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .text("grant_type=client_credentials");
    form.with_token(answer.await.expect(200)["access_token"].as_str().unwrap())
}

#[apply(api_test)]
async fn a_token_that_was_refused_as_expired_does_not_come_back_when_the_clock_is_set_back(app: TestApp) {
    const QUARTER_AND_LEEWAY: i64 = 15 * 60 + 35;
    let machine = Machine::new();
    let service = serve(&app, &machine);
    app.new_client("cq-clock", None, Some(CHONGQING), "records:read");
    let (known, unseen) = (service.called_by(&app.client("reader")), service.called_by(&app.client("reader")));
    let place = "/api/v1/instruments?limit=1";
    assert_eq!(known.get(place).await.status(), 200);
    let refuses_both = async || {
        for caller in [&known, &unseen] {
            assert_eq!(caller.get(place).await.problem(401).code(), "invalid-token");
        }
    };
    machine.set_clock(QUARTER_AND_LEEWAY);
    refuses_both().await;
    let fresh = log_in(&service, &known, "cq-clock").await;
    assert_eq!(fresh.get(place).await.status(), 200);
    for clock in [QUARTER_AND_LEEWAY - 60, 0, -DAY] {
        machine.set_clock(clock);
        refuses_both().await;
        assert_eq!(fresh.get(place).await.status(), 200, "and the one that is still good stays so");
        let another = log_in(&service, &known, "cq-clock").await;
        assert_eq!(another.get(place).await.status(), 200);
    }
}

#[apply(api_test)]
async fn a_clock_that_jumps_does_not_reorder_the_feed(app: TestApp) {
    let machine = Machine::new();
    app.new_client("cq-clock", None, Some(CHONGQING), "records:read records:write records:publish changes:read");
    let mut service = serve(&app, &machine);
    let reader = app.client("reader");
    let head = reader.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    let (mut written, mut followed, mut after) = (Vec::new(), Vec::new(), head);
    let mut told = String::new();
    for (step, clock) in [0, 3 * DAY, -40 * DAY, 0, 3600, 3595, -DAY].into_iter().enumerate() {
        machine.set_clock(clock);
        if step == 4 {
            // A new process does not know the time of the one before.
            drop(service);
            service = serve(&app, &machine);
            told = String::new();
        }
        let agency = log_in(&service, &reader, "cq-clock").await;
        let draft = agency.create("instruments", instrument()).await;
        let active = agency.transition("instruments", &draft, "active", None).await.expect(200);
        let patch = agency.patch(&path("instruments", &active), json!({"model": format!("X-{step}")})).if_match(2);
        for record in [draft, active, patch.await.expect(200)] {
            let at = record["updated_at"].as_str().unwrap().to_owned();
            assert!(at >= told, "{at} after {told}");
            told = at;
            written.push((record["id"].clone(), revision(&record)));
        }
        let page = agency.get(&format!("/api/v1/changes?after={after}")).await.expect(200);
        after = page["next_after"].as_i64().unwrap();
        followed.extend(page["items"].as_array().unwrap().clone());
    }
    let seen = |items: &[Value]| -> Vec<(Value, i64)> {
        items.iter().map(|item| (item["ref"]["id"].clone(), revision(item))).collect()
    };
    assert_eq!(seen(&followed), written, "what a follower saw");
    assert!(followed.windows(2).all(|pair| pair[0]["seq"].as_i64().unwrap() + 1 == pair[1]["seq"].as_i64().unwrap()));
    let agency = log_in(&service, &reader, "cq-clock").await;
    let again = agency.get(&format!("/api/v1/changes?after={head}&limit=1000")).await.expect(200);
    assert_eq!(again["items"].as_array().unwrap(), &followed, "what anybody sees who reads again");
    invariants::is_whole(&app.database);
}
