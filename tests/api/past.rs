//! `?as_of=`: what was official at a moment.

use chuanyu::db::schema::revisions;
use chuanyu::db::{Id, Moment};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// The next step gets a later millisecond.
async fn a_moment() {
    actix_web::rt::time::sleep(std::time::Duration::from_millis(3)).await;
}

/// The record at a moment.
async fn as_of(caller: &Caller, place: &str, at: &str) -> Answer {
    caller.get(place).query(&[("as_of", at)]).await
}

/// An answer without the members that are about the present only.
fn of_the_past(mut record: Value) -> Value {
    for name in ["pending_changes", "warnings"] {
        record.as_object_mut().unwrap().remove(name);
    }
    record
}

/// Every step of a record as the owner reads it, with the caller's answer after it.
struct History {
    place: String,
    shown: Vec<(Value, Option<Value>)>,
}

impl History {
    async fn note(&mut self, callers: &[Caller; 2]) {
        let [with_token, public] = callers;
        let record = with_token.get(&self.place).await.expect(200);
        let answer = public.get(&self.place).await;
        self.shown.push((record, (answer.status() == 200).then(|| answer.json())));
        a_moment().await;
    }
}

#[apply(api_test)]
async fn a_record_of_each_kind_is_answered_as_it_was_after_each_step(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let callers = [app.client("cq-agency"), app.anonymous()];
    for kind in chuanyu::kinds::register().kinds().iter().map(|kind| kind.name) {
        let joint = ["joint-labs", "alliances", "projects", "policies"].contains(&kind);
        let publisher = match kind {
            "policies" => app.client("cq-clerk"),
            _ if joint => app.client("cq-university"),
            _ => cq.clone(),
        };
        let draft = publisher.create(kind, content_of(kind)).await;
        let mut history = History { place: path(kind, &draft), shown: Vec::new() };
        let place = history.place.clone();
        a_moment().await;
        let to = if joint { "submitted" } else { "active" };
        let mut record = publisher.transition(kind, &draft, to, None).await.expect(200);
        if joint {
            cq.confirm(kind, &record).await.expect(201);
            a_moment().await;
            sc.confirm(kind, &record).await.expect(201);
        }
        history.note(&callers).await;
        record = publisher.show(kind, &record).await.expect(200);
        let patch = json!({"remarks": "第一次"});
        record = publisher.patch(&place, patch).if_match(revision(&record)).await.expect(200);
        history.note(&callers).await;
        record = cq.transition(kind, &record, "suspended", Some("检修")).await.expect(200);
        history.note(&callers).await;
        let both = [&cq, &sc];
        for (to, reason) in [("active", None), ("closed", Some("期满"))] {
            for agency in &both[..1 + usize::from(joint)] {
                record = agency.transition(kind, &record, to, reason).await.expect(200);
                history.note(&callers).await;
            }
        }
        assert_eq!((&record["state"], &record["state_reason"]), (&json!("closed"), &json!("期满")), "{kind}");
        for (record, public) in &history.shown {
            let at = record["updated_at"].as_str().unwrap();
            let then = as_of(&callers[0], &place, at).await;
            assert_eq!(then.header("etag"), format!("\"{}\"", record["revision"]));
            assert_eq!(then.expect(200), of_the_past(record.clone()), "{kind} at {at}");
            let then = as_of(&callers[1], &place, at).await;
            assert_eq!(then.header("etag"), format!("\"{}-public\"", record["revision"]));
            assert_eq!(then.expect(200), of_the_past(public.clone().unwrap()), "{kind} at {at} in public");
        }
        // A moment later than the last step shows it, too; one before the first official step shows nothing.
        let (first, last) = (&history.shown[0].0, &history.shown.last().unwrap().0);
        let now = as_of(&callers[0], &place, &Moment::now().to_string()).await.expect(200);
        assert_eq!(now["revision"], last["revision"]);
        for at in [draft["updated_at"].as_str().unwrap(), "1999-01-01T08:00:00+08:00", "0001-01-01T00:00:00Z"] {
            let problem = as_of(&callers[1], &place, at).await.problem(404);
            assert_eq!((problem.code(), &problem["published_at"]), ("not-official-then", &first["published_at"]));
        }
    }
}

