//! The way of an introduction, and who may go it.

use futures_util::future::join_all;

use super::*;

#[apply(api_test)]
async fn two_provinces_go_the_whole_way(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    let (demand, offer) = (wanted(&app, "show").await, offered(&app).await);
    let start = university.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
    let answer = propose(&university, &demand, &offer).await;
    let made = answer.expect(201);
    assert_eq!((&made["state"], &made["proposed_by"]), (&json!("accepted_one_side"), &json!("offer")));
    assert_eq!(answer.header("location"), path("introductions", &made));
    assert_eq!(answer.header("etag"), "\"1\"");
    assert!(
        made["code"].as_str().unwrap().starts_with("ITR-2026-") || made["code"].as_str().unwrap().starts_with("ITR-")
    );
    assert_eq!((&made["demand"]["id"], &made["offer"]["id"]), (&demand["id"], &offer["id"]));
    assert_eq!(made["awaiting"], json!(["demand"]));
    assert_eq!(made["sides"]["demand"]["organization"]["code"], demand["owner"]["code"]);
    assert_eq!(made["proposer"]["client"], "sc-university");
    let by_code = format!("/api/v1/introductions/{}", made["code"].as_str().unwrap());
    assert_eq!(enterprise.get(&by_code).await.expect(200), made);

    let accepted = step(&enterprise, &made, json!({"to": "accepted"})).await.expect(200);
    assert_eq!((&accepted["state"], &accepted["revision"]), (&json!("accepted"), &json!(2)));
    let contracted = step(&university, &accepted, contract()).await.expect(200);
    assert_eq!(contracted["amount"], json!({"amount": "1200000.50", "currency": "CNY"}));
    let finished =
        step(&enterprise, &contracted, json!({"to": "finished", "result": "已交付（示例）"})).await.expect(200);
    for state in ["proposed", "accepted_one_side", "accepted", "contracted", "finished"] {
        assert!(finished["reached"][state].is_string(), "{state}: {finished}");
    }
    let history = university.get(&format!("{}/transitions", path("introductions", &made))).await.expect(200);
    let done: Vec<(&str, &str)> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["to"].as_str().unwrap(), one["side"].as_str().unwrap()))
        .collect();
    let expected =
        [("accepted_one_side", "offer"), ("accepted", "demand"), ("contracted", "offer"), ("finished", "demand")];
    assert_eq!((done.as_slice(), &history["legal"]), (&expected[..], &json!([])));
    let types = |items: Vec<Value>| -> Vec<String> {
        items.iter().map(|item| item["type"].as_str().unwrap().to_owned()).collect()
    };
    let feed = format!("/api/v1/changes?after={start}&kinds=introductions&include=record");
    let told = ["accepted_one_side", "accepted", "contracted", "finished"].map(|state| format!("introduction.{state}"));
    for caller in [&enterprise, &university, &app.client("cq-agency")] {
        let items = caller.get(&feed).await.items();
        assert_eq!(types(items.clone()), told);
        assert!(items.iter().all(|item| item.get("state").is_none() && item["tombstone"] == false), "{items:?}");
        assert_eq!(items[0]["ref"], json!({"id": made["id"], "code": made["code"]}));
    }
    assert_eq!(types(app.client("reader").get(&feed).await.items()), [""; 0]);
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn a_broker_brings_both_together_and_speaks_for_neither(app: TestApp) {
    let (enterprise, university, broker) = (seres(&app), app.client("sc-university"), broker(&app));
    let (demand, offer) = (wanted(&app, "show").await, offered(&app).await);
    let made = propose(&broker, &demand, &offer).await.expect(201);
    assert_eq!((&made["state"], &made["proposed_by"]), (&json!("proposed"), &json!("broker")));
    assert_eq!(made["awaiting"], json!(["demand", "offer"]));
    assert_eq!(legal(&broker, &made).await, ["declined"]);
    let refused = step(&broker, &made, json!({"to": "accepted_one_side"})).await.problem(403);
    assert_eq!(refused.code(), "other-organization");
    let refused = step(&broker, &made, json!({"to": "declined", "reason_code": "terms"})).await.problem(422);
    assert!(refused.has("#/reason_code", "only-recall"));
    let refused = step(&enterprise, &made, json!({"to": "declined", "reason_code": "recalled"})).await.problem(422);
    assert!(refused.has("#/reason_code", "recall-of-others"));
    let recalled = step(&broker, &made, json!({"to": "declined", "reason_code": "recalled"})).await.expect(200);
    assert_eq!(recalled["ending"], json!({"reason_code": "recalled", "side": "broker"}));
    // It is over, so that another one may be proposed; both sides give their word, in whichever order.
    let again = propose(&broker, &demand, &offer).await.expect(201);
    let one = step(&university, &again, json!({"to": "accepted_one_side"})).await.expect(200);
    assert_eq!(one["awaiting"], json!(["demand"]));
    assert_eq!(step(&university, &one, json!({"to": "accepted"})).await.problem(403).code(), "other-organization");
    let both = step(&enterprise, &one, json!({"to": "accepted"})).await.expect(200);
    // What both agreed on is not the broker's any more.
    let late = step(&broker, &both, json!({"to": "declined", "reason_code": "recalled"})).await.problem(422);
    assert!(late.has("#/reason_code", "recall-of-others"));
    assert_eq!(legal(&broker, &both).await, [""; 0]);
    assert_eq!(legal(&university, &both).await, ["contracted", "declined", "failed"]);
    let read_only = app.client_with("sc-university", "records:read");
    assert_eq!(legal(&read_only, &both).await, [""; 0]);
}

