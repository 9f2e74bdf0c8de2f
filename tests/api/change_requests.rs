//! Changes of official records: proposed by one side, in effect when the provinces concerned confirmed the same digest.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, place, revision};
use crate::support::*;

fn renamed(en: &str) -> Value {
    json!({"name": {"en": en}})
}

#[apply(api_test)]
async fn an_agreed_record_changes_when_both_provinces_confirmed_the_same_content(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    for kind in ["joint-labs", "alliances", "projects"] {
        let active = app.active_joint(kind, content_of(kind)).await;
        let refused = university.patch(&path(kind, &active), renamed("Renamed")).if_match(4).await.problem(409);
        assert_eq!(refused.code(), "cosigned-field");
        assert_eq!(refused["change_requests"], format!("{}/change-requests", path(kind, &active)));

        let answer = university.propose(kind, &active, renamed("Renamed")).await;
        let request = answer.expect(201);
        assert_eq!(answer.header("location"), place(&request));
        assert_eq!((&request["purpose"], &request["state"]), (&json!("change"), &json!("open")));
        assert_eq!((&request["awaiting"], &request["base_revision"]), (&json!([CHONGQING, SICHUAN]), &json!(4)));
        let expected = json!([{"pointer": "/name/en", "before": active["name"]["en"], "after": "Renamed"}]);
        assert_eq!(request["differences"], expected);
        assert_eq!(request["content"]["name"], json!({"zh": active["name"]["zh"], "en": "Renamed"}));
        assert_ne!(request["digest"], active["digest"]);

        let waiting = app.anonymous().show(kind, &active).await.expect(200);
        assert_eq!((&waiting["name"], &waiting["digest"]), (&active["name"], &active["digest"]));
        assert_eq!(waiting["pending_changes"], json!({"count": 1, "links": [place(&request)]}));
        assert_eq!(revision(&waiting), 5);

        let first = cq.say("confirm", &request).await.expect(201);
        assert_eq!((&first["state"], &first["awaiting"]), (&json!("open"), &json!([SICHUAN])));
        assert_eq!(app.anonymous().show(kind, &active).await.expect(200)["name"], active["name"]);
        let second = sc.say("confirm", &request).await.expect(201);
        assert_eq!((&second["state"], &second["awaiting"]), (&json!("accepted"), &json!([])));
        let changed = app.anonymous().show(kind, &active).await.expect(200);
        assert_eq!((&changed["name"]["en"], &changed["digest"]), (&json!("Renamed"), &request["digest"]));
        assert_eq!(changed["pending_changes"], json!({"count": 0, "links": []}));
        let who: Vec<_> = changed["confirmations"].as_array().unwrap().iter().map(|one| &one["decision"]).collect();
        assert_eq!(who, ["confirm", "confirm"]);
        let steps = university.get(&format!("{}/revisions", path(kind, &active))).await.items();
        let steps: Vec<_> = steps[4..].iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(steps, ["change_proposed", "change_confirmed", "changed"]);
    }
}

#[apply(api_test)]
async fn who_proposes_does_not_confirm_and_nobody_confirms_what_they_did_not_see(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let request = cq.propose("joint-labs", &active, renamed("Renamed")).await.expect(201);
    assert_eq!(cq.say("confirm", &request).await.problem(403).code(), "four-eyes");
    let mut other = request.clone();
    other["digest"] = active["digest"].clone();
    let problem = sc.say("confirm", &other).await.problem(409);
    assert_eq!((problem.code(), &problem["current_digest"]), ("digest-mismatch", &request["digest"]));
    sc.say("confirm", &request).await.expect(201);
    assert_eq!(sc.say("confirm", &request).await.problem(409).code(), "already-confirmed");
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:read records:confirm");
    assert_eq!(colleague.say("confirm", &request).await.expect(201)["state"], "accepted");
    assert_eq!(colleague.say("confirm", &request).await.problem(409).code(), "not-awaiting-confirmation");
    assert_eq!(app.client("reader").get(&place(&request)).await.status(), 404);
    let stranger = app.client_with("sc-university", "records:confirm");
    let strange = stranger.say("confirm", &request).await;
    assert_eq!(strange.problem(409).code(), "not-awaiting-confirmation");
}

