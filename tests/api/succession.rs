//! Successions: uniqueness, contradictions, references.

use chuanyu::db::Connection;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

pub fn into(target: &Value) -> Value {
    json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": target["id"]}})
}

/// Requests a move of a record in its present revision.
pub async fn ask(caller: &Caller, kind: &str, record: &Value, body: Value) -> Answer {
    let now = caller.show(kind, record).await.expect(200);
    caller.post(&format!("{}/transitions", path(kind, record)), body).if_match(revision(&now)).await
}

/// Merges an organization in use into another one: requested by one client, confirmed by a second.
pub async fn merge_in_use(app: &TestApp, double: &Value, kept: &Value) {
    ask(&app.client("cq-agency"), "organizations", double, into(kept)).await.expect(200);
    let second = app.second_of_chongqing();
    let request = second.waiting_on("organizations", double).await;
    second.say("confirm", &request).await.expect(201);
}

fn hosted(host: &Value, inner_no: &str) -> Content {
    instrument().with("/host", json!({"id": host["id"]})).with("/inner_no", inner_no)
}

fn of_issuer(issuer: &Value, document_no: &str) -> Content {
    let party = json!({"org_id": issuer["id"], "province": CHONGQING, "role": "issuer"});
    policy_of_chongqing().with("/parties", json!([party])).with("/document_no", document_no)
}

