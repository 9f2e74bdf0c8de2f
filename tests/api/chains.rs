//! No record comes after, before or below itself: loops of `parent`, `successor`, `replaces` and `replaced_by` are
//! refused, whoever would close them and by whichever operation.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

fn reference(record: &Value) -> Value {
    json!({"code": record["code"]})
}

/// Organizations of Chongqing that are official.
async fn organizations(app: &TestApp) -> [Value; 3] {
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(app.published("organizations", organization()).await);
    }
    made.try_into().unwrap()
}

async fn patch(app: &TestApp, kind: &str, record: &Value, patch: Value) -> Answer {
    let agency = app.client("cq-agency");
    let now = agency.show(kind, record).await.expect(200);
    agency.patch(&path(kind, record), patch).if_match(revision(&now)).await
}

#[track_caller]
fn assert_loop(answer: &Answer, at: &str, through: &[&Value]) {
    let problem = answer.problem(422);
    assert_eq!(problem.faults(), [(at.to_owned(), "reference-loop".to_owned())]);
    let codes: Vec<&str> = through.iter().map(|record| record["code"].as_str().unwrap()).collect();
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains(&codes.join(" → ")), "{detail} names {codes:?}");
}

#[apply(api_test)]
async fn no_organization_is_above_itself_or_its_own_successor(app: TestApp) {
    for member in ["parent", "successor"] {
        let [a, b, c] = organizations(&app).await;
        let at = format!("#/{member}");
        patch(&app, "organizations", &a, json!({member: reference(&b)})).await.expect(200);
        assert_loop(&patch(&app, "organizations", &b, json!({member: reference(&a)})).await, &at, &[&a]);
        patch(&app, "organizations", &b, json!({member: reference(&c)})).await.expect(200);
        assert_loop(&patch(&app, "organizations", &c, json!({member: reference(&a)})).await, &at, &[&a, &b]);
        // The other relation is independent, and a reference that closes no loop is accepted.
        let other = if member == "parent" { "successor" } else { "parent" };
        patch(&app, "organizations", &c, json!({other: reference(&a)})).await.expect(200);
    }
}

#[apply(api_test)]
async fn drafts_and_whole_contents_close_no_loop_either(app: TestApp) {
    let agency = app.client("cq-agency");
    let one = agency.put("/api/v1/organizations/by-source/LOOP-1", organization()).await.expect(201);
    let two = agency.create("organizations", organization().with("/parent", reference(&one))).await;
    let content = organization().with("/parent", reference(&two));
    let looped = agency.put("/api/v1/organizations/by-source/LOOP-1", content.clone()).await;
    assert_loop(&looped, "#/parent", &[&two]);
    assert_loop(&patch(&app, "organizations", &one, json!({"parent": reference(&two)})).await, "#/parent", &[&two]);
    // A draft of another client does not count: it is invisible to the caller.
    let stranger = app.client("sc-agency");
    let three = app.published("organizations", organization()).await;
    let theirs = organization().with("/division_registered", "510106").with("/parent", reference(&three));
    let theirs = stranger.create("organizations", theirs).await;
    assert_eq!(theirs["state"], "draft");
    patch(
        &app,
        "organizations",
        &three,
        json!({"parent": reference(&app.published("organizations", organization()).await)}),
    )
    .await
    .expect(200);
}

#[apply(api_test)]
async fn policies_that_replace_each_other_are_refused_and_both_sides_of_one_replacement_are_not(app: TestApp) {
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(app.published("policies", policy_of_chongqing()).await);
    }
    let [a, b, c] = &made[..] else { unreachable!() };
    patch(&app, "policies", a, json!({"replaces": [reference(b)]})).await.expect(200);
    patch(&app, "policies", b, json!({"replaced_by": reference(a)})).await.expect(200);
    assert_loop(&patch(&app, "policies", b, json!({"replaces": [reference(a)]})).await, "#/replaces/0", &[a]);
    assert_loop(&patch(&app, "policies", a, json!({"replaced_by": reference(b)})).await, "#/replaced_by", &[b]);
    patch(&app, "policies", c, json!({"replaces": [reference(a)]})).await.expect(200);
    assert_loop(&patch(&app, "policies", b, json!({"replaces": [reference(c)]})).await, "#/replaces/0", &[a, c]);
    // A new document cannot come both before and after one.
    let between = policy_of_chongqing().with("/replaces", json!([reference(a)])).with("/replaced_by", reference(b));
    assert_loop(&app.client("cq-agency").post("/api/v1/policies", between).await, "#/replaced_by", &[b, a]);
}