#[apply(api_test)]
async fn a_declined_or_recalled_change_leaves_the_record_as_it_is(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("projects", project()).await;
    let request = university.propose("projects", &active, renamed("One")).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    let without = json!({"decision": "decline", "digest": request["digest"]});
    let without = sc.post(&format!("{}/confirmations", place(&request)), without).await;
    assert!(without.problem(422).has("#/reason", "required-here"));
    let declined = sc.say("decline", &request).await.expect(201);
    assert_eq!((&declined["state"], &declined["settled_reason"]), (&json!("declined"), &json!("已核对")));
    assert!(declined["settled_at"].is_string());
    let after = university.show("projects", &active).await.expect(200);
    assert_eq!((&after["name"], &after["pending_changes"]["count"]), (&active["name"], &json!(0)));
    assert_eq!(after["confirmations"].as_array().unwrap().len(), 2, "the agreed content keeps its confirmations");

    let request = university.propose("projects", &after, renamed("Two")).await.expect(201);
    assert_eq!(sc.recall(&request).await.problem(403).code(), "other-organization");
    let recalled = university.recall(&request).await.expect(200);
    assert_eq!((&recalled["state"], &recalled["settled_reason"]), (&json!("recalled"), &json!("另议")));
    assert_eq!(sc.say("confirm", &request).await.problem(409).code(), "not-awaiting-confirmation");
    assert_eq!(university.recall(&request).await.problem(409).code(), "illegal-transition");
    let after = university.show("projects", &active).await.expect(200);
    assert_eq!((&after["name"], &after["digest"]), (&active["name"], &active["digest"]));
}

#[apply(api_test)]
async fn each_side_has_one_open_proposal_on_a_record(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let request = university.propose("joint-labs", &active, renamed("One")).await.expect(201);
    let now = cq.show("joint-labs", &active).await.expect(200);
    let problem = cq.propose("joint-labs", &now, renamed("Two")).await.problem(409);
    assert_eq!((problem.code(), &problem["change_request"]), ("change-request-open", &json!(place(&request))));
    let problem = cq.transition("joint-labs", &now, "closed", Some("到期")).await.problem(409);
    assert_eq!((problem.code(), &problem["change_request"]), ("change-request-open", &json!(place(&request))));
    let theirs = sc.propose("joint-labs", &now, json!({"fixed_staff": 77})).await.expect(201);
    let both = sc.show("joint-labs", &active).await.expect(200);
    assert_eq!(both["pending_changes"], json!({"count": 2, "links": [place(&request), place(&theirs)]}));
}

#[apply(api_test)]
async fn a_change_goes_on_when_other_members_change_meanwhile(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let request = university.propose("joint-labs", &active, renamed("Renamed")).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    let now = university.show("joint-labs", &active).await.expect(200);
    let remark = json!({"remarks": "补充说明"});
    university.patch(&path("joint-labs", &now), remark).if_match(revision(&now)).await.expect(200);
    let rebased = sc.get(&place(&request)).await.expect(200);
    assert_eq!(
        (&rebased["digest"], &rebased["awaiting"]),
        (&request["digest"], &json!([SICHUAN])),
        "nobody signs remarks"
    );
    assert_eq!(rebased["content"]["remarks"], "补充说明");
    sc.say("confirm", &rebased).await.expect(201);
    let changed = university.show("joint-labs", &active).await.expect(200);
    assert_eq!((&changed["name"]["en"], &changed["remarks"]), (&json!("Renamed"), &json!("补充说明")));
}

#[apply(api_test)]
async fn an_agreed_change_conflicts_with_one_of_the_same_member_and_rebases_another(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let ours = app.new_client("sc-colleague", None, Some(SICHUAN), "records:read records:confirm");
    for same_member in [true, false] {
        let active = app.active_joint("joint-labs", joint_lab()).await;
        let one = university.propose("joint-labs", &active, renamed("One")).await.expect(201);
        let now = sc.show("joint-labs", &active).await.expect(200);
        let patch = if same_member { renamed("Two") } else { json!({"fixed_staff": 77}) };
        let two = sc.propose("joint-labs", &now, patch).await.expect(201);
        cq.say("confirm", &two).await.expect(201);
        cq.say("confirm", &one).await.expect(201);
        ours.say("confirm", &one).await.expect(201);
        let left = cq.get(&place(&two)).await.expect(200);
        if same_member {
            assert_eq!((&left["state"], &left["conflicts"]), (&json!("conflicted"), &json!(["/name/en"])));
            assert_eq!(ours.say("confirm", &left).await.problem(409).code(), "not-awaiting-confirmation");
            continue;
        }
        assert_eq!((&left["state"], &left["awaiting"]), (&json!("open"), &json!([CHONGQING, SICHUAN])));
        assert_ne!(left["digest"], two["digest"]);
        assert_eq!(left["content"]["name"]["en"], "One");
        assert_eq!(left["differences"].as_array().unwrap().len(), 1);
        assert_eq!(ours.say("confirm", &two).await.problem(409).code(), "digest-mismatch");
        ours.say("confirm", &left).await.expect(201);
        assert_eq!(cq.say("confirm", &left).await.expect(201)["state"], "accepted");
        let changed = cq.show("joint-labs", &active).await.expect(200);
        assert_eq!((&changed["name"]["en"], &changed["fixed_staff"]), (&json!("One"), &json!(77)));
    }
}

