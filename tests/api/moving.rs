//! An organization that moves to the other province takes along what it owns.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

/// Moves an organization of Chongqing to Sichuan by the word of both.
async fn move_away(app: &TestApp, organization: &Value) {
    let now = app.client("cq-clerk").show("organizations", organization).await.expect(200);
    let seat = json!({"division_registered": "510106", "division_located": "510106"});
    let request = app.client("cq-clerk").propose("organizations", &now, seat).await.expect(201);
    assert_eq!(request["awaiting"], json!([CHONGQING, SICHUAN]));
    app.client("cq-agency").say("confirm", &request).await.expect(201);
    app.client("sc-agency").say("confirm", &request).await.expect(201);
}

#[apply(api_test)]
async fn an_organization_that_moves_takes_its_records_to_the_other_province(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let moving = app.published("organizations", organization()).await;
    let owner = json!({"id": moving["id"]});
    let mine = instrument().with("/host", owner.clone());
    let active = app.published("instruments", mine).await;
    let demand = app.published("demands", demand().with("/organization", owner.clone())).await;
    let id = moving["id"].as_str().unwrap().parse().unwrap();
    let own = app.new_client("cq-moving", Some(id), Some(CHONGQING), "records:read records:write");
    let submitted = own.submit("instruments", instrument().with("/host", owner.clone())).await;
    let draft = own.create("instruments", instrument().with("/host", owner.clone())).await;
    let issuer = json!({"org_id": moving["id"], "province": CHONGQING, "role": "issuer"});
    let document = app.published("policies", policy_of_chongqing().with("/parties", json!([issuer]))).await;
    let change = own.propose("instruments", &active, json!({"lifecycle": "suspended"})).await.expect(201);
    let feed = cq.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
    move_away(&app, &moving).await;

    let reader = app.client("reader");
    for (kind, record) in [("instruments", &active), ("demands", &demand)] {
        let moved = reader.show(kind, record).await.expect(200);
        assert_eq!((&moved["province"], &moved["owner"]["id"]), (&json!(SICHUAN), &moving["id"]));
        assert_eq!(moved["digest"], record["digest"], "what was signed stays");
        for (province, is_there) in [(SICHUAN, true), (CHONGQING, false)] {
            let listed = reader.get(&format!("/api/v1/{kind}?province={province}&owner={}", id)).await.items();
            assert_eq!(listed.iter().any(|one| one["id"] == record["id"]), is_there, "{kind} of {province}");
        }
    }
    let items = cq.get(&format!("/api/v1/changes?after={feed}&limit=1000")).await.items();
    let moves: Vec<&Value> = items.iter().filter(|item| item["type"] == "instrument.owner_moved").collect();
    assert_eq!(moves.iter().filter(|item| item["ref"]["id"] == active["id"]).count(), 1);

    // What waits is confirmed by those who keep it now.
    assert_eq!(cq.confirm("instruments", &submitted).await.status(), 404);
    sc.confirm("instruments", &submitted).await.expect(201);
    assert_eq!(reader.show("instruments", &submitted).await.expect(200)["province"], SICHUAN);
    let waiting = sc.get(&place(&change)).await.expect(200);
    assert_eq!((&waiting["state"], &waiting["awaiting"]), (&json!("open"), &json!([SICHUAN])));
    sc.say("confirm", &waiting).await.expect(201);
    assert_eq!(reader.show("instruments", &active).await.expect(200)["lifecycle"], "suspended");

    // Their agency writes them now, and the other one does not.
    let now = cq.show("instruments", &active).await.expect(200);
    let remarked =
        |caller: &Caller| caller.patch(&path("instruments", &now), json!({"remarks": "迁入"})).if_match(revision(&now));
    assert_eq!(remarked(&cq).await.problem(403).code(), "other-province");
    remarked(&sc).await.expect(200);
    own.patch(&path("instruments", &draft), json!({"remarks": "仍可编辑"})).if_match(2).await.expect(200);

    // A document of Chongqing stays one, wherever its issuer sits now.
    let stays = reader.show("policies", &document).await.expect(200);
    assert_eq!((&stays["province"], &stays["revision"]), (&json!(CHONGQING), &document["revision"]));
    for (caller, place) in [(&cq, &active), (&sc, &active)] {
        let events = caller.get(&format!("/api/v1/audit-events?ref={}", place["code"].as_str().unwrap())).await.items();
        assert!(events.iter().any(|event| event["action"] == "instrument.owner_moved"), "both sides are told");
    }
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn what_one_province_confirmed_is_shown_as_confirmed_by_it_after_the_move(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let moving = app.published("organizations", organization()).await;
    let id = moving["id"].as_str().unwrap().parse().unwrap();
    let own = app.new_client("cq-confirmed", Some(id), Some(CHONGQING), "records:read records:write");
    let hosted = || instrument().with("/host", json!({"id": moving["id"]}));
    let submitted = own.submit("instruments", hosted()).await;
    cq.confirm("instruments", &submitted).await.expect(201);
    let waiting = own.submit("instruments", hosted()).await;
    let place = path("instruments", &submitted);
    let before = sc.get(&place).await.expect(200);
    assert_eq!(before["confirmations"][0]["province"], CHONGQING);
    move_away(&app, &moving).await;
    let after = sc.get(&place).await.expect(200);
    assert_eq!((&after["province"], &after["confirmations"]), (&json!(SICHUAN), &before["confirmations"]));
    let list = own.get(&format!("{place}/confirmations")).await.expect(200);
    let [made] = &list["items"].as_array().unwrap()[..] else { panic!("one decision: {list}") };
    assert_eq!((&made["province"], &made["decision"]), (&json!(CHONGQING), &json!("confirm")));
    let now = chuanyu::db::Moment::now();
    let then = sc.get(&format!("{place}?as_of={now}")).await.expect(200);
    assert_eq!((&then["province"], &then["confirmations"]), (&json!(SICHUAN), &before["confirmations"]));
    // What waits is waited for by who keeps it now.
    let list = own.get(&format!("{}/confirmations", path("instruments", &waiting))).await.expect(200);
    assert_eq!(list["items"], json!([{"province": SICHUAN, "decision": "pending"}]));
}

#[apply(api_test)]
async fn a_gift_that_waits_is_asked_of_whom_it_concerns_after_the_move(app: TestApp) {
    let (cq, sc, clerk) = (app.client("cq-agency"), app.client("sc-agency"), app.client("cq-clerk"));
    let moving = app.published("organizations", organization()).await;
    let hosted = || instrument().with("/host", json!({"id": moving["id"]}));
    let (to_sichuan, to_chongqing) =
        (app.published("instruments", hosted()).await, app.published("instruments", hosted()).await);
    let id = moving["id"].as_str().unwrap().parse().unwrap();
    let own = app.new_client("cq-giver", Some(id), Some(CHONGQING), "records:read records:write");
    let host = |number: u32| json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(number)}});
    let away = clerk.propose("instruments", &to_sichuan, host(66)).await.expect(201);
    sc.say("confirm", &away).await.expect(201);
    let near = own.propose("instruments", &to_chongqing, host(1)).await.expect(201);
    assert_eq!(near["awaiting"], json!([CHONGQING]));
    move_away(&app, &moving).await;

    // Sichuan alone is concerned now, and is asked again, because it gave its word to something else.
    let away = sc.get(&place(&away)).await.expect(200);
    assert_eq!((&away["awaiting"], &away["confirmations"]), (&json!([SICHUAN]), &json!([])));
    sc.say("confirm", &away).await.expect(201);
    let near = cq.get(&place(&near)).await.expect(200);
    assert_eq!(near["awaiting"], json!([CHONGQING, SICHUAN]));
    cq.say("confirm", &near).await.expect(201);
    sc.say("confirm", &near).await.expect(201);
    let reader = app.client("reader");
    assert_eq!(reader.show("instruments", &to_sichuan).await.expect(200)["province"], SICHUAN);
    assert_eq!(reader.show("instruments", &to_chongqing).await.expect(200)["province"], CHONGQING);
    invariants::is_whole(&app.database);
}
