//! Who sees an introduction, and who is told the owner of a demand who asked not to be named.

use super::*;

/// Words that tell whose the demand is.
fn secrets(demand: &Value) -> Vec<String> {
    let owner = ["id", "code"].map(|member| demand["owner"][member].as_str().unwrap().to_owned());
    owner.into_iter().chain(["赛力斯", "Seres", "seres-plm"].map(str::to_owned)).collect()
}

/// Every answer in which the introduction shows.
async fn views(caller: &Caller, introduction: &Value) -> Vec<(String, String)> {
    let place = path("introductions", introduction);
    let mut all = Vec::new();
    for view in [
        place.clone(),
        format!("/api/v1/introductions/{}", introduction["code"].as_str().unwrap()),
        format!("{place}/transitions"),
        "/api/v1/introductions?limit=200".to_owned(),
        format!("/api/v1/introductions?demand={}&province=500000", introduction["demand"]["id"].as_str().unwrap()),
        "/api/v1/statistics/introductions?province=500000".to_owned(),
        "/api/v1/changes?after=0&limit=1000&kinds=introductions&include=record".to_owned(),
    ] {
        let answer = caller.get(&view).await;
        assert_eq!(answer.status(), 200, "{view}: {}", answer.text());
        all.push((view, answer.text().to_owned()));
    }
    let code = introduction["code"].as_str().unwrap();
    assert!(all.iter().filter(|(_, text)| text.contains(code)).count() >= 4, "{all:?}");
    all
}

async fn assert_hidden(caller: &Caller, introduction: &Value, demand: &Value) {
    for (view, text) in views(caller, introduction).await {
        for secret in secrets(demand) {
            assert!(!text.contains(&secret), "{view} tells {secret}: {text}");
        }
    }
}

#[apply(api_test)]
async fn a_hidden_owner_is_named_to_nobody_else_until_both_sides_accepted(app: TestApp) {
    let (enterprise, university, sc) = (seres(&app), app.client("sc-university"), app.client("sc-agency"));
    let (demand, offer) = (wanted(&app, "hide").await, offered(&app).await);
    // The enterprise proposes it: its word is the first step of the history.
    let made = propose(&enterprise, &demand, &offer).await.expect(201);
    assert_eq!(made["sides"]["demand"]["organization"]["code"], demand["owner"]["code"], "it knows itself");
    for caller in [&university, &sc] {
        assert_hidden(caller, &made, &demand).await;
        let seen = shown(caller, &made).await;
        assert_eq!(seen["sides"]["demand"]["province"], CHONGQING);
        assert!(seen.get("proposer").is_none() && seen["sides"]["offer"]["organization"].is_object(), "{seen}");
    }
    // Refusals tell nothing either.
    let refusals = [
        step(&university, &made, json!({"to": "contracted"})).await,
        step(&university, &made, json!({"to": "declined"})).await,
        step(&university, &made, json!({"to": "declined", "reason_code": "recalled"})).await,
        step(&sc, &made, json!({"to": "accepted", "side": "demand"})).await,
        propose(&university, &demand, &offer).await,
    ];
    for refused in &refusals {
        assert!((400..500).contains(&refused.status()), "{}", refused.text());
        assert!(secrets(&demand).iter().all(|secret| !refused.text().contains(secret)), "{}", refused.text());
    }
    let spoke = "/api/v1/audit-events?limit=200&action=introduction.accepted_one_side";
    let audit = sc.get(spoke).await;
    assert!(!audit.text().contains("seres-plm"), "the other province's auditors read who spoke for it");
    // Its province's agency knows, and so does its own auditor.
    let cq = app.client("cq-agency");
    assert_eq!(shown(&cq, &made).await["sides"]["demand"]["organization"]["id"], demand["owner"]["id"]);
    assert_eq!(shown(&cq, &made).await["proposer"]["client"], "seres-plm");
    assert!(cq.get(spoke).await.text().contains("seres-plm"));

    let accepted = step(&university, &made, json!({"to": "accepted"})).await.expect(200);
    for caller in [&university, &sc] {
        let seen = shown(caller, &accepted).await;
        assert_eq!(seen["sides"]["demand"]["organization"]["code"], demand["owner"]["code"]);
        let history = caller.get(&format!("{}/transitions", path("introductions", &made))).await.expect(200);
        assert_eq!(history["items"][0]["actor"]["client"], "seres-plm");
    }
}