#[apply(api_test)]
async fn a_faulty_proposal_is_refused_with_all_its_faults(app: TestApp) {
    let university = app.client("cq-university");
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let place = format!("{}/change-requests", path("joint-labs", &active));
    let post = |body: Value| university.post(&place, body).if_match(4);
    let patch = json!({"patch": {"fixed_staff": -1, "nmae": null, "disciplines": ["000"]}, "reason": "x"});
    let problem = post(patch).await.problem(422);
    assert!(problem.has("#/patch/fixed_staff", "minimum"), "{problem:?}");
    assert!(problem.has("#/patch/nmae", "unknown-field") && problem.has("#/patch/disciplines/0", "not-in-list"));
    let same = post(json!({"patch": {"name": active["name"]}, "reason": "x"})).await.problem(422);
    assert!(same.has("#/patch", "nothing-changes"));
    let alone = post(json!({"patch": {"remarks": "y"}, "reason": "x"})).await.problem(422);
    assert!(alone.has("#/patch", "acts-at-once"));
    for body in [
        json!({"patch": renamed("x")}),
        json!({"reason": "x"}),
        json!({"patch": {}, "reason": "x"}),
        json!({"patch": renamed("x"), "restore": 1, "reason": "x"}),
        json!({"restore": 0, "reason": "x"}),
    ] {
        assert_eq!(post(body).await.status(), 422);
    }
    assert_eq!(post(json!({"restore": 99, "reason": "x"})).await.problem(404).code(), "not-found");
    assert_eq!(post(json!({"restore": 99.0, "reason": "x"})).await.problem(404).code(), "not-found", "a whole number");
    let body = json!({"patch": renamed("x"), "reason": "x"});
    assert_eq!(university.post(&place, body.clone()).await.status(), 428);
    assert_eq!(university.post(&place, body.clone()).if_match(3).await.problem(412)["current_revision"], 4);
    let draft = university.create("joint-labs", joint_lab()).await;
    let problem = university.propose("joint-labs", &draft, renamed("x")).await.problem(409);
    assert_eq!(problem.code(), "illegal-transition");
    let neighbour =
        app.new_client("cq-neighbour", Some(chuanyu::kinds::shared::demo_org_id(2)), Some(CHONGQING), "records:write");
    assert_eq!(neighbour.propose("joint-labs", &active, renamed("x")).await.problem(403).code(), "other-organization");
    let keyed = |key: &str| university.post(&place, body.clone()).if_match(4).header("idempotency-key", key);
    let first = keyed("once").await.expect(201);
    assert_eq!(keyed("once").await.expect(201)["id"], first["id"]);
}