#[apply(api_test)]
async fn a_change_request_that_would_close_a_loop_is_refused_when_proposed_and_when_it_would_take_effect(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let one = app.active_joint("joint-labs", joint_lab()).await;
    let two = app.active_joint("joint-labs", joint_lab()).await;
    let first = university.propose("joint-labs", &one, json!({"successor": reference(&two)})).await.expect(201);
    let second = university.propose("joint-labs", &two, json!({"successor": reference(&one)})).await.expect(201);
    for agency in [&cq, &sc] {
        agency.say("confirm", &first).await.expect(201);
    }
    let mut refused = false;
    for agency in [&cq, &sc] {
        let answer = agency.say("confirm", &second).await;
        assert!(answer.status() < 500, "{}", answer.text());
        refused |= answer.status() >= 400;
    }
    assert!(refused, "both took effect");
    assert_eq!(app.anonymous().show("joint-labs", &two).await.expect(200).get("successor"), None);
    let third = app.active_joint("joint-labs", joint_lab()).await;
    let now = university.show("joint-labs", &third).await.expect(200);
    let request = university.propose("joint-labs", &now, json!({"successor": reference(&one)})).await.expect(201);
    for agency in [&cq, &sc] {
        agency.say("confirm", &request).await.expect(201);
    }
    let now = university.show("joint-labs", &two).await.expect(200);
    if now["pending_changes"]["count"] == 0 {
        let answer = university.propose("joint-labs", &now, json!({"successor": reference(&third)})).await;
        let problem = answer.problem(422);
        assert_eq!(problem.faults(), [("#/patch/successor".to_owned(), "reference-loop".to_owned())]);
    }
}

#[apply(api_test)]
async fn a_loop_of_older_times_hangs_nobody_and_can_be_opened(app: TestApp) {
    use chuanyu::db::Id;
    use chuanyu::db::schema::links;
    use diesel::{ExpressionMethods, RunQueryDsl};
    let [a, b, c] = organizations(&app).await;
    patch(&app, "organizations", &a, json!({"parent": reference(&b)})).await.expect(200);
    let id = |record: &Value| record["id"].as_str().unwrap().parse::<Id>().unwrap();
    let back = (links::record_id.eq(id(&b)), links::pointer.eq("/parent"), links::target_id.eq(id(&a)));
    app.database(|conn| diesel::insert_into(links::table).values(back).execute(conn).unwrap());
    let told = checked(&app);
    assert_eq!(told.len(), 2, "{told:?}");
    for code in [&a["code"], &b["code"]] {
        assert!(told[1].contains(code.as_str().unwrap()), "{told:?}");
    }
    patch(&app, "organizations", &c, json!({"parent": reference(&a)})).await.expect(200);
    patch(&app, "organizations", &a, json!({"remarks": "照旧"})).await.expect(200);
    patch(&app, "organizations", &a, json!({"parent": null})).await.expect(200);
    assert_eq!(checked(&app), [""; 0]);
}

/// The output of `chuanyu check loops`.
fn checked(app: &TestApp) -> Vec<String> {
    use chuanyu::api::Language;
    use chuanyu::check;
    use chuanyu::check::Look;
    let look = Look { db: app.services.db.get_ref(), register: chuanyu::kinds::register() };
    let mut lines = Vec::new();
    check::run(&look, &[check::named("loops").unwrap()], Language::En, &mut |line| lines.push(line)).unwrap();
    lines
}

#[apply(api_test)]
async fn two_that_would_close_a_loop_at_the_same_moment_do_not_both(app: TestApp) {
    for _ in 0..5 {
        let [a, b, _] = organizations(&app).await;
        let (one, other) = futures_util::future::join(
            patch(&app, "organizations", &a, json!({"parent": reference(&b)})),
            patch(&app, "organizations", &b, json!({"parent": reference(&a)})),
        )
        .await;
        let mut statuses = [one.status(), other.status()];
        statuses.sort();
        assert_eq!(statuses, [200, 422], "{} {}", one.text(), other.text());
    }
}

#[apply(api_test)]
async fn what_closes_no_loop_by_itself_waits_for_nobody(app: TestApp) {
    use chuanyu::db::Connection;
    use diesel::connection::SimpleConnection;
    let mut other = app.database.connect();
    if let Connection::Sqlite(_) = other {
        return; // it has one writer
    }
    let [above, ..] = organizations(&app).await;
    let turn = i64::from_be_bytes(*b"\0\0chains");
    other.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({turn})")).unwrap();
    let began = std::time::Instant::now();
    app.published("organizations", organization().with("/parent", reference(&above))).await;
    assert!(began.elapsed().as_secs() < 5, "it waited");
}
