//! An organization that moves to the other province takes along what it owns.

use std::time::Duration;

use chuanyu::db::Connection;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::succession::{ask, into, merge_in_use};
use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

/// Moves an organization of Chongqing to Sichuan, confirmed by both.
async fn move_away(app: &TestApp, organization: &Value) {
    let request = move_of(app, organization).await;
    app.client("sc-agency").say("confirm", &request).await.expect(201);
}

/// The move of an organization to Sichuan, which awaits confirmation by Sichuan.
async fn move_of(app: &TestApp, organization: &Value) -> Value {
    let now = app.client("cq-clerk").show("organizations", organization).await.expect(200);
    let seat = json!({"division_registered": "510106", "division_located": "510106"});
    let request = app.client("cq-clerk").propose("organizations", &now, seat).await.expect(201);
    assert_eq!(request["awaiting"], json!([CHONGQING, SICHUAN]));
    app.client("cq-agency").say("confirm", &request).await.expect(201);
    request
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

    // What waits is confirmed by the province that has it now.
    assert_eq!(cq.confirm("instruments", &submitted).await.status(), 404);
    sc.confirm("instruments", &submitted).await.expect(201);
    assert_eq!(reader.show("instruments", &submitted).await.expect(200)["province"], SICHUAN);
    let waiting = sc.get(&place(&change)).await.expect(200);
    assert_eq!((&waiting["state"], &waiting["awaiting"]), (&json!("open"), &json!([SICHUAN])));
    sc.say("confirm", &waiting).await.expect(201);
    assert_eq!(reader.show("instruments", &active).await.expect(200)["lifecycle"], "suspended");

    // Its agency writes them now, and the other one does not.
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
    // What waits awaits the province that has it now.
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

    // Sichuan alone is concerned now and must confirm again, because it confirmed something else.
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

#[apply(api_test)]
async fn what_was_a_merged_owners_goes_and_stays_where_the_present_owner_goes(app: TestApp) {
    let (sc, clerk) = (app.client("sc-agency"), app.client("cq-clerk"));
    let (double, kept) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let active = app.published("instruments", instrument().with("/host", json!({"id": double["id"]}))).await;
    merge_in_use(&app, &double, &kept).await;
    let given = clerk.show("instruments", &active).await.expect(200);
    let away = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(66)}});
    let change = clerk.propose("instruments", &given, away).await.expect(201);
    assert_eq!(change["awaiting"], json!([CHONGQING, SICHUAN]));
    move_away(&app, &kept).await;

    let id = kept["id"].as_str().unwrap().parse().unwrap();
    let own = app.new_client("sc-kept", Some(id), Some(SICHUAN), "records:read records:write");
    for (caller, model) in [(&own, "X-7"), (&sc, "X-8")] {
        let now = caller.show("instruments", &active).await.expect(200);
        let patch = caller.patch(&path("instruments", &active), json!({"model": model})).if_match(revision(&now));
        let patched = patch.await.expect(200);
        assert_eq!((&patched["province"], &patched["owner"]["id"]), (&json!(SICHUAN), &kept["id"]));
        assert_eq!(patched["host"]["id"], double["id"], "what was written stays");
    }
    // Sichuan alone is concerned by what waits.
    assert_eq!(sc.get(&place(&change)).await.expect(200)["awaiting"], json!([SICHUAN]));
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_merge_that_waits_is_refused_when_the_other_one_has_gone_to_the_other_province(app: TestApp) {
    let (cq, second) = (app.client("cq-agency"), app.second_of_chongqing());
    let (double, kept) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    app.published("instruments", instrument().with("/host", json!({"id": double["id"]}))).await;
    ask(&cq, "organizations", &double, into(&kept)).await.expect(200);
    let merge = second.waiting_on("organizations", &double).await;
    move_away(&app, &kept).await;
    let refused = second.say("confirm", &merge).await.problem(422);
    assert_eq!(refused.faults(), [("#/merged_into".to_owned(), "merge-across-provinces".to_owned())]);
    assert_eq!(cq.show("organizations", &double).await.expect(200)["state"], "active");
}