#[apply(api_test)]
async fn closing_waits_in_the_inbox_and_the_other_side_may_decline(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("alliances", alliance()).await;
    let asked = cq.transition("alliances", &active, "closed", Some("期满")).await.expect(200);
    let request = sc.get(asked["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    assert_eq!(
        (&request["purpose"], &request["to"], &request["reason"]),
        (&json!("move"), &json!("closed"), &json!("期满"))
    );
    assert_eq!(
        (&request["awaiting"], &request["confirmations"][0]["client"]),
        (&json!([SICHUAN]), &json!("cq-agency"))
    );
    sc.say("decline", &request).await.expect(201);
    let still = app.anonymous().show("alliances", &active).await.expect(200);
    assert_eq!((&still["state"], &still["pending_changes"]["count"]), (&json!("active"), &json!(0)));

    let change = sc.propose("alliances", &still, renamed("Too late")).await.expect(201);
    let now = cq.show("alliances", &active).await.expect(200);
    let asked = cq.transition("alliances", &now, "closed", Some("期满")).await.expect(200);
    let request = cq.get(asked["pending_changes"]["links"][1].as_str().unwrap()).await.expect(200);
    assert_eq!(sc.say("confirm", &request).await.expect(201)["state"], "accepted");
    let closed = app.anonymous().show("alliances", &active).await.expect(200);
    assert_eq!((&closed["state"], &closed["state_reason"]), (&json!("closed"), &json!("期满")));
    assert_eq!(sc.get(&place(&change)).await.expect(200)["state"], "lapsed");
}

#[apply(api_test)]
async fn the_inbox_shows_what_waits_for_whom(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let submitted = university.submit("projects", project()).await;
    cq.confirm("projects", &submitted).await.expect(201);
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let change = university.propose("joint-labs", &active, renamed("Renamed")).await.expect(201);
    let single = university.submit("instruments", instrument()).await;
    let seen = async |caller: &Caller, query: &str| -> Vec<Value> {
        let mut found = Vec::new();
        let mut next = format!("/api/v1/change-requests?limit=2&{query}");
        loop {
            let answer = caller.get(&next).await;
            let page = answer.expect(200);
            found.extend(page["items"].as_array().unwrap().iter().map(|one| one["record"]["id"].clone()));
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { return found };
            assert!(answer.header("link").contains(cursor));
            next = format!("/api/v1/change-requests?limit=2&{query}&cursor={cursor}");
        }
    };
    let for_sichuan = seen(&sc, "awaiting=510000&state=open").await;
    assert!(for_sichuan.contains(&submitted["id"]) && for_sichuan.contains(&active["id"]));
    assert!(!for_sichuan.contains(&single["id"]));
    let for_chongqing = seen(&cq, "awaiting=500000").await;
    assert!(for_chongqing.contains(&single["id"]) && !for_chongqing.contains(&submitted["id"]));
    assert!(!seen(&sc, "").await.contains(&single["id"]), "an instrument of Chongqing is no matter of Sichuan's");
    let nobody = "record=019abf00-0000-7000-8001-00ffffffffff";
    assert_eq!(seen(&sc, &format!("purpose=change&kind=joint-labs,projects&{nobody}")).await.len(), 0);
    let of_record = format!("purpose=change&record={}", active["code"].as_str().unwrap());
    assert_eq!(seen(&sc, &of_record).await, [active["id"].clone()]);
    assert!(seen(&app.client("reader"), "").await.is_empty());
    let listed = sc.get(&format!("/api/v1/change-requests?{of_record}")).await.items();
    assert_eq!((&listed[0]["id"], listed[0].get("content")), (&change["id"], None));

    assert!(!seen(&sc, "overdue=true&province=500000").await.contains(&active["id"]));
    use diesel::connection::SimpleConnection;
    let old = match app.engine {
        Engine::Sqlite => "opened_at - 31 * 86400000",
        Engine::Postgres => "opened_at - interval '31 days'",
    };
    app.database(|conn| {
        conn.batch_execute(&format!("UPDATE proposals SET opened_at = {old} WHERE purpose = 'change'")).unwrap()
    });
    assert!(seen(&sc, "overdue=true&province=500000").await.contains(&active["id"]));
    assert_eq!(sc.get(&place(&change)).await.expect(200)["overdue"], true);
    for (query, parameter) in [
        ("awaiting=1", "awaiting"),
        ("kind=joint-lab", "kind"),
        ("state=opne", "state"),
        ("awating=510000", "awating"),
        ("record=null", "record"),
        ("record=LAB-2026-000001-0", "record"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("overdue=maybe", "overdue"),
    ] {
        let problem = sc.get(&format!("/api/v1/change-requests?{query}")).await.problem(400);
        assert_eq!(problem.faults()[0].0, parameter);
    }
    let cursor =
        sc.get("/api/v1/change-requests?limit=1").await.json()["page"]["next_cursor"].as_str().unwrap().to_owned();
    let other = sc.get(&format!("/api/v1/change-requests?limit=1&overdue=true&cursor={cursor}")).await;
    assert_eq!(other.problem(400).code(), "cursor-mismatch");
}

#[apply(api_test)]
async fn a_single_owner_changes_its_record_at_once_but_not_its_lifecycle_or_owner(app: TestApp) {
    let (university, cq) = (app.client("cq-university"), app.client("cq-agency"));
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:read records:confirm");
    let active = app.published("instruments", instrument()).await;
    let place = path("instruments", &active);
    let patched = university.patch(&place, json!({"model": "X-2"})).if_match(revision(&active)).await.expect(200);
    let at = revision(&patched);
    let problem = university.patch(&place, json!({"lifecycle": "suspended"})).if_match(at).await.problem(409);
    assert_eq!(
        (problem.code(), problem.faults()),
        ("cosigned-field", vec![("#/lifecycle".to_owned(), "cosigned-field".to_owned())])
    );
    let request = university.propose("instruments", &patched, json!({"lifecycle": "suspended"})).await.expect(201);
    assert_eq!(request["awaiting"], json!([CHONGQING]));
    assert_eq!(university.show("instruments", &active).await.expect(200)["lifecycle"], active["lifecycle"]);
    cq.say("confirm", &request).await.expect(201);
    let suspended = app.anonymous().show("instruments", &active).await.expect(200);
    assert_eq!((&suspended["lifecycle"], &suspended["model"]), (&json!("suspended"), &json!("X-2")));
    let back = cq.patch(&place, json!({"lifecycle": "open"})).if_match(revision(&suspended)).await.expect(200);

    let other = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(2)}});
    let problem = university.patch(&place, other.clone()).if_match(revision(&back)).await.problem(409);
    assert_eq!(problem.faults(), [("#/host".to_owned(), "cosigned-field".to_owned())]);
    let request = university.propose("instruments", &back, other).await.expect(201);
    assert_eq!(cq.say("confirm", &request).await.problem(403).code(), "four-eyes", "it changed the record itself");
    colleague.say("confirm", &request).await.expect(201);
    let given = app.anonymous().show("instruments", &active).await.expect(200);
    assert_eq!(given["owner"]["id"], json!(chuanyu::kinds::shared::demo_org_id(2)));
    let late = university.patch(&place, json!({"model": "X-3"})).if_match(revision(&given)).await;
    assert_eq!(late.problem(403).code(), "other-organization");

    // From one province to the other: both confirm.
    let away = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(66)}});
    let clerk = app.new_client("cq-other", None, Some(CHONGQING), "records:read records:write records:publish");
    let request = clerk.propose("instruments", &given, away).await.expect(201);
    assert_eq!(request["awaiting"], json!([CHONGQING, SICHUAN]));
    cq.say("confirm", &request).await.expect(201);
    app.client("sc-agency").say("confirm", &request).await.expect(201);
    assert_eq!(app.anonymous().show("instruments", &active).await.expect(200)["province"], SICHUAN);
}