#[apply(api_test)]
async fn contacts_are_not_shown_to_the_public_of_the_past_either(app: TestApp) {
    let organization = organization().with("/contact", json!({"name": "科研处", "phone": "023-65100000"}));
    let published = app.published("organizations", organization).await;
    let place = path("organizations", &published);
    let at = published["updated_at"].as_str().unwrap();
    assert!(as_of(&app.anonymous(), &place, at).await.expect(200).get("contact").is_none());
    let shown = as_of(&app.client("reader"), &place, at).await.expect(200);
    assert_eq!(shown["contact"], published["contact"]);
}

#[apply(api_test)]
async fn who_wishes_not_to_be_named_now_is_not_named_in_the_past(app: TestApp) {
    let named = app.published("demands", demand()).await;
    let (place, at) = (path("demands", &named), named["updated_at"].as_str().unwrap());
    let shown = as_of(&app.anonymous(), &place, at).await.expect(200);
    assert_eq!(shown["owner"], named["owner"]);
    a_moment().await;
    let patch = app.client("cq-agency").patch(&place, json!({"name_disclosure": "hide"})).if_match(revision(&named));
    patch.await.expect(200);
    let hidden = as_of(&app.anonymous(), &place, at).await;
    assert!(!hidden.text().contains(named["owner"]["id"].as_str().unwrap()), "{}", hidden.text());
    assert_eq!(hidden.expect(200)["revision"], named["revision"]);
    assert_eq!(as_of(&app.client("reader"), &place, at).await.expect(200)["owner"], named["owner"]);
}

#[apply(api_test)]
async fn a_moment_after_a_merge_leads_to_the_record_it_was_merged_into(app: TestApp) {
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let place = path("organizations", &double);
    a_moment().await;
    let merge = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": kept["id"]}});
    let merging = app.client("cq-agency").post(&format!("{place}/transitions"), merge).if_match(revision(&double));
    merging.await.expect(200);
    let now = Moment::now().to_string();
    let answer = as_of(&app.anonymous(), &place, &now).await;
    assert_eq!(answer.status(), 301);
    assert!(answer.header("location").starts_with(&format!("{}?as_of=", path("organizations", &kept))));
    let before = as_of(&app.anonymous(), &place, double["updated_at"].as_str().unwrap()).await.expect(200);
    assert_eq!(before["name"], double["name"]);
}

#[apply(api_test)]
async fn a_moment_after_an_earlier_withdrawal_does_not_lead_where_the_record_was_merged_later(app: TestApp) {
    let cq = app.client("cq-agency");
    let (kept, double) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let place = path("organizations", &double);
    a_moment().await;
    let gone = cq.transition("organizations", &double, "withdrawn", Some("误撤")).await.expect(200);
    let away = Moment::now().to_string();
    a_moment().await;
    let back = cq.transition("organizations", &gone, "active", Some("系误撤")).await.expect(200);
    a_moment().await;
    let merge = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": kept["id"]}});
    cq.post(&format!("{place}/transitions"), merge).if_match(revision(&back)).await.expect(200);
    let then = as_of(&app.anonymous(), &place, &away).await.problem(410);
    assert_eq!((&then["reason"], &then["withdrawn_at"]), (&json!("误撤"), &gone["updated_at"]));
    assert_eq!(then.0.get("superseded_by"), None, "nothing took its place then");
    let now = as_of(&app.anonymous(), &place, &Moment::now().to_string()).await;
    assert!(now.header("location").starts_with(&path("organizations", &kept)));
}

#[apply(api_test)]
async fn who_may_not_see_a_record_learns_nothing_of_its_past(app: TestApp) {
    let draft = app.client("cq-university").create("joint-labs", joint_lab()).await;
    let (place, now) = (path("joint-labs", &draft), Moment::now().to_string());
    assert_eq!(as_of(&app.anonymous(), &place, &now).await.problem(404).code(), "not-found");
    assert_eq!(as_of(&app.client("sc-agency"), &place, &now).await.problem(404).code(), "not-found");
    let problem = as_of(&app.client("cq-university"), &place, &now).await.problem(404);
    assert_eq!((problem.code(), problem.0.get("published_at")), ("not-official-then", None));
}