#[apply(api_test)]
async fn only_the_steps_of_the_table_are_possible(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    let states = ["proposed", "accepted_one_side", "accepted", "contracted", "finished", "declined", "failed"];
    let onward: [&[&str]; 7] = [
        &["accepted_one_side", "declined"],
        &["accepted", "declined"],
        &["contracted", "declined", "failed"],
        &["finished", "failed"],
        &[],
        &[],
        &[],
    ];
    for (state, onward) in states.iter().zip(onward) {
        let introduction = in_state(&app, state, (&enterprise, &university)).await;
        for to in states.iter().filter(|to| !onward.contains(to)) {
            let refused = step(&enterprise, &introduction, json!({"to": to})).await.problem(409);
            assert_eq!((refused.code(), &refused["legal_steps"]), ("illegal-step", &json!(onward)), "{state} to {to}");
        }
        assert_eq!(legal(&enterprise, &introduction).await, onward, "{state}");
        assert_eq!(shown(&enterprise, &introduction).await, introduction, "{state}: nothing was changed");
    }
    let unknown = in_state(&app, "accepted", (&enterprise, &university)).await;
    assert!(step(&enterprise, &unknown, json!({"to": "signed"})).await.problem(422).has("#/to", "not-in-list"));
}

#[apply(api_test)]
async fn every_step_says_all_that_it_lacks(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    let accepted = in_state(&app, "accepted", (&enterprise, &university)).await;
    let faults = async |introduction: &Value, body: Value| {
        let mut faults = step(&enterprise, introduction, body).await.problem(422).faults();
        faults.sort();
        faults
    };
    let fault = |place: &str, code: &str| (place.to_owned(), code.to_owned());
    let required = "required-here";
    let bare = faults(&accepted, json!({"to": "contracted"})).await;
    assert_eq!(bare, [fault("#/contract_no", required), fault("#/signed_on", required)]);
    let found = faults(
        &accepted,
        json!({"to": "contracted", "signed_on": "2199-01-01", "result": "早了",
        "project": {"code": "PRJ-2026-999999-0"}}),
    )
    .await;
    assert_eq!(
        found,
        [
            fault("#/project/code", "invalid-code"),
            fault("#/result", "not-for-this-step"),
            fault("#/signed_on", "in-the-future")
        ]
    );
    let draft = app.client("cq-agency").create("projects", project()).await;
    let hidden = json!({"to": "contracted", "signed_on": "2026-02-01", "project": {"id": draft["id"]}});
    assert_eq!(faults(&accepted, hidden).await, [fault("#/project", "reference-not-found")]);
    let declined = faults(&accepted, json!({"to": "declined", "amount": {"amount": "1", "currency": "CNY"}})).await;
    assert_eq!(declined, [fault("#/amount", "not-for-this-step"), fault("#/reason_code", required)]);
    assert_eq!(faults(&accepted, json!({"to": "failed", "reason_code": "other"})).await, [fault("#/reason", required)]);
    let place = format!("{}/transitions", path("introductions", &accepted));
    assert_eq!(enterprise.post(&place, contract()).await.problem(428).code(), "precondition-required");
    assert_eq!(enterprise.post(&place, contract()).if_match(1).await.problem(412).code(), "revision-conflict");
    // A project that is official stands for the contract.
    let official = app.active_joint("projects", project()).await;
    let body = json!({"to": "contracted", "signed_on": "2026-02-01", "project": {"code": official["code"]}});
    let contracted = step(&enterprise, &accepted, body).await.expect(200);
    assert_eq!((&contracted["project"]["id"], contracted.get("contract_no")), (&official["id"], None));
    assert_eq!(faults(&contracted, json!({"to": "finished"})).await, [fault("#/result", required)]);
}