#[apply(api_test)]
async fn an_earlier_content_comes_back_as_a_new_revision(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let active = app.published("instruments", instrument()).await;
    let place_of = path("instruments", &active);
    let patched = university.patch(&place_of, json!({"model": "wrong"})).if_match(revision(&active)).await.expect(200);
    let wish = json!({"revision": 1, "reason": "误改"});
    let restored = university
        .post(&format!("{place_of}/restorations"), wish.clone())
        .if_match(revision(&patched))
        .await
        .expect(200);
    assert_eq!((&restored["model"], &restored["digest"]), (&active["model"], &active["digest"]));
    let steps = university.get(&format!("{place_of}/revisions")).await.items();
    let last = steps.last().unwrap();
    assert_eq!((&last["action"], &last["reason"]), (&json!("restored"), &json!("误改")));
    for number in [0, 99] {
        let body = json!({"revision": number, "reason": "x"});
        let answer = university.post(&format!("{place_of}/restorations"), body).if_match(revision(&restored)).await;
        assert!(matches!(answer.status(), 404 | 422), "{}", answer.text());
    }

    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let request = university.propose("joint-labs", &lab, renamed("Renamed")).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);
    let now = university.show("joint-labs", &lab).await.expect(200);
    let place_of = path("joint-labs", &lab);
    let alone = university.post(&format!("{place_of}/restorations"), wish).if_match(revision(&now)).await;
    assert_eq!(alone.problem(409).code(), "cosigned-field");
    let body = json!({"restore": 4, "reason": "恢复原名"});
    let back = university.post(&format!("{place_of}/change-requests"), body).if_match(revision(&now)).await.expect(201);
    assert_eq!(back["digest"], lab["digest"]);
    cq.say("confirm", &back).await.expect(201);
    sc.say("confirm", &back).await.expect(201);
    assert_eq!(app.anonymous().show("joint-labs", &lab).await.expect(200)["name"], lab["name"]);
}