#[apply(api_test)]
async fn what_a_merged_owner_had_cannot_be_registered_again_for_the_other(app: TestApp) {
    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let number = format!("X-{}", next());
    let first = app.published("instruments", hosted(&double, &number)).await;
    let document = app.published("policies", of_issuer(&double, &format!("渝科〔2024〕{number}"))).await;
    merge_in_use(&app, &double, &kept).await;

    let again = cq.post("/api/v1/instruments", hosted(&kept, &number)).await.problem(409);
    assert_eq!((again.code(), &again["existing"]["id"]), ("duplicate-identifier", &first["id"]));
    let other = app.published("instruments", hosted(&kept, &format!("{number}-2"))).await;
    let renumbered =
        cq.patch(&path("instruments", &other), json!({"inner_no": number})).if_match(revision(&other)).await;
    assert_eq!(renumbered.problem(409)["existing"]["id"], first["id"]);
    let again = cq.post("/api/v1/policies", of_issuer(&kept, &format!("渝科〔2024〕{number}"))).await.problem(409);
    assert_eq!(again["existing"]["id"], document["id"]);

    // Its own identifiers stay its own, and may be given to the other record explicitly.
    let now = cq.show("instruments", &first).await.expect(200);
    let renamed =
        cq.patch(&path("instruments", &first), json!({"model": "X-9"})).if_match(revision(&now)).await.expect(200);
    let host = json!({"host": {"id": kept["id"]}});
    cq.patch(&path("instruments", &first), host).if_match(revision(&renamed)).await.expect(200);
    assert_eq!(cq.post("/api/v1/instruments", hosted(&kept, &number)).await.status(), 409);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn the_feed_keeps_telling_what_was_done_before_and_after_a_merge_as_it_was(app: TestApp) {
    let cq = app.client("cq-agency");
    let (owner, other) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let kept = app.published("instruments", hosted(&owner, &format!("X-{}", next()))).await;
    let feed = cq.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
    let double = app.published("instruments", hosted(&owner, &format!("X-{}", next()))).await;
    let gone = cq.transition("instruments", &double, "withdrawn", Some("误撤")).await.expect(200);
    cq.transition("instruments", &gone, "active", Some("系误撤")).await.expect(200);
    ask(&cq, "instruments", &double, into(&kept)).await.expect(200);
    let told = async || -> Vec<(String, bool)> {
        let items = cq.get(&format!("/api/v1/changes?after={feed}&limit=1000")).await.items();
        let of_double = items.iter().filter(|item| item["ref"]["id"] == double["id"]);
        of_double
            .map(|item| (item["type"].as_str().unwrap().to_owned(), item["merged_into"]["id"] == kept["id"]))
            .collect()
    };
    let mut expected: Vec<(String, bool)> = [
        ("instrument.created", false),
        ("instrument.activated", false),
        ("instrument.withdrawn", false),
        ("instrument.reinstated", false),
        ("instrument.merged", true),
    ]
    .map(|(name, merged)| (name.to_owned(), merged))
    .into();
    assert_eq!(told().await, expected);
    // A later change is no second merge.
    merge_in_use(&app, &owner, &other).await;
    expected.push(("instrument.owner_merged".to_owned(), true));
    assert_eq!(told().await, expected);
}

#[apply(api_test)]
async fn a_merge_that_would_give_two_records_one_identifier_names_both(app: TestApp) {
    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let number = format!("X-{}", next());
    let mine = app.published("instruments", hosted(&double, &number)).await;
    let theirs = app.published("instruments", hosted(&kept, &number)).await;
    let refused = ask(&cq, "organizations", &double, into(&kept)).await.problem(409);
    assert_eq!(refused.code(), "merge-clash");
    let clash = &refused["clashes"][0];
    assert_eq!((&clash["scheme"], &clash["value"]), (&json!("inner_no"), &json!(number)));
    let named: Vec<&Value> = clash["records"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(named, [&mine["code"], &theirs["code"]]);
    assert_eq!(cq.show("organizations", &double).await.expect(200)["state"], "active");

    // One and the same instrument, merged first.
    ask(&cq, "instruments", &mine, into(&theirs)).await.expect(200);
    let merged = ask(&cq, "organizations", &double, into(&kept)).await.expect(200);
    assert_eq!(merged["state"], "withdrawn", "nobody uses it any more");
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_document_of_both_issuers_keeps_its_number_once_when_they_become_one(app: TestApp) {
    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let number = format!("渝科联〔2024〕{}", next());
    let party = json!({"org_id": kept["id"], "province": CHONGQING, "role": "issuer"});
    let document = app.published("policies", of_issuer(&double, &number).with("/parties/-", party)).await;
    merge_in_use(&app, &double, &kept).await;
    let again = cq.post("/api/v1/policies", of_issuer(&kept, &number)).await.problem(409);
    assert_eq!(again["existing"]["id"], document["id"]);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_record_does_not_take_the_place_of_the_one_that_came_after_it(app: TestApp) {
    let cq = app.client("cq-agency");
    let successor = app.published("organizations", organization()).await;
    let ended = organization().with("/lifecycle", "merged").with("/successor", json!({"id": successor["id"]}));
    let ended = app.published("organizations", ended).await;
    let superseded = json!({"to": "withdrawn", "reason": "更新", "superseded_by": {"id": ended["id"]}});
    for (body, at) in [(into(&ended), "#/merged_into"), (superseded, "#/superseded_by")] {
        let refused = ask(&cq, "organizations", &successor, body).await.problem(422);
        assert!(refused.has(at, "follows-this-one"), "{:?}", refused.0);
    }
    // The other way round no record would name itself.
    ask(&cq, "organizations", &ended, into(&successor)).await.expect(200);

    let newer = app.published("policies", policy_of_chongqing()).await;
    let repealed =
        policy_of_chongqing().with("/lifecycle", "repealed").with("/replaced_by", json!({"id": newer["id"]}));
    let repealed = app.published("policies", repealed).await;
    let refused = ask(&cq, "policies", &newer, into(&repealed)).await.problem(422);
    assert!(refused.has("#/merged_into", "follows-this-one"));
    let replacing = policy_of_chongqing().with("/replaces", json!([{"id": newer["id"]}]));
    let replacing = app.published("policies", replacing).await;
    let refused = ask(&cq, "policies", &newer, into(&replacing)).await.problem(422);
    assert!(refused.has("#/merged_into", "follows-this-one"));
    // The newer one's content says too that it supersedes the other.
    let superseded = json!({"to": "withdrawn", "reason": "更新", "superseded_by": {"id": replacing["id"]}});
    ask(&cq, "policies", &newer, superseded).await.expect(200);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_record_does_not_take_the_place_of_one_that_it_comes_before_by_way_of_a_third(app: TestApp) {
    let cq = app.client("cq-agency");
    let patched = async |kind: &str, record: &Value, patch: Value| {
        let now = cq.show(kind, record).await.expect(200);
        cq.patch(&path(kind, record), patch).if_match(revision(&now)).await.expect(200);
    };
    let refused = async |kind: &str, record: &Value, body: Value, through: &Value| {
        let at = if body.get("merged_into").is_some() { "#/merged_into" } else { "#/superseded_by" };
        let problem = ask(&cq, kind, record, body).await.problem(422);
        assert_eq!(problem.faults(), [(at.to_owned(), "reference-loop".to_owned())]);
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("→ {} →", through["code"].as_str().unwrap())), "{detail}");
        assert_eq!(cq.show(kind, record).await.expect(200)["state"], "active");
    };
    for member in ["successor", "parent"] {
        let (first, last) = (
            app.published("organizations", organization()).await,
            app.published("organizations", organization()).await,
        );
        let between =
            app.published("organizations", organization().with(&format!("/{member}"), reference(&last))).await;
        patched("organizations", &first, json!({member: reference(&between)})).await;
        refused("organizations", &last, into(&first), &between).await;
        let superseded = json!({"to": "withdrawn", "reason": "更新", "superseded_by": reference(&first)});
        if member == "successor" {
            refused("organizations", &last, superseded, &between).await;
        }
        // The other way round, the first one's reference goes with it.
        ask(&cq, "organizations", &first, into(&last)).await.expect(200);
    }
    let (old, new) = (
        app.published("policies", policy_of_chongqing()).await,
        app.published("policies", policy_of_chongqing()).await,
    );
    let between =
        policy_of_chongqing().with("/replaces", json!([reference(&old)])).with("/replaced_by", reference(&new));
    let between = app.published("policies", between).await;
    refused("policies", &old, into(&new), &between).await;
    let superseded = json!({"to": "withdrawn", "reason": "更新", "superseded_by": reference(&new)});
    ask(&cq, "policies", &old, superseded).await.expect(200);
    invariants::is_whole(&app.database);
}

fn reference(record: &Value) -> Value {
    json!({"id": record["id"]})
}

#[apply(api_test)]
async fn a_merge_of_labs_of_which_one_follows_the_other_is_refused_when_asked_and_when_confirmed(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let (old, new) =
        (app.active_joint("joint-labs", joint_lab()).await, app.active_joint("joint-labs", joint_lab()).await);
    ask(&cq, "joint-labs", &new, into(&old)).await.expect(200);
    let patch = json!({"lifecycle": "reorganised", "successor": {"id": new["id"]}});
    let request = university.propose("joint-labs", &old, patch).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);

    let waiting = sc.show("joint-labs", &new).await.expect(200);
    let merge = sc.get(waiting["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    let refused = sc.say("confirm", &merge).await;
    assert!(refused.problem(422).has("#/merged_into", "follows-this-one"), "{}", refused.text());
    assert_eq!(sc.show("joint-labs", &new).await.expect(200)["state"], "active");
    let recalled = cq.recall(&sc.get(&place(&merge)).await.expect(200)).await;
    assert_eq!(recalled.status(), 200, "{}", recalled.text());
    let refused = ask(&sc, "joint-labs", &new, into(&old)).await.problem(422);
    assert!(refused.has("#/merged_into", "follows-this-one"));
}

#[apply(api_test)]
async fn a_reference_to_a_merged_record_is_refused_naming_the_other(app: TestApp) {
    let (cq, clerk) = (app.client("cq-agency"), app.client("cq-clerk"));
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let draft = cq.create("instruments", hosted(&double, &format!("X-{}", next()))).await;
    let standing = app.published("instruments", instrument()).await;
    let university = app.client("cq-university");
    let gift = university.propose("instruments", &standing, json!({"host": {"id": double["id"]}})).await.expect(201);
    ask(&cq, "organizations", &double, into(&kept)).await.expect(200);

    let by_code = json!({"code": double["code"]});
    let refused = cq.post("/api/v1/instruments", instrument().with("/host", by_code)).await.problem(422);
    assert_eq!(refused.faults(), [("#/host".to_owned(), "reference-merged".to_owned())]);
    assert_eq!(refused["errors"][0]["did_you_mean"], kept["code"]);
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(kept["code"].as_str().unwrap()));
    // A party is named by its id: the suggestion can be sent as it is.
    let refused =
        cq.post("/api/v1/joint-labs", joint_lab().with("/parties/0/org_id", double["id"].clone())).await.problem(422);
    let fault = refused["errors"].as_array().unwrap().iter().find(|fault| fault["code"] == "reference-merged").unwrap();
    assert_eq!(fault["did_you_mean"], kept["id"]);
    let draft = cq.show("instruments", &draft).await.expect(200);
    let refused = cq.transition("instruments", &draft, "submitted", None).await.problem(422);
    assert_eq!(refused.faults(), [("#/host".to_owned(), "reference-merged".to_owned())]);
    let other = app.published("instruments", instrument()).await;
    let away = json!({"host": {"id": double["id"]}});
    let refused = clerk.propose("instruments", &other, away).await.problem(422);
    assert!(refused.has("#/patch/host", "reference-merged"), "{:?}", refused.0);
    // A waiting proposal that names it does not take effect.
    let refused = cq.say("confirm", &gift).await;
    assert!(matches!(refused.status(), 409 | 422), "{}", refused.text());
    assert_eq!(cq.show("instruments", &standing).await.expect(200)["host"], standing["host"]);

    // Withdrawn without a successor it is reported as ended; a withdrawn draft stays unknown to others.
    let alone = app.published("organizations", organization()).await;
    cq.transition("organizations", &alone, "withdrawn", Some("误登")).await.expect(200);
    let by_code = json!({"code": alone["code"]});
    let refused = cq.post("/api/v1/instruments", instrument().with("/host", by_code)).await.problem(422);
    assert_eq!(refused.faults(), [("#/host".to_owned(), "reference-ended".to_owned())]);
    let never = cq.create("organizations", organization()).await;
    cq.transition("organizations", &never, "withdrawn", Some("误登")).await.expect(200);
    let by_code = json!({"code": never["code"]});
    let refused = university.post("/api/v1/instruments", instrument().with("/host", by_code)).await.problem(422);
    assert_eq!(refused.faults(), [("#/host".to_owned(), "reference-not-found".to_owned())]);
}

#[apply(api_test)]
async fn an_organization_in_use_is_withdrawn_by_two_clients_who_see_what_hangs_on_it(app: TestApp) {
    let (cq, second) = (app.client("cq-agency"), app.second_of_chongqing());
    let used = app.published("organizations", organization()).await;
    let id: chuanyu::db::Id = used["id"].as_str().unwrap().parse().unwrap();
    let owned = app.published("instruments", hosted(&used, &format!("X-{}", next()))).await;
    let party = json!({"org_id": used["id"], "province": CHONGQING, "role": "co_building", "rank": 5, "joined_on": "2024-01-01"});
    let lab = app.active_joint("joint-labs", joint_lab().with("/parties/-", party)).await;
    app.client("cq-agency").create("instruments", hosted(&used, "draft")).await;
    app.new_client("cq-used", Some(id), Some(CHONGQING), "records:read records:write");

    let asked = cq.transition("organizations", &used, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!((&asked["state"], &asked["pending_changes"]["count"]), (&json!("active"), &json!(1)));
    let request = cq.waiting_on("organizations", &used).await;
    assert_eq!((&request["purpose"], &request["to"]), (&json!("move"), &json!("withdrawn")));
    assert_eq!(request["awaiting"], json!([CHONGQING]));
    assert_eq!((&request["in_use"]["records"], &request["in_use"]["clients"]), (&json!(2), &json!(1)));
    let named: Vec<&Value> = request["in_use"]["items"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(named, [&owned["code"], &lab["code"]]);

    assert_eq!(cq.say("confirm", &request).await.problem(403).code(), "four-eyes");
    assert_eq!(app.client("sc-agency").say("confirm", &request).await.status(), 404, "it is not theirs to see");
    second.say("confirm", &request).await.expect(201);
    assert_eq!(app.anonymous().show("organizations", &used).await.status(), 410);

    // An unused one is withdrawn at once, and an agency does not withdraw itself alone.
    let free = app.published("organizations", organization()).await;
    let gone = cq.transition("organizations", &free, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(gone["state"], "withdrawn");
    let agency = json!({"id": chuanyu::kinds::shared::demo_org_id(53)});
    let agency = cq.show("organizations", &agency).await.expect(200);
    let asked = cq.transition("organizations", &agency, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(asked["state"], "active");
    let again = second.transition("organizations", &asked, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(again["state"], "withdrawn", "asking for the same confirms it");
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn what_merges_and_moves_of_before_left_behind_is_listed_and_hinders_nothing(app: TestApp) {
    use chuanyu::db::schema::{records, successions};
    use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

    let cq = app.client("cq-agency");
    let id = |record: &Value| -> chuanyu::db::Id { record["id"].as_str().unwrap().parse().unwrap() };
    let (kept, double, moved) = (
        app.published("organizations", organization()).await,
        app.published("organizations", organization()).await,
        app.published("organizations", organization()).await,
    );
    let number = format!("X-{}", next());
    let mine = app.published("instruments", hosted(&double, &number)).await;
    let theirs = app.published("instruments", hosted(&kept, &number)).await;
    let left = app.published("instruments", hosted(&moved, &number)).await;
    app.new_client("cq-left", Some(id(&moved)), Some(CHONGQING), "records:read records:write");
    assert_eq!(findings(&app, "duplicates"), Vec::<String>::new());
    assert_eq!(findings(&app, "provinces"), Vec::<String>::new());

    // As earlier versions merged.
    app.database(|conn| {
        let row = (
            successions::record_id.eq(id(&double)),
            successions::successor_id.eq(id(&kept)),
            successions::merged.eq(true),
        );
        diesel::insert_into(successions::table).values(row).execute(conn).unwrap();
        let org = records::table.find(id(&moved));
        diesel::update(org).set(records::province.eq(SICHUAN)).execute(conn).unwrap();
    });
    let found = findings(&app, "duplicates");
    let codes = (mine["code"].as_str().unwrap(), theirs["code"].as_str().unwrap());
    assert!(found[0].starts_with(&format!("- {}: ", codes.0)) && found[0].contains(codes.1), "{found:?}");
    assert!(found[0].contains(&number) && found.len() == 1, "{found:?}");
    let found = findings(&app, "provinces");
    assert!(found[0].starts_with(&format!("- {}: ", left["code"].as_str().unwrap())), "{found:?}");
    assert!(found[1].starts_with("- cq-left: ") && found.len() == 2, "{found:?}");

    let now = cq.show("instruments", &mine).await.expect(200);
    cq.patch(&path("instruments", &mine), json!({"remarks": "可改"})).if_match(revision(&now)).await.expect(200);
    let rebuilt =
        processes::program(&["rebuild-projections"], &[("database_url", &app.database.url)]).output().unwrap();
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
}

#[apply(api_test)]
async fn identifiers_follow_merges_of_before_where_no_other_record_has_them(app: TestApp) {
    use diesel::connection::SimpleConnection;

    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let (free, twice) = (format!("X-{}", next()), format!("X-{}", next()));
    let mine = app.published("instruments", hosted(&double, &free)).await;
    let late = app.published("instruments", hosted(&double, &twice)).await;
    let theirs = app.published("instruments", hosted(&kept, &twice)).await;
    // As earlier versions merged: references moved, identifiers did not.
    let id = |engine: &Connection, record: &Value| match engine {
        Connection::Sqlite(_) => format!("X'{}'", record["id"].as_str().unwrap().replace('-', "")),
        Connection::Postgres(_) => format!("'{}'", record["id"].as_str().unwrap()),
    };
    let upgrade = |conn: &mut Connection| {
        conn.batch_execute(match conn {
            Connection::Sqlite(_) => {
                include_str!("../../migrations/sqlite/2026-11-29-000080_identifiers_follow_merges/up.sql")
            }
            Connection::Postgres(_) => {
                include_str!("../../migrations/postgres/2026-11-29-000080_identifiers_follow_merges/up.sql")
            }
        })
        .unwrap();
    };
    let lines =
        |conn: &mut Connection| dump::lines(conn, "SELECT scheme || ' ' || value AS line FROM identifiers ORDER BY 1");
    app.database(|conn| {
        let before = lines(conn);
        upgrade(conn);
        assert_eq!(lines(conn), before, "without a merge nothing moves");
        let (from, to) = (id(conn, &double), id(conn, &kept));
        let merge = format!(
            "INSERT INTO successions (record_id, successor_id, merged) VALUES ({from}, {to}, true); \
             UPDATE links SET target_id = {to} WHERE target_id = {from}; \
             UPDATE instruments SET host_id = {to} WHERE host_id = {from};"
        );
        conn.batch_execute(&merge).unwrap();
        upgrade(conn);
        let after = lines(conn);
        let has =
            |number: &str, host: &Value| after.contains(&format!("inner_no {number}/{}", host["id"].as_str().unwrap()));
        assert_eq!((has(&free, &double), has(&free, &kept)), (false, true));
        assert_eq!((has(&twice, &double), has(&twice, &kept)), (true, true), "neither loses its own");
        assert_eq!(after.len(), before.len());
        upgrade(conn);
        assert_eq!(lines(conn), after, "once is enough");
    });
    let again = cq.post("/api/v1/instruments", hosted(&kept, &free)).await.problem(409);
    assert_eq!((again.code(), &again["existing"]["id"]), ("duplicate-identifier", &mine["id"]));
    let found = findings(&app, "duplicates");
    assert!(found.len() == 1 && found[0].contains(late["code"].as_str().unwrap()), "{found:?}");
    // Any other change of the two is possible, also of their other identifiers, until one of them gets another number.
    for record in [&late, &theirs] {
        let pid = json!({"pid": format!("21.T11998/{}", next())});
        let changed = cq.patch(&path("instruments", record), pid).if_match(revision(record)).await.expect(200);
        cq.patch(&path("instruments", record), json!({"pid": null})).if_match(revision(&changed)).await.expect(200);
    }
    let now = cq.show("instruments", &late).await.expect(200);
    let renumbered = json!({"inner_no": format!("X-{}", next())});
    cq.patch(&path("instruments", &late), renumbered).if_match(revision(&now)).await.expect(200);
    assert_eq!(findings(&app, "duplicates"), Vec::<String>::new());
    let again = cq.post("/api/v1/instruments", hosted(&kept, &twice)).await.problem(409);
    assert_eq!(again["existing"]["id"], theirs["id"], "what it had stays with the other");
}

/// What a check finds, without its heading.
fn findings(app: &TestApp, check: &str) -> Vec<String> {
    use chuanyu::check::{Look, named, run};
    let look = Look { db: &app.services.db, register: chuanyu::kinds::register() };
    let mut lines = Vec::new();
    run(&look, &[named(check).unwrap()], chuanyu::api::Language::En, &mut |line| lines.push(line)).unwrap();
    lines.into_iter().filter(|line| line.starts_with("- ")).collect()
}