#[apply(api_test)]
async fn of_two_words_at_the_same_instant_one_is_heard(app: TestApp) {
    let (enterprise, agency, university) = (seres(&app), app.client("cq-agency"), app.client("sc-university"));
    for _ in 0..5 {
        let (demand, offer) = (wanted(&app, "show").await, offered(&app).await);
        let made = join_all([&university, &enterprise].map(|caller| propose(caller, &demand, &offer))).await;
        let won: Vec<&Answer> = made.iter().filter(|answer| answer.status() == 201).collect();
        let lost = made.iter().find(|answer| answer.status() != 201).unwrap().problem(409);
        assert_eq!((won.len(), lost.code()), (1, "already-introduced"));
        let made = won[0].json();
        assert_eq!(lost["existing"]["id"], made["id"]);
        let waits = if made["awaiting"] == json!(["demand"]) {
            vec![&enterprise, &agency]
        } else {
            vec![&university, &university]
        };
        let body = json!({"to": "accepted"});
        let answers = join_all(waits.iter().map(|caller| step(caller, &made, body.clone()))).await;
        let mut statuses: Vec<u16> = answers.iter().map(Answer::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
    invariants::hold_in(&app.database);
}

#[apply(api_test)]
async fn a_client_that_speaks_for_both_sides_says_for_which(app: TestApp) {
    let agency = app.client("cq-agency");
    let (demand, offer) = (wanted(&app, "show").await, app.published("capabilities", capability()).await);
    let place = format!("{}/introductions", path("demands", &demand));
    let body = json!({"offer": {"code": offer["code"]}, "proposed_by": "broker"});
    let made = agency.post(&place, body).await.expect(201);
    assert_eq!(made["state"], "proposed");
    let unclear = step(&agency, &made, json!({"to": "accepted_one_side"})).await.problem(422);
    assert!(unclear.has("#/side", "side-needed"));
    let one = step(&agency, &made, json!({"to": "accepted_one_side", "side": "offer"})).await.expect(200);
    assert_eq!(one["awaiting"], json!(["demand"]));
    let twice = step(&agency, &one, json!({"to": "accepted", "side": "offer"})).await.problem(403);
    assert_eq!(twice.code(), "other-organization");
    assert_eq!(step(&agency, &one, json!({"to": "accepted"})).await.expect(200)["state"], "accepted");
    // Nobody proposes for a side that it does not speak for, and no owner is its own broker.
    let (university, enterprise) = (app.client("sc-university"), seres(&app));
    let far = offered(&app).await;
    for (caller, party) in
        [(&university, "demand"), (&enterprise, "offer"), (&enterprise, "broker"), (&broker(&app), "demand")]
    {
        let body = json!({"offer": {"id": far["id"]}, "proposed_by": party});
        assert!(caller.post(&place, body).await.problem(422).has("#/proposed_by", "not-your-side"), "{party}");
    }
    let from_offer = format!("{}/introductions", path("capabilities", &far));
    let made = enterprise.post(&from_offer, json!({"demand": {"id": demand["id"]}})).await.expect(201);
    assert_eq!((&made["proposed_by"], &made["awaiting"]), (&json!("demand"), &json!(["offer"])));
}

#[apply(api_test)]
async fn a_repeated_proposal_is_one_introduction(app: TestApp) {
    let university = app.client("sc-university");
    let (demand, offer) = (wanted(&app, "show").await, offered(&app).await);
    let place = format!("{}/introductions", path("demands", &demand));
    let send = || university.post(&place, json!({"offer": {"id": offer["id"]}})).header("Idempotency-Key", "intro-1");
    let first = send().await;
    let again = send().await;
    assert_eq!((first.expect(201), again.header("idempotency-replayed")), (again.expect(201), "true"));
    let query = format!("/api/v1/introductions?demand={}", demand["id"].as_str().unwrap());
    assert_eq!(university.get(&query).await.items().len(), 1);
    let move_it = json!({"to": "declined", "reason_code": "recalled"});
    let steps = format!("{}/transitions", path("introductions", &first.json()));
    let recall = || university.post(&steps, move_it.clone()).if_match(1).header("Idempotency-Key", "intro-2");
    assert_eq!(recall().await.expect(200), recall().await.expect(200));
}