#[apply(api_test)]
async fn a_duplicate_is_merged_and_every_reference_goes_with_it(app: TestApp) {
    let cq = app.client("cq-agency");
    let loser = app.published("organizations", organization()).await;
    // The winner refers to the loser, that is to itself after the merge.
    let of_loser = organization().with("/parent", json!({"id": loser["id"]}));
    let winner = app.published("organizations", of_loser).await;
    let id = |record: &Value| -> chuanyu::db::Id { record["id"].as_str().unwrap().parse().unwrap() };
    let host = json!({"id": loser["id"]});
    let instrument = app.published("instruments", instrument().with("/host", host)).await;
    let party = json!({"org_id": loser["id"], "province": CHONGQING, "role": "co_lead", "joined_on": "2024-01-01"});
    let lab = app.active_joint("alliances", alliance().with("/parties/-", party)).await;
    let client = app.new_client("cq-loser", Some(id(&loser)), Some(CHONGQING), "records:read records:write");

    let merge = |body: Value| {
        cq.post(&format!("{}/transitions", path("organizations", &loser)), body).if_match(revision(&loser))
    };
    let both = json!({"to": "withdrawn", "reason": "重复", "merged_into": {"id": winner["id"]}, "superseded_by": {"id": winner["id"]}});
    assert!(merge(both).await.problem(422).has("#/merged_into", "one-successor"));
    let itself = json!({"to": "withdrawn", "reason": "重复", "merged_into": {"id": loser["id"]}});
    assert!(merge(itself).await.problem(422).has("#/merged_into", "reference-to-itself"));
    let elsewhere =
        json!({"to": "withdrawn", "reason": "重复", "merged_into": {"id": chuanyu::kinds::shared::demo_org_id(66)}});
    assert!(merge(elsewhere).await.problem(422).has("#/merged_into", "merge-across-provinces"));
    let nowhere = json!({"to": "withdrawn", "reason": "重复", "merged_into": {"code": "ORG-2026-999999-9"}});
    assert_eq!(merge(nowhere).await.status(), 422);
    let early = json!({"to": "suspended", "reason": "x", "merged_into": {"id": winner["id"]}});
    assert_eq!(merge(early).await.status(), 422);
    merge(json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"code": winner["code"]}})).await.expect(200);
    let second = app.second_of_chongqing();
    let request = second.waiting_on("organizations", &loser).await;
    second.say("confirm", &request).await.expect(201);

    let moved = app.anonymous().get(&format!("{}?fields=name", path("organizations", &loser))).await;
    assert_eq!(
        (moved.status(), moved.header("location")),
        (301, format!("{}?fields=name", path("organizations", &winner)).as_str())
    );
    let by_code = app.anonymous().get(&format!("/api/v1/organizations/{}", loser["code"].as_str().unwrap())).await;
    assert_eq!(by_code.status(), 301);
    let winner_id = winner["id"].as_str().unwrap();
    for (kind, filter, record) in
        [("instruments", "host", &instrument), ("instruments", "owner", &instrument), ("alliances", "party", &lab)]
    {
        let found = app.anonymous().get(&format!("/api/v1/{kind}?{filter}={winner_id}")).await.items();
        assert!(found.iter().any(|one| one["id"] == record["id"]), "{kind} by {filter}");
    }
    let below = app.anonymous().get(&format!("/api/v1/organizations?parent={winner_id}")).await.items();
    assert!(below.is_empty(), "nothing is below itself: {below:?}");
    invariants::is_whole(&app.database);
    let owned = app.anonymous().show("instruments", &instrument).await.expect(200);
    assert_eq!((&owned["owner"]["id"], &owned["owner"]["code"]), (&winner["id"], &winner["code"]));
    assert_eq!((&owned["host"]["id"], &owned["digest"]), (&loser["id"], &instrument["digest"]), "signed content stays");
    assert_eq!(app.anonymous().show("alliances", &lab).await.expect(200)["parties"], lab["parties"]);

    // The merged organization's client goes on under the other one, and a later change keeps the reference moved.
    drop(client);
    let client = app.client("cq-loser");
    let place = path("instruments", &instrument);
    client
        .patch(&place, json!({"model": "X-9", "manufacturer": "示例厂"}))
        .if_match(revision(&owned))
        .await
        .expect(200);
    let found = app.anonymous().get(&format!("/api/v1/instruments?host={winner_id}")).await.items();
    assert!(found.iter().any(|one| one["id"] == instrument["id"]));
    let suspended = client.transition("alliances", &lab, "suspended", Some("整改")).await;
    assert_eq!(suspended.expect(200)["state"], "suspended", "still the client of a party that leads");

    // Copies learn where it went, and so do readers of records that still name it.
    let head = cq.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    let items = app.client("reader").get(&format!("/api/v1/changes?after={}&limit=1000", head - 20)).await.items();
    let item = items.iter().find(|item| item["ref"]["id"] == loser["id"] && item["state"] == "withdrawn").unwrap();
    let into = json!({"id": winner["id"], "code": winner["code"]});
    assert_eq!(
        (&item["type"], &item["tombstone"], &item["merged_into"]),
        (&json!("organization.merged"), &json!(true), &into)
    );
    assert!(items.iter().all(|item| item.get("merged_into").is_none() || item["ref"]["id"] == loser["id"]));
    let expanded = app.anonymous().get(&format!("{}?expand=parties", path("alliances", &lab))).await.expect(200);
    let parties = expanded["expanded"]["parties"].as_array().unwrap();
    assert_eq!(parties.len(), lab["parties"].as_array().unwrap().len(), "one for each");
    let successor = parties.iter().find(|one| one["in_place_of"] == loser["id"]).unwrap();
    assert_eq!(
        (&successor["id"], &successor["name"], &successor["state"]),
        (&winner["id"], &winner["name"], &json!("active"))
    );
    assert!(parties.iter().all(|one| one["id"] == winner["id"] || one.get("in_place_of").is_none()));

    // Earlier merges follow when the winner is merged too; a superseded record is only named.
    let last = app.published("organizations", organization()).await;
    let body = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": last["id"]}});
    cq.post(&format!("{}/transitions", path("organizations", &winner)), body)
        .if_match(revision(&winner))
        .await
        .expect(200);
    let request = second.waiting_on("organizations", &winner).await;
    second.say("confirm", &request).await.expect(201);
    assert_eq!(app.anonymous().show("organizations", &loser).await.header("location"), path("organizations", &last));
    let old = app.published("instruments", contents::instrument()).await;
    let body = json!({"to": "withdrawn", "reason": "更新", "superseded_by": {"id": instrument["id"]}});
    cq.post(&format!("{}/transitions", path("instruments", &old)), body).if_match(revision(&old)).await.expect(200);
    let gone = app.anonymous().show("instruments", &old).await.problem(410);
    assert_eq!(gone["superseded_by"]["code"], instrument["code"]);
}

