//! An organization with more records than one transaction takes along: what is so at once, what follows, and what happens to
//! records that change in between.

mod drill;
mod speed;

use chuanyu::agreement::belongings::FollowOwner;
use chuanyu::db::Id;
use chuanyu::jobs::{Registry, State, Stop, Turn, Worker, list};
use serde_json::{Value, json};

use crate::jobs::times;
use crate::succession::{ask, into, merge_in_use};
use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// More than follow at once.
const MANY: usize = 30;

fn registry() -> &'static Registry {
    static REGISTRY: std::sync::LazyLock<Registry> =
        std::sync::LazyLock::new(|| Registry::default().with(FollowOwner { register: chuanyu::kinds::register() }));
    &REGISTRY
}

/// Does the work that waits; answers how many jobs there were.
fn work(app: &TestApp) -> usize {
    let worker = Worker::new(app.services.db.get_ref().clone(), registry(), times(), Stop::default());
    let mut jobs = 0;
    while worker.turn(None, &mut |_| {}).unwrap() == Turn::Worked {
        jobs += 1;
    }
    let mut left = app.database(|conn| list(&[State::Waiting, State::Running, State::Failed], 9, conn).unwrap());
    left.retain(|row| row.name == "follow-owner");
    assert!(left.is_empty(), "{left:?}");
    jobs
}

fn id(record: &Value) -> Id {
    record["id"].as_str().unwrap().parse().unwrap()
}

fn of(owner: &Value) -> Content {
    instrument().with("/host", json!({"id": owner["id"]}))
}

/// An organization of Chongqing and so many instruments of it, in the order in which they follow.
async fn with_instruments(app: &TestApp, count: usize) -> (Value, Vec<Value>) {
    let owner = app.published("organizations", organization()).await;
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(app.published("instruments", of(&owner)).await);
    }
    (owner, made)
}

/// How often the history of a record has this action.
async fn steps(app: &TestApp, record: &Value, action: &str) -> usize {
    let code = record["code"].as_str().unwrap();
    let events = app.client("cq-auditor-of-merges").get(&format!("/api/v1/audit-events?ref={code}&limit=200")).await;
    events.items().iter().filter(|event| event["action"] == format!("instrument.{action}")).count()
}

fn with_auditor(app: &TestApp) {
    app.new_client("cq-auditor-of-merges", None, Some(CHONGQING), "audit:read");
}

#[apply(api_test)]
async fn figures_by_owner_are_right_while_a_merge_is_told(app: TestApp) {
    let cq = app.client("cq-agency");
    let (double, _) = with_instruments(&app, MANY).await;
    let kept = app.published("organizations", organization()).await;
    let asked = "/api/v1/statistics/instruments?group_by=owner";
    let right = async || {
        let answer = cq.get(asked).await.expect(200);
        let position = answer["as_of_seq"].as_i64().unwrap();
        let anew = cq.get(&format!("{asked}&as_of_seq={position}")).await.expect(200);
        let counts = |answer: &Value| -> Vec<(Value, Value)> {
            let items = answer["items"].as_array().unwrap().iter();
            items.map(|item| (item["owner"].clone(), item["count"].clone())).collect()
        };
        assert_eq!(counts(&answer), counts(&anew));
        let of = |owner: &Value| counts(&answer).into_iter().find(|(id, _)| *id == owner["id"]).map(|(_, count)| count);
        ((of(&double), of(&kept)), position, counts(&answer))
    };
    assert_eq!(right().await.0, (Some(json!(MANY)), None));
    merge_in_use(&app, &double, &kept).await;
    let (owners, between, counts) = right().await;
    assert_eq!(owners, (None, Some(json!(MANY))), "at once");
    work(&app);
    assert_eq!(right().await.0, (None, Some(json!(MANY))), "and told");
    let then = cq.get(&format!("{asked}&as_of_seq={between}")).await.expect(200);
    let again: Vec<(Value, Value)> =
        then["items"].as_array().unwrap().iter().map(|item| (item["owner"].clone(), item["count"].clone())).collect();
    assert_eq!(again, counts);
}

