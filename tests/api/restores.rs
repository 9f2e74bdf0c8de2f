//! The register is set back to a backup: what partners hold of before is refused, and they learn what is still true.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::processes::{Service, program};
use crate::support::*;

/// Sets the database back to a position: what was written behind it is gone, as with a backup of that moment. It was
/// the drafts of records.
fn set_back(app: &TestApp, position: i64) {
    app.database(|conn| {
        for statement in [
            format!("DELETE FROM records WHERE id IN (SELECT record_id FROM changes WHERE seq > {position})"),
            format!("DELETE FROM changes WHERE seq > {position}"),
            format!("UPDATE feed SET seq = {position}"),
        ] {
            conn.batch_execute(&statement).unwrap();
        }
    });
}

/// What the operator does after that.
fn restored(app: &TestApp, words: &[&str], folder: &std::path::Path) -> String {
    let keys = folder.display().to_string();
    let settings = [("database_url", app.database.url.as_str()), ("keys_dir", &keys)];
    let output = program(&[&["restored"], words].concat(), &settings).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn folder(app: &TestApp) -> std::path::PathBuf {
    let name = app.database.url.rsplit(['/', '\\']).next().unwrap().replace('.', "-");
    let folder = crate::support::database::scratch().join(format!("keys-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

async fn head(caller: &Caller) -> i64 {
    caller.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap()
}

#[apply(api_test)]
async fn tags_of_before_a_restore_are_refused_and_those_of_after_it_hold(app: TestApp) {
    let (cq, folder) = (app.client("cq-agency"), folder(&app));
    let record = app.published("instruments", instrument()).await;
    let place = path("instruments", &record);
    assert_eq!(cq.get(&place).await.header("etag"), "\"2\"");
    for (number, before, after) in [(1, "\"2\"", "\"2.r1\""), (2, "\"2.r1\"", "\"2.r2\"")] {
        let told = restored(&app, &[], &folder);
        assert!(told.contains(&format!("number {number} ")) && told.contains(&format!(".r{number}")), "{told}");
        // Nobody told this process: whoever changes something by an old tag is refused all the same.
        let patch = |tag: &str| cq.patch(&place, json!({"model": "X-1"})).header("If-Match", tag);
        let mut refused = patch(before).await;
        if refused.status() == 503 {
            refused = patch(before).await;
        }
        let refused = refused.problem(409);
        assert_eq!((refused.code(), &refused["restores"]), ("register-restored", &json!(number)));
        let answer = cq.get(&place).header("If-None-Match", before).await;
        assert_eq!((answer.status(), answer.header("etag")), (200, after));
        assert_eq!(cq.get(&place).header("If-None-Match", after).await.status(), 304);
        let public = app.anonymous().get(&place).await;
        assert_eq!(public.header("etag"), format!("\"2.r{number}-public\""));
        assert_eq!(cq.patch(&place, json!({"model": "X-1"})).header("If-Match", before).await.status(), 409);
        let wrong = cq.patch(&place, json!({"model": "X-1"})).header("If-Match", format!("\"1.r{number}\"")).await;
        assert_eq!(wrong.problem(412).code(), "revision-conflict");
    }
    let changed = cq.patch(&place, json!({"model": "X-2"})).header("If-Match", "\"2.r2\"").await;
    assert_eq!(changed.header("etag"), "\"3.r2\"");
    let draft = cq.post("/api/v1/instruments", instrument()).await;
    assert_eq!(draft.header("etag"), "\"1.r2\"");
    let unauthenticated = app.anonymous().patch(&place, json!({})).header("If-Match", "\"2\"").await;
    assert_eq!(unauthenticated.status(), 401, "who calls is asked first");
    assert_eq!(cq.get("/readyz").await.expect(200)["restores"], 2);
}

#[apply(api_test)]
async fn positions_that_were_lost_are_refused_and_the_feed_tells_of_the_restore(app: TestApp) {
    let (cq, folder) = (app.client("cq-agency"), folder(&app));
    app.published("instruments", instrument()).await;
    let early = head(&cq).await;
    let kept = app.published("instruments", instrument()).await;
    let true_until = head(&cq).await;
    for _ in 0..3 {
        cq.create("instruments", instrument()).await;
    }
    let lost = head(&cq).await;
    assert_eq!(lost, true_until + 3);
    set_back(&app, true_until);
    restored(&app, &[], &folder);

    for position in [true_until + 1, lost] {
        let refused = cq.get(&format!("/api/v1/changes?after={position}")).await.problem(409);
        assert_eq!((refused.code(), &refused["read_from"]), ("register-restored", &json!(true_until)));
    }
    // Who did not come so far goes on, and is told where it ended.
    for after in [early, true_until] {
        let place = format!("/api/v1/changes?after={after}&kinds=projects&include=record");
        let page = cq.get(&place).await.expect(200);
        let item = page["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&item["type"], &item["kind"]), (&json!("register.restored"), &json!("register")));
        assert_eq!((&item["true_until"], &item["restores"]), (&json!(true_until), &json!(1)));
        assert_eq!((&item["tombstone"], item.get("state"), item.get("record")), (&json!(false), None, None));
        assert_eq!(page["next_after"], item["seq"]);
    }
    let all = cq.get(&format!("/api/v1/changes?after={early}")).await.items();
    assert_eq!(all.first().unwrap()["ref"]["id"], kept["id"]);
    assert_eq!(all.last().unwrap()["type"], "register.restored");
    // What comes now has positions that nobody was ever told.
    let new = cq.create("instruments", instrument()).await;
    let page = cq.get(&format!("/api/v1/changes?after={}", all.last().unwrap()["seq"])).await.expect(200);
    assert_eq!(page["items"][0]["ref"]["id"], new["id"]);
    let beyond = page["next_after"].as_i64().unwrap() + 1;
    assert_eq!(cq.get(&format!("/api/v1/changes?after={beyond}")).await.problem(400).code(), "invalid-parameter");

    // A second restore, to a backup of before the first: all that was told since is lost, and the number goes on.
    set_back(&app, early);
    app.database(|conn| conn.batch_execute("DELETE FROM restores; UPDATE feed SET restores = 0").unwrap());
    assert!(restored(&app, &[], &folder).contains("number 2 "));
    for position in [true_until, lost, all.last().unwrap()["seq"].as_i64().unwrap(), beyond - 1] {
        let refused = cq.get(&format!("/api/v1/changes?after={position}")).await.problem(409);
        assert_eq!(refused["read_from"], json!(early), "{position}");
    }
    // The number takes the place of the old one as a whole: a command that is killed leaves one of the two.
    let (file, before) = (folder.join("restores"), folder.join("before"));
    std::fs::hard_link(&file, &before).unwrap();
    assert!(restored(&app, &[], &folder).contains("number 3 "));
    let read = |file: &std::path::Path| std::fs::read_to_string(file).unwrap();
    assert_eq!((read(&before).as_str(), read(&file).as_str()), ("2\n", "3\n"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing else is left");
    // Where the folder was lost as well, the operator knows the number.
    std::fs::remove_dir_all(&folder).unwrap();
    app.database(|conn| conn.batch_execute("DELETE FROM restores; UPDATE feed SET restores = 0").unwrap());
    assert!(restored(&app, &["--after", "7"], &folder).contains("number 8 "));
    let events = app.new_client("cq-auditor-8", None, Some(CHONGQING), "audit:read");
    let event = events.get("/api/v1/audit-events?action=register.restored").await.items().remove(0);
    assert!(event["detail"].as_str().unwrap().starts_with("number 8, true until "), "{event}");
    assert_eq!(event["actor"], "operator");
}

#[apply(api_test)]
async fn cursors_of_before_a_restore_are_refused_in_every_list(app: TestApp) {
    let (cq, folder) = (app.client("cq-agency"), folder(&app));
    let record = app.published("instruments", instrument()).await;
    for _ in 0..2 {
        app.published("instruments", instrument()).await;
        app.client("cq-university").submit("instruments", instrument()).await;
    }
    let lists = [
        "/api/v1/instruments?limit=1".to_owned(),
        "/api/v1/instruments?limit=1&sort=-updated_at".to_owned(),
        "/api/v1/change-requests?limit=1".to_owned(),
        format!("{}/revisions?limit=1", path("instruments", &record)),
    ];
    let mut cursors = Vec::new();
    for list in &lists {
        let page = cq.get(list).await.expect(200);
        cursors.push(page["page"]["next_cursor"].as_str().unwrap_or_else(|| panic!("{list}: {page}")).to_owned());
    }
    restored(&app, &[], &folder);
    for (list, cursor) in lists.iter().zip(&cursors) {
        let refused = cq.get(&format!("{list}&cursor={cursor}")).await.problem(409);
        assert_eq!((refused.code(), &refused["restores"]), ("register-restored", &json!(1)), "{list}");
    }
    // The refusal told the process as well.
    for list in &lists {
        let page: Value = cq.get(list).await.expect(200);
        let next = page["page"]["next_cursor"].as_str().unwrap().to_owned();
        cq.get(&format!("{list}&cursor={next}")).await.expect(200);
    }
}

#[apply(api_test)]
async fn a_decision_which_needs_no_tag_goes_on_after_a_restore(app: TestApp) {
    let (agency, folder) = (app.client("cq-agency"), folder(&app));
    let submitted = app.client("cq-university").submit("instruments", instrument()).await;
    restored(&app, &[], &folder);
    let confirmations = format!("{}/confirmations", path("instruments", &submitted));
    let body = json!({"decision": "confirm", "digest": submitted["digest"]});
    let first = agency.post(&confirmations, body.clone()).await;
    // A process that had not heard of it asks to send the same again, once.
    if first.status() == 503 {
        agency.post(&confirmations, body).await.expect(201);
    } else {
        first.expect(201);
    }
}

#[apply(api_test)]
async fn every_process_hears_of_a_restore_without_being_started_again(app: TestApp) {
    let (cq, folder) = (app.client("cq-agency"), folder(&app));
    let public = format!("http://{}", app.address);
    let settings = [("database_url", app.database.url.as_str()), ("public_url", &public), ("job_workers", "0")];
    let other = Service::start(&settings);
    let theirs = other.called_by(&cq);
    let record = app.published("instruments", instrument()).await;
    let place = path("instruments", &record);
    // Both keep it in memory.
    assert_eq!(cq.get(&place).await.header("etag"), "\"2\"");
    assert_eq!(theirs.get(&place).await.header("etag"), "\"2\"");
    restored(&app, &[], &folder);
    for caller in [&cq, &theirs] {
        let patch = caller.patch(&place, json!({"model": "X-1"})).header("If-Match", "\"2\"").await;
        assert!([409, 503].contains(&patch.status()), "{}", patch.text());
        assert_eq!(caller.get(&place).await.header("etag"), "\"2.r1\"");
    }
    let patch = cq.patch(&place, json!({"model": "X-1"})).header("If-Match", "\"2.r1\"").await;
    assert_eq!(patch.header("etag"), "\"3.r1\"");
    assert_eq!(theirs.get(&place).await.expect(200)["model"], "X-1");
}