#[apply(api_test)]
async fn what_was_declined_before_names_nobody_for_ever(app: TestApp) {
    let (enterprise, university, broker) = (seres(&app), app.client("sc-university"), broker(&app));
    let demand = wanted(&app, "hide").await;
    for proposer in [&university, &broker] {
        let made = propose(proposer, &demand, &offered(&app).await).await.expect(201);
        let body = json!({"to": "declined", "reason_code": "other", "reason": "另有安排"});
        let declined = step(&enterprise, &made, body).await.expect(200);
        assert_eq!(declined["ending"]["side"], "demand");
        assert_hidden(proposer, &declined, &demand).await;
        assert_hidden(&app.client("sc-agency"), &declined, &demand).await;
        let history = proposer.get(&format!("{}/transitions", path("introductions", &made))).await.expect(200);
        let actors: Vec<bool> =
            history["items"].as_array().unwrap().iter().map(|one| one["actor"].is_object()).collect();
        assert_eq!(actors, [true, false]);
    }
}

#[apply(api_test)]
async fn nobody_finds_out_a_hidden_owner_by_trying_offers(app: TestApp) {
    let (stranger, enterprise) = (broker(&app), seres(&app));
    let own =
        app.published("capabilities", capability().with("/organization", json!({"id": demo_org_id(SERES)}))).await;
    let (hidden, open) = (wanted(&app, "hide").await, wanted(&app, "show").await);
    // Of a named owner it is said that both are one organization's, of a hidden one to those alone who know it.
    assert!(propose(&stranger, &open, &own).await.problem(422).has("#/offer", "one-owner"));
    assert!(propose(&enterprise, &hidden, &own).await.problem(422).has("#/offer", "one-owner"));
    let made = propose(&stranger, &hidden, &own).await.expect(201);
    assert_eq!(made["state"], "proposed");
    let body = json!({"to": "accepted_one_side", "side": "offer"});
    let refused = step(&enterprise, &made, body).await.problem(409);
    assert!(refused.has("#/to", "one-owner"), "{:?}", refused.faults());
}

#[apply(api_test)]
async fn whoever_has_no_part_in_it_finds_nothing(app: TestApp) {
    let (enterprise, university) = (seres(&app), app.client("sc-university"));
    let made = in_state(&app, "accepted", (&enterprise, &university)).await;
    let place = path("introductions", &made);
    // An auditor of the province who speaks for nobody, a reader, and another organization of the province.
    let auditor = app.new_client("cq-auditor", None, Some(CHONGQING), "records:read audit:read changes:read");
    for caller in [app.client("reader"), broker(&app), auditor] {
        assert_eq!(caller.get(&place).await.problem(404).code(), "not-found");
        assert_eq!(caller.get(&format!("{place}/transitions")).await.status(), 404);
        let list = caller.get("/api/v1/introductions?limit=200").await;
        assert!(!list.text().contains(made["id"].as_str().unwrap()), "{}", list.text());
        let feed = caller.get("/api/v1/changes?after=0&limit=1000&kinds=introductions").await;
        assert!(!feed.text().contains(made["id"].as_str().unwrap()), "{}", feed.text());
        let figures = caller.get("/api/v1/statistics/introductions").await.expect(200);
        assert_eq!(figures["total"], 0, "{figures}");
    }
    let refused = step(&broker_again(&app), &made, contract()).await;
    assert_eq!(refused.problem(404).code(), "not-found");
    assert_eq!(app.anonymous().get(&place).await.status(), 401);
    assert_eq!(app.anonymous().get("/api/v1/statistics/introductions").await.status(), 401);
    let narrow = app.client_with("sc-university", "changes:read");
    assert_eq!(narrow.get(&place).await.problem(403).code(), "insufficient-scope");
    // Agencies of both provinces see it.
    for agency in ["cq-agency", "sc-agency"] {
        assert_eq!(shown(&app.client(agency), &made).await["id"], made["id"]);
    }
    let wrong_digit = made["code"].as_str().unwrap().to_owned();
    let (stem, digit) = wrong_digit.split_at(wrong_digit.len() - 1);
    let wrong = format!("/api/v1/introductions/{stem}{}", (digit.parse::<u8>().unwrap() + 1) % 10);
    assert_eq!(university.get(&wrong).await.problem(400).code(), "invalid-code");
}

fn broker_again(app: &TestApp) -> Caller {
    app.client("cq-neighbour")
}