#[apply(api_test)]
async fn two_labs_that_are_one_are_merged_by_both_provinces(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let (winner, loser) =
        (app.active_joint("joint-labs", joint_lab()).await, app.active_joint("joint-labs", joint_lab()).await);
    let body = json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": winner["id"]}});
    let place_of = format!("{}/transitions", path("joint-labs", &loser));
    let asked = cq.post(&place_of, body.clone()).if_match(4).await.expect(200);
    assert_eq!(app.anonymous().show("joint-labs", &loser).await.status(), 200);
    let other = json!({"to": "withdrawn", "reason": "重复登记"});
    let problem = sc.post(&place_of, other).if_match(revision(&asked)).await.problem(409);
    assert_eq!(problem.code(), "change-request-open", "without the successor it is another wish");
    sc.post(&place_of, body).if_match(revision(&asked)).await.expect(200);
    assert_eq!(app.anonymous().show("joint-labs", &loser).await.header("location"), path("joint-labs", &winner));
}

#[apply(api_test)]
async fn a_hundred_clients_that_propose_at_once_open_one_change(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let sc = app.client("sc-university");
    let side = app.client("cq-university");
    let tries = (0..100).map(|number| {
        let caller = if number % 2 == 0 { side.clone() } else { sc.clone() };
        let active = active.clone();
        async move { caller.propose("joint-labs", &active, renamed(&format!("N{number}"))).await.status() }
    });
    let statuses = join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 403 | 409 | 412)), "{statuses:?}");
}

