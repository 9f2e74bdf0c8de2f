//! Writers at the same instant: one of them wins, and nothing is counted twice.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

#[apply(api_test)]
async fn of_a_hundred_clients_that_patch_one_revision_exactly_one_wins(app: TestApp) {
    let clients = app.crowd("cq-university", 100);
    let draft = clients[0].create("instruments", instrument()).await;
    let place = path("instruments", &draft);
    for before in 1..=5 {
        let patch = |(number, client): (usize, &Caller)| {
            client.patch(&place, json!({"model": format!("M{before}-{number}")})).if_match(before).send()
        };
        let answers = join_all(clients.iter().enumerate().map(patch)).await;
        let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status() == 200).collect();
        assert_eq!(won.len(), 1);
        for answer in answers.iter().filter(|answer| answer.status() != 200) {
            let problem = answer.problem(412);
            assert_eq!((problem.code(), &problem["current_revision"]), ("revision-conflict", &json!(before + 1)));
        }
        assert_eq!(clients[0].get(&place).await.expect(200), won[0].json());
    }
    assert_eq!(clients[0].get(&format!("{place}/revisions")).await.items().len(), 6);
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn two_provinces_that_confirm_at_the_same_instant_activate_once(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:confirm");
    for _ in 0..8 {
        let submitted = university.submit("joint-labs", joint_lab()).await;
        let answers = join_all([&cq, &sc, &colleague].map(|caller| caller.confirm("joint-labs", &submitted))).await;
        let statuses: Vec<u16> = answers.iter().map(Answer::status).collect();
        assert_eq!(statuses[1], 201, "{}", answers[1].text());
        assert_eq!([statuses[0], statuses[2]].iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        let made = answers.iter().filter(|answer| answer.status() == 201);
        assert_eq!(made.filter(|answer| answer.json()["state"] == "active").count(), 1, "{statuses:?}");
        let active = university.show("joint-labs", &submitted).await.expect(200);
        assert_eq!((&active["state"], revision(&active)), (&json!("active"), 4));
        let done = university.get(&format!("{}/transitions", path("joint-labs", &submitted))).await.expect(200);
        let activated = done["items"].as_array().unwrap().iter().filter(|one| one["action"] == "activated").count();
        assert_eq!(activated, 1);
    }
}

#[apply(api_test)]
async fn two_provinces_that_confirm_a_change_at_the_same_instant_are_both_heard(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let mut record = app.active_joint("joint-labs", joint_lab()).await;
    for staff in 1..=20 {
        let request = university.propose("joint-labs", &record, json!({"fixed_staff": staff})).await.expect(201);
        for answer in join_all([&cq, &sc].map(|caller| caller.say("confirm", &request))).await {
            answer.expect(201);
        }
        assert_eq!(university.get(&place(&request)).await.expect(200)["state"], "accepted");
        record = university.show("joint-labs", &record).await.expect(200);
        assert_eq!((&record["fixed_staff"], &record["digest"]), (&json!(staff), &request["digest"]));
    }
    invariants::hold_in(&app.database);
}

/// A waiting proposal of this purpose: its record and its change request.
async fn waiting(app: &TestApp, purpose: &str) -> (Value, Value) {
    let (university, cq) = (app.client("cq-university"), app.client("cq-agency"));
    if purpose == "change" {
        let active = app.active_joint("projects", project()).await;
        let request = university.propose("projects", &active, json!({"name": {"en": "Renamed"}})).await.expect(201);
        return (active, request);
    }
    let record = match purpose {
        "submission" => university.submit("projects", project()).await,
        _ => {
            let active = app.active_joint("projects", project()).await;
            cq.transition("projects", &active, "closed", Some("到期")).await.expect(200)
        }
    };
    let query = format!("/api/v1/change-requests?state=open&record={}", record["id"].as_str().unwrap());
    let request = cq.get(&query).await.items().remove(0);
    assert_eq!(request["purpose"], purpose);
    (record, request)
}

#[apply(api_test)]
async fn of_confirming_declining_and_recalling_at_the_same_instant_one_outcome_is_legal(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let other = app.new_client("sc-colleague", None, Some(SICHUAN), "records:read records:confirm");
    let mut outcomes = BTreeMap::new();
    for (purpose, round) in ["submission", "change", "move"].into_iter().flat_map(|one| (0..8).map(move |n| (one, n))) {
        let (record, request) = waiting(&app, purpose).await;
        let author = if purpose == "move" { &cq } else { &university };
        if round % 2 == 0 && purpose != "move" {
            cq.say("confirm", &request).await.expect(201);
        }
        // The order of the requests differs from round to round.
        let mut asked = vec![
            (other.say("decline", &request).boxed_local(), "declined"),
            (author.recall(&request).boxed_local(), "recalled"),
            (sc.say("confirm", &request).boxed_local(), "confirmed"),
            (cq.say("confirm", &request).boxed_local(), "confirmed"),
        ];
        asked.rotate_left(round % 4);
        let (asked, words): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let answers = join_all(asked).await;
        let now = author.get(&place(&request)).await.expect(200);
        let outcome = now["state"].as_str().unwrap();
        assert!(["accepted", "declined", "recalled"].contains(&outcome), "{purpose} is {outcome}");
        let said: Vec<(&str, u16)> = words.iter().copied().zip(answers.iter().map(Answer::status)).collect();
        for ending in ["declined", "recalled"] {
            let made = said.iter().filter(|(word, status)| *word == ending && *status < 300).count();
            assert_eq!(made, usize::from(outcome == ending), "{purpose} is {outcome}: {said:?}");
        }
        for answer in answers.iter().filter(|answer| answer.status() >= 300) {
            assert!(matches!(answer.status(), 403 | 404 | 409), "{}", answer.text());
        }
        let after = university.show("projects", &record).await.expect(200);
        let expected = match (purpose, outcome) {
            ("submission", "accepted") | ("change", _) => "active",
            ("submission", _) => "draft",
            (_, "accepted") => "closed",
            _ => "active",
        };
        assert_eq!((&after["state"], &after["pending_changes"]["count"]), (&json!(expected), &json!(0)));
        assert_eq!(after["name"]["en"] == "Renamed", purpose == "change" && outcome == "accepted");
        *outcomes.entry(outcome.to_owned()).or_insert(0) += 1;
    }
    assert!(outcomes.len() > 1, "they met in more than one order: {outcomes:?}");
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn two_provinces_that_ask_for_a_move_at_the_same_instant_open_it_once(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    for _ in 0..4 {
        let active = app.active_joint("alliances", alliance()).await;
        let ask = |caller: &Caller| {
            let (caller, active) = (caller.clone(), active.clone());
            async move { caller.transition("alliances", &active, "closed", Some("到期")).await }
        };
        let statuses = join_all([ask(&cq), ask(&sc)]).await.iter().map(Answer::status).collect::<Vec<_>>();
        assert!(matches!(statuses[..], [200, 412] | [412, 200]), "{statuses:?}");
        let asked = cq.show("alliances", &active).await.expect(200);
        assert_eq!((&asked["state"], &asked["pending_changes"]["count"]), (&json!("active"), &json!(1)));
    }
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn one_identifier_goes_to_one_of_many_that_want_it(app: TestApp) {
    let agency = app.client("cq-agency");
    let drafts = join_all((0..10).map(|_| agency.create("instruments", instrument().with("/inner_no", "ONE")))).await;
    // Some are submitted, some published at once.
    let moves = drafts.iter().enumerate().map(|(place, draft)| {
        let to = if place % 2 == 0 { "submitted" } else { "active" };
        agency.transition("instruments", draft, to, None)
    });
    let answers = join_all(moves).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status() != 200) {
        let problem = answer.problem(409);
        assert_eq!(problem.code(), "duplicate-identifier");
        assert!(problem["existing"]["code"].is_string());
    }
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn the_first_records_of_a_year_may_come_at_once(app: TestApp) {
    use diesel::connection::SimpleConnection;
    app.database(|conn| {
        conn.batch_execute("DELETE FROM records WHERE kind = 'alliances'; DELETE FROM serials WHERE prefix = 'ALL'")
            .unwrap();
    });
    let agency = app.client("cq-agency");
    let made = join_all((0..6).map(|_| agency.create("alliances", alliance()))).await;
    let mut serials: Vec<&str> = made.iter().map(|record| &record["code"].as_str().unwrap()[9..15]).collect();
    serials.sort_unstable();
    assert_eq!(serials, ["000001", "000002", "000003", "000004", "000005", "000006"]);
}

#[apply(api_test)]
async fn a_target_is_not_deleted_while_somebody_refers_to_it(app: TestApp) {
    let agency = app.client("cq-agency");
    for _ in 0..5 {
        let host = agency.create("organizations", organization()).await;
        let place = path("organizations", &host);
        let content = instrument().with("/host", json!({"id": host["id"]}));
        let (deleted, made) = futures_util::future::join(
            agency.delete(&place).if_match(1).send(),
            agency.post("/api/v1/instruments", content).send(),
        )
        .await;
        match (deleted.status(), made.status()) {
            (204, 422) | (409, 201) => {}
            (204, 201) => panic!("a record refers to what is gone"),
            other => panic!("{other:?} {} {}", deleted.text(), made.text()),
        }
    }
}