#[apply(api_test)]
async fn what_was_withdrawn_by_then_is_gone_and_was_there_before(app: TestApp) {
    let published = app.published("instruments", instrument()).await;
    let place = path("instruments", &published);
    a_moment().await;
    app.client("cq-agency").transition("instruments", &published, "withdrawn", Some("重复登记")).await.expect(200);
    let now = Moment::now().to_string();
    let problem = as_of(&app.anonymous(), &place, &now).await.problem(410);
    assert_eq!((problem.code(), &problem["reason"]), ("withdrawn", &json!("重复登记")));
    let before = as_of(&app.anonymous(), &place, published["updated_at"].as_str().unwrap()).await.expect(200);
    assert_eq!((&before["state"], &before["revision"]), (&json!("active"), &json!(2)));
}

#[apply(api_test)]
async fn of_several_steps_in_one_millisecond_the_last_counts(app: TestApp) {
    let published = app.published("instruments", instrument().without("remarks")).await;
    let place = path("instruments", &published);
    a_moment().await;
    let mut record = published;
    for remarks in ["一", "二", "三"] {
        let patch = app.client("cq-agency").patch(&place, json!({"remarks": remarks})).if_match(revision(&record));
        record = patch.await.expect(200);
    }
    let id: Id = record["id"].as_str().unwrap().parse().unwrap();
    let at: Moment = record["updated_at"].as_str().unwrap().parse().unwrap();
    app.database(|conn| {
        let steps = revisions::table.filter(revisions::record_id.eq(id)).filter(revisions::number.gt(2));
        diesel::update(steps).set(revisions::at.eq(at)).execute(conn).unwrap();
    });
    let then = as_of(&app.anonymous(), &place, &at.to_string()).await.expect(200);
    assert_eq!((&then["revision"], &then["remarks"]), (&json!(5), &json!("三")));
    let before = as_of(&app.anonymous(), &place, &Moment::from_millis(at.millis() - 1).to_string()).await.expect(200);
    assert_eq!((&before["revision"], before.get("remarks")), (&json!(2), None));
}

#[apply(api_test)]
async fn a_moment_is_read_strictly(app: TestApp) {
    let published = app.published("instruments", instrument()).await;
    let place = path("instruments", &published);
    let public = app.anonymous();
    let tomorrow = Moment::now().plus_seconds(86_400).to_string();
    for (query, place_of_fault, code) in [
        ("as_of=yesterday", "as_of", "date-time"),
        ("as_of=", "as_of", "date-time"),
        ("as_of=2026-03-01", "as_of", "date-time"),
        (&format!("as_of={tomorrow}"), "as_of", "moment-to-come"),
        ("as_of=2026-11-24T00:00:00Z&expand=host", "expand", "not-together"),
        ("as_of=2026-11-24T00:00:00Z&fields=nonsense", "fields", "unknown-field"),
        ("as_of=2026-11-24T00:00:00Z&limit=3", "limit", "unknown-parameter"),
        ("asof=2026-11-24T00:00:00Z", "asof", "unknown-parameter"),
    ] {
        let problem = public.get(&format!("{place}?{query}")).await.problem(400);
        assert!(problem.has(place_of_fault, code), "{query}: {:?}", problem.faults());
    }
    let with_fields = public.get(&format!("{place}?fields=name&as_of={}", Moment::now())).await;
    assert!(!with_fields.has_header("etag"));
    let with_fields = with_fields.expect(200);
    let names: Vec<&String> = with_fields.as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "id", "name", "revision", "state"]);
}

#[apply(api_test)]
async fn an_answer_of_the_past_has_a_tag_and_a_place(app: TestApp) {
    let published = app.published("instruments", instrument()).await;
    let at = published["updated_at"].as_str().unwrap();
    let place = format!("/api/v1/instruments/{}", published["code"].as_str().unwrap());
    let answer = as_of(&app.anonymous(), &place, at).await;
    assert_eq!(answer.header("content-location"), format!("{}?as_of={at}", path("instruments", &published)));
    assert_eq!((answer.header("cache-control"), answer.header("vary")), ("public, no-cache", "Authorization"));
    let again = app.anonymous().get(&place).query(&[("as_of", at)]).header("If-None-Match", "\"2-public\"").await;
    assert_eq!((again.status(), again.bytes()), (304, &b""[..]));
    let head = app.anonymous().head(&place).query(&[("as_of", at)]).await;
    assert_eq!((head.status(), head.header("etag")), (200, "\"2-public\""));
}