#[apply(api_test)]
async fn a_record_goes_to_the_other_province_only_with_its_word_whatever_changes_meanwhile(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let active = app.published("instruments", instrument()).await;
    let away = json!({"host": {"id": chuanyu::kinds::shared::demo_org_id(66)}});
    let request = university.propose("instruments", &active, away).await.expect(201);
    assert_eq!(request["awaiting"], json!([CHONGQING, SICHUAN]));
    let now = university.show("instruments", &active).await.expect(200);
    let place_of = path("instruments", &active);
    university.patch(&place_of, json!({"model": "X-2"})).if_match(revision(&now)).await.expect(200);
    let rebased = sc.get(&place(&request)).await.expect(200);
    assert_eq!(rebased["awaiting"], json!([CHONGQING, SICHUAN]), "Sichuan is still asked");
    cq.say("confirm", &rebased).await.expect(201);
    assert_eq!(app.anonymous().show("instruments", &active).await.expect(200)["province"], CHONGQING);
    sc.say("confirm", &rebased).await.expect(201);
    let given = app.anonymous().show("instruments", &active).await.expect(200);
    assert_eq!((&given["province"], &given["model"]), (&json!(SICHUAN), &json!("X-2")));
    assert_eq!(sc.get(&place(&request)).await.expect(200)["state"], "accepted");

    // Its creator and its former owner have no rights any more.
    for caller in [&cq, &university] {
        let answer = caller.transition("instruments", &given, "suspended", Some("x")).await;
        assert!(matches!(answer.status(), 403 | 409), "{}", answer.text());
        assert_eq!(caller.propose("instruments", &given, json!({"lifecycle": "suspended"})).await.status(), 403);
    }
}

#[apply(api_test)]
async fn a_party_that_left_acts_no_longer_for_its_side(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let party = json!({"org_id": chuanyu::kinds::shared::demo_org_id(2), "province": CHONGQING, "role": "co_lead",
        "joined_on": "2024-01-01"});
    let lab = app.active_joint("alliances", alliance().with("/parties/-", party)).await;
    let second = Some(chuanyu::kinds::shared::demo_org_id(2));
    let client = app.new_client("cq-second", second, Some(CHONGQING), "records:read records:write");
    let remarked = client.patch(&path("alliances", &lab), json!({"remarks": "x"})).if_match(4).await.expect(200);
    let mut parties = lab["parties"].clone();
    parties[5]["left_on"] = json!("2025-01-01");
    let request = university.propose("alliances", &remarked, json!({"parties": parties})).await.expect(201);
    cq.say("confirm", &request).await.expect(201);
    sc.say("confirm", &request).await.expect(201);
    let now = university.show("alliances", &lab).await.expect(200);
    let answer = client.patch(&path("alliances", &now), json!({"remarks": "y"})).if_match(revision(&now)).await;
    assert_eq!(answer.problem(403).code(), "other-organization");
    assert_eq!(client.transition("alliances", &now, "suspended", Some("x")).await.status(), 403);
}

#[apply(api_test)]
async fn merges_that_cross_do_not_both_happen(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let (one, other) =
        (app.active_joint("joint-labs", joint_lab()).await, app.active_joint("joint-labs", joint_lab()).await);
    let into = |target: &Value| json!({"to": "withdrawn", "reason": "重复登记", "merged_into": {"id": target["id"]}});
    let ask = async |caller: &Caller, record: &Value, body: Value| {
        let now = caller.show("joint-labs", record).await.expect(200);
        caller.post(&format!("{}/transitions", path("joint-labs", record)), body).if_match(revision(&now)).await
    };
    ask(&cq, &one, into(&other)).await.expect(200);
    ask(&cq, &other, into(&one)).await.expect(200);
    ask(&sc, &other, into(&one)).await.expect(200);
    let left = sc.show("joint-labs", &one).await.expect(200);
    let request = sc.get(left["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    let crossing = sc.say("confirm", &request).await;
    assert!(crossing.problem(422).has("#/merged_into", "reference-ended"), "{}", crossing.text());
    assert_eq!(app.anonymous().show("joint-labs", &one).await.status(), 200);
    assert_eq!(app.anonymous().show("joint-labs", &other).await.status(), 301);
}

#[apply(api_test)]
async fn asking_for_the_same_move_with_another_reason_confirms_nothing(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let active = app.active_joint("alliances", alliance()).await;
    let asked = cq.transition("alliances", &active, "closed", Some("期满")).await.expect(200);
    let problem = sc.transition("alliances", &asked, "closed", Some("经费不足")).await.problem(409);
    assert_eq!(
        (problem.code(), &problem["change_request"]),
        ("change-request-open", &asked["pending_changes"]["links"][0])
    );
    assert_eq!(app.anonymous().show("alliances", &active).await.expect(200)["state"], "active");
    let steps = app.client("reader").get(&format!("{}/revisions", path("alliances", &active))).await.items();
    assert!(steps.iter().all(|one| one["action"] != "closed_asked"), "proposals are for the sides concerned");
}