/// Another transaction that has begun to refer to a record and commits a moment later; meanwhile `work` is done. SQLite
/// has no such transactions.
async fn while_another_begins<T>(app: &TestApp, statements: &str, work: impl Future<Output = T>) -> T {
    let mut other = app.database.connect();
    other.batch_execute(&format!("BEGIN; {statements}")).unwrap();
    let commit = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        other.batch_execute("COMMIT").unwrap();
    };
    futures_util::future::join(work, commit).await.0
}

fn has_one_writer(app: &TestApp) -> bool {
    matches!(app.database.connect(), Connection::Sqlite(_))
}

#[apply(api_test)]
async fn what_is_given_to_an_organization_at_the_moment_of_its_move_goes_with_it(app: TestApp) {
    if has_one_writer(&app) {
        return;
    }
    let sc = app.client("sc-agency");
    let moving = app.published("organizations", organization()).await;
    let late = app.published("instruments", instrument()).await;
    let request = move_of(&app, &moving).await;
    let give = format!("UPDATE records SET owner_id = {} WHERE id = {}", quoted(&moving), quoted(&late));
    while_another_begins(&app, &give, sc.say("confirm", &request)).await.expect(201);
    let moved = sc.show("instruments", &late).await.expect(200);
    assert_eq!((&moved["province"], &moved["owner"]["id"]), (&json!(SICHUAN), &moving["id"]));
}

#[apply(api_test)]
async fn whoever_begins_to_use_an_organization_is_counted_before_it_is_withdrawn(app: TestApp) {
    if has_one_writer(&app) {
        return;
    }
    let cq = app.client("cq-agency");
    let used = app.published("organizations", organization()).await;
    let user = app.published("instruments", instrument()).await;
    let refer = format!(
        "INSERT INTO links (record_id, pointer, target_id) VALUES ({}, '/maker', {})",
        quoted(&user),
        quoted(&used)
    );
    let asked = while_another_begins(&app, &refer, cq.transition("organizations", &used, "withdrawn", Some("误登")));
    assert_eq!(asked.await.expect(200)["state"], "active", "it waits for a second client");
}

fn quoted(record: &Value) -> String {
    format!("'{}'", record["id"].as_str().unwrap())
}

#[apply(api_test)]
async fn two_changes_that_wait_outlive_another_one_and_of_two_confirmed_ones_the_first_does(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let moving = app.published("organizations", organization()).await;
    let id = moving["id"].as_str().unwrap().parse().unwrap();
    let own = app.new_client("cq-divided", Some(id), Some(CHONGQING), "records:read records:write");
    let colleague = app.new_client("sc-divided", None, Some(SICHUAN), "records:read records:confirm");
    let host = |number: u32| json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(number)}});
    let mut made = Vec::new();
    for _ in 0..2 {
        made.push(app.published("instruments", instrument().with("/host", json!({"id": moving["id"]}))).await);
    }
    move_away(&app, &moving).await;
    for (active, are_confirmed) in made.iter().zip([false, true]) {
        let now = own.show("instruments", active).await.expect(200);
        let first = own.propose("instruments", &now, host(1)).await.expect(201);
        let now = sc.show("instruments", active).await.expect(200);
        let second = sc.propose("instruments", &now, host(2)).await.expect(201);
        if are_confirmed {
            cq.say("confirm", &first).await.expect(201);
            cq.say("confirm", &second).await.expect(201);
        }
        let now = own.show("instruments", active).await.expect(200);
        let patch = own.patch(&path("instruments", active), json!({"model": "X-5"})).if_match(revision(&now));
        patch.await.expect(200);
        let [first, second] = [sc.get(&place(&first)).await.expect(200), sc.get(&place(&second)).await.expect(200)];
        for open in [Some(&first), Some(&second).filter(|_| !are_confirmed)].into_iter().flatten() {
            assert_eq!((&open["state"], &open["awaiting"]), (&json!("open"), &json!([CHONGQING, SICHUAN])));
            assert_eq!(open["confirmations"], json!([]));
        }
        let expected = if are_confirmed { "conflicted" } else { "open" };
        assert_eq!(second["state"], expected);
        cq.say("confirm", &first).await.expect(201);
        colleague.say("confirm", &first).await.expect(201);
        assert_eq!(sc.show("instruments", active).await.expect(200)["model"], "X-5");
    }
    invariants::is_whole(&app.database);
}
