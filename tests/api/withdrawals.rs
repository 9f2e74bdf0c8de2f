//! A record withdrawn by mistake is brought back to its state by those who withdrew it.

use chuanyu::db::Moment;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

async fn withdrawn(caller: &Caller, kind: &str, record: &Value) -> Value {
    caller.transition(kind, record, "withdrawn", Some("误撤")).await.expect(200)
}

async fn bring_back(caller: &Caller, kind: &str, record: &Value, to: &str) -> Answer {
    caller.transition(kind, record, to, Some("系误撤回")).await
}

async fn legal(caller: &Caller, kind: &str, record: &Value) -> Vec<String> {
    let list = caller.get(&format!("{}/transitions", path(kind, record))).await.expect(200);
    list["legal"].as_array().unwrap().iter().map(|one| one["to"].as_str().unwrap().to_owned()).collect()
}

#[apply(api_test)]
async fn an_official_record_comes_back_as_it_was(app: TestApp) {
    let (cq, university) = (app.client("cq-agency"), app.client("cq-university"));
    for suspended in [false, true] {
        let mut active = app.published("instruments", instrument()).await;
        if suspended {
            active = cq.transition("instruments", &active, "suspended", Some("整改")).await.expect(200);
        }
        let before = active["state"].as_str().unwrap().to_owned();
        let gone = withdrawn(&cq, "instruments", &active).await;
        let feed = cq.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
        let then = Moment::now().to_string();
        assert_eq!(legal(&cq, "instruments", &gone).await, std::slice::from_ref(&before));
        assert!(legal(&university, "instruments", &gone).await.is_empty(), "the owner could not withdraw it either");
        let silent = cq.transition("instruments", &gone, &before, None).await.problem(422);
        assert!(silent.has("#/reason", "required-here"));
        let other = if suspended { "active" } else { "suspended" };
        let elsewhere = bring_back(&cq, "instruments", &gone, other).await.problem(409);
        assert_eq!((elsewhere.code(), &elsewhere["legal"]), ("illegal-transition", &json!([before])));
        assert_eq!(bring_back(&app.client("sc-agency"), "instruments", &gone, &before).await.status(), 403);

        // The next millisecond, so that at the moment before it is withdrawn.
        std::thread::sleep(std::time::Duration::from_millis(2));
        let back = bring_back(&cq, "instruments", &gone, &before).await.expect(200);
        assert_eq!((&back["state"], &back["digest"]), (&json!(before), &active["digest"]));
        assert_eq!(back["published_at"], active["published_at"]);
        // Its reason is still that of the suspension; the reason for bringing it back is in its history.
        assert_eq!(back.get("state_reason"), suspended.then_some(&json!("整改")));
        let now = back["updated_at"].as_str().unwrap();
        let as_of = app.anonymous().get(&format!("{}?as_of={now}", path("instruments", &active))).await.expect(200);
        assert_eq!(as_of.get("state_reason"), back.get("state_reason"));
        let shown = app.anonymous().show("instruments", &active).await.expect(200);
        assert_eq!(shown["revision"], back["revision"]);
        let items = cq.get(&format!("/api/v1/changes?after={feed}&include=record")).await.items();
        assert_eq!((&items[0]["type"], &items[0]["tombstone"]), (&json!("instrument.reinstated"), &json!(false)));
        assert_eq!(items[0]["record"]["state"], json!(before));
        let past = app.anonymous().get(&format!("{}?as_of={then}", path("instruments", &active))).await.problem(410);
        assert_eq!((past.code(), &past["reason"]), ("withdrawn", &json!("误撤")));
        let events = cq.get(&format!("/api/v1/audit-events?ref={}", active["code"].as_str().unwrap())).await.items();
        assert_eq!((&events[0]["action"], &events[0]["reason"]), (&json!("instrument.reinstated"), &json!("系误撤回")));
        // Its identifier is its own again.
        let twin = instrument().with("/inner_no", active["inner_no"].clone());
        assert_eq!(cq.post("/api/v1/instruments", twin).await.problem(409)["existing"]["id"], active["id"]);
    }
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_record_whose_identifier_was_taken_meanwhile_does_not_come_back(app: TestApp) {
    let cq = app.client("cq-agency");
    let active = app.published("instruments", instrument()).await;
    let gone = withdrawn(&cq, "instruments", &active).await;
    let twin = app.published("instruments", instrument().with("/inner_no", active["inner_no"].clone())).await;
    let refused = bring_back(&cq, "instruments", &gone, "active").await.problem(409);
    assert_eq!((refused.code(), &refused["existing"]["id"]), ("duplicate-identifier", &twin["id"]));
    withdrawn(&cq, "instruments", &twin).await;
    bring_back(&cq, "instruments", &gone, "active").await.expect(200);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_record_does_not_come_back_to_close_a_loop_that_others_began_meanwhile(app: TestApp) {
    let cq = app.client("cq-agency");
    let reference = |record: &Value| json!({"id": record["id"]});
    let last = app.published("policies", policy_of_chongqing()).await;
    let middle = policy_of_chongqing().with("/replaced_by", reference(&last));
    let middle = app.published("policies", middle).await;
    let first = policy_of_chongqing().with("/replaced_by", reference(&middle));
    let first = app.published("policies", first).await;
    let gone = withdrawn(&cq, "policies", &middle).await;
    let patch = json!({"replaced_by": reference(&first)});
    let looped = cq.patch(&path("policies", &last), patch).if_match(revision(&last)).await.expect(200);
    let refused = bring_back(&cq, "policies", &gone, "active").await.problem(422);
    assert_eq!(refused.faults(), [("#/replaced_by".to_owned(), "reference-loop".to_owned())]);
    let opened = json!({"replaced_by": null});
    cq.patch(&path("policies", &last), opened).if_match(revision(&looped)).await.expect(200);
    bring_back(&cq, "policies", &gone, "active").await.expect(200);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_draft_comes_back_as_a_draft_to_whom_it_belonged(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.create("joint-labs", joint_lab()).await;
    let gone = withdrawn(&university, "joint-labs", &draft).await;
    let submitted = university.submit("instruments", instrument()).await;
    let gone_too = withdrawn(&university, "instruments", &submitted).await;
    for (kind, gone) in [("joint-labs", gone), ("instruments", gone_too)] {
        assert_eq!(bring_back(&app.client("sc-agency"), kind, &gone, "draft").await.status(), 404);
        let back = bring_back(&university, kind, &gone, "draft").await.expect(200);
        assert_eq!(back["state"], "draft");
        university.transition(kind, &back, "submitted", None).await.expect(200);
    }
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_returned_draft_comes_back_with_the_reason_for_which_it_was_returned(app: TestApp) {
    let university = app.client("cq-university");
    let submitted = university.submit("joint-labs", joint_lab()).await;
    app.client("sc-agency").decline("joint-labs", &submitted, "缺附件").await.expect(201);
    let mut draft = university.show("joint-labs", &submitted).await.expect(200);
    // Repeatedly: the reason is not that of the last reinstatement.
    for _ in 0..2 {
        let gone = withdrawn(&university, "joint-labs", &draft).await;
        draft = bring_back(&university, "joint-labs", &gone, "draft").await.expect(200);
        assert_eq!((&draft["state"], &draft["state_reason"]), (&json!("draft"), &json!("缺附件")));
    }
    // A submission that was withdrawn while it waited was not returned by a province.
    let submitted = university.transition("joint-labs", &draft, "submitted", Some("补齐")).await.expect(200);
    let gone = withdrawn(&university, "joint-labs", &submitted).await;
    let back = bring_back(&university, "joint-labs", &gone, "draft").await.expect(200);
    assert_eq!((&back["state"], back.get("state_reason")), (&json!("draft"), None));
}

#[apply(api_test)]
async fn what_both_provinces_withdrew_both_bring_back(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let held = cq.transition("joint-labs", &lab, "suspended", Some("整改")).await.expect(200);
    let asked = withdrawn(&cq, "joint-labs", &held).await;
    let gone = withdrawn(&sc, "joint-labs", &asked).await;
    assert_eq!(gone["state"], "withdrawn");
    let asked = bring_back(&cq, "joint-labs", &gone, "suspended").await.expect(200);
    assert_eq!((&asked["state"], &asked["pending_changes"]["count"]), (&json!("withdrawn"), &json!(1)));
    assert_eq!(app.anonymous().show("joint-labs", &lab).await.status(), 410);
    let request = sc.get(asked["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    assert_eq!((&request["to"], &request["awaiting"]), (&json!("suspended"), &json!([SICHUAN])));
    sc.say("confirm", &request).await.expect(201);
    let back = app.anonymous().show("joint-labs", &lab).await.expect(200);
    assert_eq!((&back["state"], &back["digest"]), (&json!("suspended"), &lab["digest"]));
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn an_organization_that_two_clients_withdrew_two_bring_back(app: TestApp) {
    let (cq, second) = (app.client("cq-agency"), app.second_of_chongqing());
    let used = app.published("organizations", organization()).await;
    app.published("instruments", instrument().with("/host", json!({"id": used["id"]}))).await;
    withdrawn(&cq, "organizations", &used).await;
    let request = second.waiting_on("organizations", &used).await;
    second.say("confirm", &request).await.expect(201);
    let gone = json!({"id": used["id"], "revision": revision(&used) + 2});
    let asked = bring_back(&cq, "organizations", &gone, "active").await.expect(200);
    assert_eq!(asked["state"], "withdrawn");
    let request = cq.get(asked["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    assert_eq!(cq.say("confirm", &request).await.problem(403).code(), "four-eyes");
    second.say("confirm", &request).await.expect(201);
    assert_eq!(app.anonymous().show("organizations", &used).await.expect(200)["state"], "active");
    assert_eq!(second.get(&place(&request)).await.expect(200)["state"], "accepted");
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_merge_is_not_taken_back_and_a_key_of_another_system_is_told_the_way(app: TestApp) {
    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let merge = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": kept["id"]}});
    let place = format!("{}/transitions", path("organizations", &double));
    let merged = cq.post(&place, merge).if_match(revision(&double)).await.expect(200);
    let refused = bring_back(&cq, "organizations", &merged, "active").await.problem(410);
    assert_eq!(refused["superseded_by"]["id"], kept["id"]);

    let key = format!("/api/v1/instruments/by-source/KEY-{}", next());
    let content = instrument();
    let made = cq.put(&key, content.clone()).await.expect(201);
    let active = cq.transition("instruments", &made, "active", None).await.expect(200);
    let gone = withdrawn(&cq, "instruments", &active).await;
    let told = cq.put(&key, content.clone()).await.problem(410);
    let way = format!("{}/transitions", path("instruments", &made));
    assert_eq!(told["bring_back"], json!({"href": way, "to": "active"}));
    bring_back(&cq, "instruments", &gone, "active").await.expect(200);
    cq.put(&key, content).await.expect(200);
}

#[apply(api_test)]
async fn a_draft_that_was_withdrawn_and_brought_back_keeps_what_it_was_to_itself(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let draft = university.create("joint-labs", joint_lab().with("/remarks", "初稿暗号")).await;
    let gone = university.transition("joint-labs", &draft, "withdrawn", Some("撤稿内情")).await.expect(200);
    let away = gone["updated_at"].as_str().unwrap().to_owned();
    let back = university.transition("joint-labs", &gone, "draft", Some("续作内情")).await.expect(200);
    let place = path("joint-labs", &draft);
    let patch = university.patch(&place, json!({"remarks": "可示人"})).if_match(revision(&back)).await.expect(200);
    let submitted = university.transition("joint-labs", &patch, "submitted", None).await.expect(200);
    let numbers = |list: Vec<Value>| list.iter().map(|one| one["revision"].as_i64().unwrap()).collect::<Vec<_>>();

    let clerk = app.client("sc-clerk");
    for caller in [&cq, &sc, &clerk] {
        keeps_silent(caller, &place, &[1, 2, 3, 4]).await;
        assert_eq!(numbers(caller.get(&format!("{place}/revisions")).await.items()), [5]);
    }
    cq.confirm("joint-labs", &submitted).await.expect(201);
    sc.confirm("joint-labs", &submitted).await.expect(201);
    let active = university.show("joint-labs", &draft).await.expect(200);
    for caller in [&sc, &app.client("reader"), &app.anonymous()] {
        keeps_silent(caller, &place, &[1, 2, 3, 4]).await;
        let then = caller.get(&format!("{place}?as_of={away}")).await.problem(404);
        assert_eq!((then.code(), &then["published_at"]), ("not-official-then", &active["published_at"]));
    }
    // Once official its end is public, and its owner sees all of it.
    let asked = withdrawn(&cq, "joint-labs", &active).await;
    let ended = revision(&withdrawn(&sc, "joint-labs", &asked).await);
    assert_eq!(numbers(sc.get(&format!("{place}/revisions")).await.items()), [5, 6, 7, 8, ended]);
    assert_eq!(numbers(app.client("reader").get(&format!("{place}/revisions")).await.items()), [7, ended]);
    sc.get(&format!("{place}/revisions/{ended}")).await.expect(200);
    let own = university.get(&format!("{place}/transitions")).await;
    assert!(own.text().contains("撤稿内情") && own.text().contains("续作内情"));
    assert!(university.get(&format!("{place}/revisions/2")).await.text().contains("初稿暗号"));
}

/// None of these steps is visible to the caller.
async fn keeps_silent(caller: &Caller, place: &str, steps: &[i64]) {
    let mut asked = vec!["/transitions".to_owned(), "/revisions".to_owned()];
    for number in steps {
        let one = format!("/revisions/{number}");
        assert!(matches!(caller.get(&format!("{place}{one}")).await.status(), 401 | 404), "{one}");
        let diff = format!("/revisions/5/diff?from={number}");
        asked.extend([one, diff]);
    }
    for question in asked {
        let answer = caller.get(&format!("{place}{question}")).await;
        for word in ["初稿暗号", "撤稿内情", "续作内情"] {
            assert!(!answer.text().contains(word), "{question} tells {word}: {}", answer.text());
        }
    }
}