#[apply(api_test)]
async fn what_a_merged_organization_had_is_the_others_at_once_and_told_record_by_record(app: TestApp) {
    with_auditor(&app);
    let (cq, reader) = (app.client("cq-agency"), app.client("reader"));
    let (double, mine) = with_instruments(&app, MANY).await;
    let kept = app.published("organizations", organization()).await;
    let own = app.new_client("cq-of-double", Some(id(&double)), Some(CHONGQING), "records:read records:write");
    let draft = own.create("instruments", of(&double)).await;
    let doomed = own.create("instruments", of(&double)).await;
    let last = &mine[MANY - 1];
    // What is kept in memory is true as well.
    own.show("instruments", &draft).await.expect(200);
    reader.show("instruments", last).await.expect(200);
    let listed = async |caller: &Caller, owner: &Value| {
        let place = format!("/api/v1/instruments?owner={}&limit=200", owner["id"].as_str().unwrap());
        caller.get(&place).await.items().len()
    };
    assert_eq!((listed(&reader, &kept).await, listed(&reader, &double).await), (0, MANY));
    assert_eq!(listed(&own, &double).await, MANY + 2, "with its drafts");
    merge_in_use(&app, &double, &kept).await;

    let first = reader.show("instruments", &mine[0]).await.expect(200);
    assert_eq!(first["owner"]["id"], kept["id"], "a few follow in the same transaction");
    let waits = reader.show("instruments", last).await.expect(200);
    assert_eq!(&waits, last, "the rest is shown as it was until its turn comes");
    assert_eq!((listed(&reader, &kept).await, listed(&reader, &double).await), (MANY, 0));
    let again = of(&kept).with("/inner_no", last["inner_no"].clone());
    let clash = cq.post("/api/v1/instruments", again).await.problem(409);
    assert_eq!(clash["existing"]["id"], last["id"]);

    // Their clients act for the other one, and see and change what it has now.
    let own = app.client("cq-of-double");
    assert_eq!(own.show("instruments", &draft).await.expect(200)["id"], draft["id"]);
    let edited = own.patch(&path("instruments", last), json!({"model": "X-9"})).if_match(revision(last)).await;
    assert_eq!(edited.expect(200)["owner"]["id"], kept["id"], "whoever changes one is told its owner with that");
    assert_eq!(listed(&own, &kept).await, MANY + 2);
    own.delete(&path("instruments", &doomed)).if_match(1).await.expect(204);
    assert_eq!(listed(&own, &kept).await, MANY + 1);
    let withdrawn = &mine[MANY - 2];
    ask(&cq, "instruments", withdrawn, json!({"to": "withdrawn", "reason": "误登"})).await.expect(200);
    let given = &mine[MANY - 3];
    let host = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(2)}});
    cq.patch(&path("instruments", given), host).if_match(revision(given)).await.expect(200);

    assert_eq!(work(&app), 1);
    for record in &mine[..MANY - 3] {
        let now = reader.show("instruments", record).await.expect(200);
        assert_eq!((&now["owner"]["id"], revision(&now)), (&kept["id"], revision(record) + 1));
        assert_eq!(now["digest"], record["digest"], "what was signed stays");
    }
    for (record, times) in [(&mine[0], 1), (&mine[MANY - 4], 1), (last, 0), (withdrawn, 0), (given, 0)] {
        assert_eq!(steps(&app, record, "owner_merged").await, times, "{}", record["code"]);
    }
    let given = reader.show("instruments", given).await.expect(200);
    assert_eq!(given["owner"]["id"], json!(chuanyu::kinds::shared::demo_org_id(2)), "it is no longer theirs");
    assert_eq!(own.show("instruments", &draft).await.expect(200)["owner"]["id"], kept["id"]);
    let feed = cq.get("/api/v1/changes?after=0&limit=1000&kinds=instruments").await.items();
    let told = feed.iter().filter(|item| item["type"] == "instrument.owner_merged").count();
    assert_eq!(told, MANY - 3, "each once; the draft is not theirs to see");
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn two_merges_one_after_the_other_end_with_the_last_owner_and_tell_it_once(app: TestApp) {
    with_auditor(&app);
    let (double, mine) = with_instruments(&app, MANY).await;
    let (between, kept) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    merge_in_use(&app, &double, &between).await;
    merge_in_use(&app, &between, &kept).await;
    assert_eq!(work(&app), 2);
    for record in &mine {
        let now = app.anonymous().show("instruments", record).await.expect(200);
        assert_eq!(now["owner"]["id"], kept["id"]);
    }
    let told = [steps(&app, &mine[0], "owner_merged").await, steps(&app, &mine[MANY - 1], "owner_merged").await];
    assert_eq!(told, [2, 1]);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_clash_is_told_before_anything_moves_and_what_was_merged_is_not_taken_back(app: TestApp) {
    let cq = app.client("cq-agency");
    let (double, mine) = with_instruments(&app, MANY).await;
    let kept = app.published("organizations", organization()).await;
    let same = of(&kept).with("/inner_no", mine[MANY - 1]["inner_no"].clone());
    let theirs = app.published("instruments", same).await;
    let refused = ask(&cq, "organizations", &double, into(&kept)).await.problem(409);
    assert_eq!((refused.code(), &refused["clashes"][0]["records"][1]["id"]), ("merge-clash", &theirs["id"]));
    assert_eq!(work(&app), 0, "nothing was begun");
    ask(&cq, "instruments", &theirs, into(&mine[MANY - 1])).await.expect(200);
    merge_in_use(&app, &double, &kept).await;
    let gone = json!({"to": "active", "reason": "误并"});
    let back = cq.post(&format!("{}/transitions", path("organizations", &double)), gone).if_match(3).await;
    assert_eq!(back.status(), 410, "{}", back.text());
    assert_eq!(work(&app), 1);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn records_of_an_organization_that_moves_are_each_kept_by_one_province_at_any_time(app: TestApp) {
    let (clerk, cq, sc) = (app.client("cq-clerk"), app.client("cq-agency"), app.client("sc-agency"));
    let (moving, mine) = with_instruments(&app, MANY).await;
    let own = app.new_client("cq-on-the-way", Some(id(&moving)), Some(CHONGQING), "records:read records:write");
    let last = &mine[MANY - 1];
    let change = own.propose("instruments", last, json!({"lifecycle": "suspended"})).await.expect(201);
    let now = clerk.show("organizations", &moving).await.expect(200);
    let seat = json!({"division_registered": "510106", "division_located": "510106"});
    let request = clerk.propose("organizations", &now, seat).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);

    let counts = async || {
        let of = async |province: &str| {
            let owner = moving["id"].as_str().unwrap();
            app.anonymous().get(&format!("/api/v1/instruments?province={province}&owner={owner}&limit=200")).await
        };
        (of(CHONGQING).await.items().len(), of(SICHUAN).await.items().len())
    };
    assert_eq!(counts().await, (10, 20));
    let waits = cq.show("instruments", last).await.expect(200);
    assert_eq!(waits["province"], CHONGQING);
    // Whoever changes one of them takes it along, and what waits on it.
    let edited = &mine[MANY - 2];
    let patch = own.patch(&path("instruments", edited), json!({"model": "X-9"})).if_match(revision(edited)).await;
    assert_eq!(patch.expect(200)["province"], SICHUAN);
    assert_eq!(counts().await, (9, 21));
    assert_eq!(work(&app), 1);
    assert_eq!(counts().await, (0, 30));
    let waiting = sc.get(&crate::support::flows::place(&change)).await.expect(200);
    assert_eq!(waiting["awaiting"], json!([SICHUAN]));
    sc.say("confirm", &waiting).await.expect(201);
    invariants::is_whole(&app.database);
}
