//! The life of a record from draft to tombstone, and who may take each step.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

#[apply(api_test)]
async fn two_provinces_make_a_joint_record_official(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    for kind in ["joint-labs", "alliances", "projects"] {
        let submitted = university.submit(kind, content_of(kind)).await;
        let pending = |province: &str| json!({"province": province, "decision": "pending"});
        assert_eq!(submitted["confirmations"], json!([pending(CHONGQING), pending(SICHUAN)]));
        let first = cq.confirm(kind, &submitted).await;
        assert_eq!(first.header("location"), format!("{}/confirmations", path(kind, &submitted)));
        let first = first.expect(201);
        assert_eq!(first["state"], "submitted");
        assert_eq!(
            (&first["province"], &first["decision"], &first["digest"]),
            (&json!(CHONGQING), &json!("confirm"), &submitted["digest"])
        );
        assert_eq!(first["counterpart"], pending(SICHUAN));
        assert!(university.show(kind, &submitted).await.expect(200).get("published_at").is_none());
        let second = sc.confirm(kind, &submitted).await.expect(201);
        assert_eq!((&second["state"], &second["counterpart"]["decision"]), (&json!("active"), &json!("confirm")));
        let active = app.anonymous().show(kind, &submitted).await.expect(200);
        assert_eq!((&active["state"], &active["revision"]), (&json!("active"), &json!(4)));
        assert_eq!(active["digest"], submitted["digest"]);
        assert!(active["published_at"].is_string());
    }
}

#[apply(api_test)]
async fn who_submitted_does_not_confirm(app: TestApp) {
    let agency = app.client("cq-agency");
    let submitted = agency.submit("joint-labs", joint_lab()).await;
    assert_eq!(agency.confirm("joint-labs", &submitted).await.problem(403).code(), "four-eyes");
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:read records:confirm");
    colleague.confirm("joint-labs", &submitted).await.expect(201);
}

#[apply(api_test)]
async fn a_province_decides_once(app: TestApp) {
    let submitted = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    let agency = app.client("cq-agency");
    agency.confirm("joint-labs", &submitted).await.expect(201);
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:confirm");
    for caller in [agency, colleague] {
        let problem = caller.confirm("joint-labs", &submitted).await.problem(409);
        assert_eq!((problem.code(), &problem["decision"]), ("already-confirmed", &json!("confirm")));
        let problem = caller.decline("joint-labs", &submitted, "x").await.problem(409);
        assert_eq!(problem.code(), "already-confirmed");
    }
}

#[apply(api_test)]
async fn only_what_was_read_is_confirmed(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("sc-agency"));
    let submitted = university.submit("joint-labs", joint_lab()).await;
    let mut other = submitted.clone();
    other["digest"] = json!(format!("sha-256:{}", "0".repeat(64)));
    let problem = agency.confirm("joint-labs", &other).await.problem(409);
    assert_eq!((problem.code(), &problem["current_digest"]), ("digest-mismatch", &submitted["digest"]));
    let back = university.transition("joint-labs", &submitted, "draft", Some("改名")).await.expect(200);
    let patched =
        university.patch(&path("joint-labs", &back), json!({"name": {"en": "New"}})).if_match(3).await.expect(200);
    university.transition("joint-labs", &patched, "submitted", None).await.expect(200);
    assert_eq!(agency.confirm("joint-labs", &submitted).await.problem(409)["current_digest"], patched["digest"]);
}

#[apply(api_test)]
async fn what_is_not_signed_does_not_change_the_digest(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.create("instruments", instrument()).await;
    let place = path("instruments", &draft);
    let remarked =
        university.patch(&place, json!({"remarks": "x", "contact": {"name": "设备处"}})).if_match(1).await.expect(200);
    assert_eq!(remarked["digest"], draft["digest"]);
    let changed = university.patch(&place, json!({"model": "x"})).if_match(2).await.expect(200);
    assert_ne!(changed["digest"], draft["digest"]);
}

#[apply(api_test)]
async fn a_province_not_concerned_has_no_say(app: TestApp) {
    let submitted = app.client("cq-university").submit("instruments", instrument()).await;
    assert_eq!(
        app.client("sc-agency").confirm("instruments", &submitted).await.status(),
        404,
        "it does not even see it"
    );
    let published = app.published("instruments", instrument()).await;
    let problem = app.client("sc-agency").confirm("instruments", &published).await.problem(403);
    assert_eq!(problem.code(), "other-province");
    app.client("cq-agency").confirm("instruments", &submitted).await.expect(201);
    assert_eq!(app.anonymous().show("instruments", &submitted).await.expect(200)["state"], "active");
}

#[apply(api_test)]
async fn declining_returns_the_draft_and_a_new_submission_needs_both_again(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let submitted = university.submit("projects", project()).await;
    cq.confirm("projects", &submitted).await.expect(201);
    let nothing = json!({"decision": "decline", "digest": submitted["digest"]});
    let without = sc.post(&format!("{}/confirmations", path("projects", &submitted)), nothing).await;
    assert!(without.problem(422).has("#/reason", "required-here"));
    let declined = sc.decline("projects", &submitted, "经费不符").await.expect(201);
    assert_eq!((&declined["state"], &declined["decision"]), (&json!("draft"), &json!("decline")));
    assert_eq!(declined["counterpart"]["decision"], "confirm");
    let draft = university.show("projects", &submitted).await.expect(200);
    assert_eq!((&draft["state"], &draft["state_reason"]), (&json!("draft"), &json!("经费不符")));
    assert_eq!(draft["confirmations"], json!([]));
    assert_eq!(sc.show("projects", &submitted).await.status(), 404);
    let again = university.transition("projects", &draft, "submitted", None).await.expect(200);
    assert_eq!(again["digest"], submitted["digest"]);
    let second = sc.confirm("projects", &again).await.expect(201);
    assert_eq!((&second["state"], &second["counterpart"]["decision"]), (&json!("submitted"), &json!("pending")));
    assert_eq!(cq.confirm("projects", &again).await.expect(201)["state"], "active");
}

#[apply(api_test)]
async fn a_draft_or_an_active_record_does_not_wait_for_confirmation(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("joint-labs", joint_lab()).await;
    assert_eq!(agency.confirm("joint-labs", &draft).await.problem(409).code(), "not-awaiting-confirmation");
    let active = app.active_joint("joint-labs", joint_lab()).await;
    assert_eq!(agency.confirm("joint-labs", &active).await.problem(409).code(), "not-awaiting-confirmation");
}

#[apply(api_test)]
async fn a_trusted_client_publishes_single_owner_records_of_its_province(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let draft = university.create("instruments", instrument()).await;
    let problem = university.transition("instruments", &draft, "active", None).await.problem(409);
    assert_eq!((problem.code(), &problem["legal"]), ("illegal-transition", &json!(["submitted", "withdrawn"])));
    let submitted = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    let active = agency.transition("instruments", &submitted, "active", None).await.expect(200);
    assert_eq!(active["state"], "active");
    let lab = agency.create("joint-labs", joint_lab()).await;
    let problem = agency.transition("joint-labs", &lab, "active", None).await.problem(409);
    assert_eq!(problem["legal"], json!(["submitted", "withdrawn"]), "joint records need both provinces");
    let submitted = agency.transition("joint-labs", &lab, "submitted", None).await.expect(200);
    assert_eq!(
        agency.transition("joint-labs", &submitted, "active", None).await.problem(409).code(),
        "illegal-transition"
    );
}

#[apply(api_test)]
async fn a_submission_can_be_taken_back_and_not_changed_meanwhile(app: TestApp) {
    let university = app.client("cq-university");
    let submitted = university.submit("joint-labs", joint_lab()).await;
    let answer = university.patch(&path("joint-labs", &submitted), json!({"fixed_staff": 7})).if_match(2).await;
    assert_eq!(answer.problem(409).code(), "take-back-first");
    let answer = university.transition("joint-labs", &submitted, "draft", None).await;
    assert!(answer.problem(422).has("#/reason", "required-here"));
    let draft = university.transition("joint-labs", &submitted, "draft", Some("补充材料")).await.expect(200);
    assert_eq!((&draft["state"], &draft["state_reason"]), (&json!("draft"), &json!("补充材料")));
    university.patch(&path("joint-labs", &draft), json!({"fixed_staff": 7})).if_match(3).await.expect(200);
}

#[apply(api_test)]
async fn either_side_suspends_alone_and_says_why(app: TestApp) {
    for name in ["cq-agency", "sc-agency", "cq-university"] {
        let active = app.active_joint("joint-labs", joint_lab()).await;
        let caller = app.client(name);
        let answer = caller.transition("joint-labs", &active, "suspended", None).await;
        assert!(answer.problem(422).has("#/reason", "required-here"));
        for to in ["draft", "submitted"] {
            let problem = caller.transition("joint-labs", &active, to, Some("x")).await.problem(409);
            let legal = if name == "cq-university" {
                json!(["suspended"])
            } else {
                json!(["suspended", "closed", "withdrawn"])
            };
            assert_eq!((problem.code(), &problem["legal"]), ("illegal-transition", &legal), "{name} {to}");
        }
        let suspended = caller.transition("joint-labs", &active, "suspended", Some("整改")).await.expect(200);
        assert_eq!((&suspended["state"], &suspended["state_reason"]), (&json!("suspended"), &json!("整改")));
        assert_eq!(suspended["digest"], active["digest"], "the content is untouched");
    }
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let neighbour = Some(chuanyu::kinds::shared::demo_org_id(2));
    let stranger = app.new_client("cq-neighbour", neighbour, Some(CHONGQING), "records:write");
    let answer = stranger.transition("joint-labs", &active, "suspended", Some("x")).await;
    assert_eq!(answer.problem(403).code(), "other-organization");
}

#[apply(api_test)]
async fn both_provinces_end_or_resume_cooperation_together(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    for to in ["closed", "withdrawn", "active"] {
        let mut record = app.active_joint("joint-labs", joint_lab()).await;
        if to == "active" {
            record = cq.transition("joint-labs", &record, "suspended", Some("整改")).await.expect(200);
        }
        let before = record["state"].clone();
        let owner = app.client("cq-university").transition("joint-labs", &record, to, Some("x")).await;
        assert!(matches!(owner.status(), 403 | 409), "{}", owner.text());
        let asked = sc.transition("joint-labs", &record, to, Some("到期")).await.expect(200);
        assert_eq!((&asked["state"], revision(&asked)), (&before, revision(&record) + 1));
        let again = sc.transition("joint-labs", &asked, to, Some("到期")).await;
        assert_eq!(again.problem(409).code(), "already-confirmed");
        let done = cq.transition("joint-labs", &asked, to, Some("到期")).await.expect(200);
        assert_eq!(done["state"], to);
        let expected = if to == "withdrawn" { 410 } else { 200 };
        assert_eq!(app.anonymous().show("joint-labs", &record).await.status(), expected);
    }
}

#[apply(api_test)]
async fn what_both_signed_is_not_patched_by_one(app: TestApp) {
    let university = app.client("cq-university");
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &active);
    let patch = json!({"fixed_staff": 7, "area_m2": "1.00", "remarks": "x"});
    let problem = university.patch(&place, patch).if_match(revision(&active)).await.problem(409);
    assert_eq!(problem.code(), "cosigned-field");
    assert_eq!(problem.faults().iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), ["#/area_m2", "#/fixed_staff"]);
    let remarked = university.patch(&place, json!({"remarks": "x"})).if_match(revision(&active)).await.expect(200);
    assert_eq!((&remarked["state"], &remarked["digest"]), (&json!("active"), &active["digest"]));
}

#[apply(api_test)]
async fn a_single_owner_record_is_suspended_resumed_and_closed(app: TestApp) {
    let agency = app.client("cq-agency");
    let active = app.published("instruments", instrument()).await;
    let suspended = agency.transition("instruments", &active, "suspended", Some("维修")).await.expect(200);
    let resumed = agency.transition("instruments", &suspended, "active", None).await.expect(200);
    assert!(resumed.get("state_reason").is_none());
    assert_eq!(resumed["published_at"], active["published_at"]);
    let closed = agency.transition("instruments", &resumed, "closed", Some("报废")).await.expect(200);
    assert_eq!(app.anonymous().show("instruments", &closed).await.expect(200)["state"], "closed");
    for to in ["draft", "submitted", "active", "suspended", "withdrawn"] {
        let problem = agency.transition("instruments", &closed, to, Some("x")).await.problem(409);
        assert_eq!((problem.code(), &problem["legal"]), ("illegal-transition", &json!([])));
    }
    let answer = agency.patch(&path("instruments", &closed), json!({"model": "x"})).if_match(revision(&closed)).await;
    assert_eq!(answer.problem(409).code(), "illegal-transition");
}

#[apply(api_test)]
async fn a_withdrawn_record_is_gone_and_says_why(app: TestApp) {
    let agency = app.client("cq-agency");
    let active = app.published("instruments", instrument()).await;
    agency.transition("instruments", &active, "withdrawn", Some("重复登记")).await.expect(200);
    let place = path("instruments", &active);
    let by_code = format!("/api/v1/instruments/{}", active["code"].as_str().unwrap());
    for caller in [app.anonymous(), app.client("reader"), agency.clone()] {
        for place in [&place, &by_code] {
            let problem = caller.get(place).await.problem(410);
            assert_eq!((problem.code(), &problem["reason"]), ("withdrawn", &json!("重复登记")));
            assert!(problem["withdrawn_at"].is_string());
        }
        let listed = caller.get(&format!("/api/v1/instruments?code={}", active["code"].as_str().unwrap())).await;
        assert_eq!(listed.items(), Vec::<Value>::new());
    }
    let writes = [
        agency.patch(&place, json!({"model": "x"})).header("if-match", "*").await,
        agency.delete(&place).header("if-match", "*").await,
        agency.confirm("instruments", &active).await,
    ];
    writes.iter().for_each(|answer| assert_eq!(answer.problem(410).code(), "withdrawn"));
    let draft = agency.create("instruments", instrument()).await;
    agency.transition("instruments", &draft, "withdrawn", Some("误录")).await.expect(200);
    assert_eq!(app.anonymous().show("instruments", &draft).await.status(), 404, "nobody knew it");
    assert_eq!(agency.show("instruments", &draft).await.status(), 410);
}

#[apply(api_test)]
async fn what_a_withdrawn_record_was_is_read_on_by_whoever_saw_it(app: TestApp) {
    let (university, agency, reader) = (app.client("cq-university"), app.client("cq-agency"), app.client("reader"));
    let draft = university.create("instruments", instrument().with("/model", "甲")).await;
    let place = path("instruments", &draft);
    let patched = university.patch(&place, json!({"model": "乙"})).if_match(1).await.expect(200);
    let submitted = university.transition("instruments", &patched, "submitted", None).await.expect(200);
    agency.confirm("instruments", &submitted).await.expect(201);
    let active = university.show("instruments", &draft).await.expect(200);
    let changed = university.patch(&place, json!({"model": "丙"})).if_match(revision(&active)).await.expect(200);
    let gone = agency.transition("instruments", &changed, "withdrawn", Some("重复登记")).await.expect(200);
    let numbers = async |caller: &Caller, part: &str| -> Vec<i64> {
        let items = caller.get(&format!("{place}/{part}")).await.items();
        items.iter().map(|one| one["revision"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(&university, "revisions").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(numbers(&agency, "revisions").await, [3, 4, 5, 6], "drafts stay the owner's");
    assert_eq!(numbers(&reader, "revisions").await, [4, 5, 6]);
    assert_eq!(numbers(&reader, "transitions").await, [4, 6]);
    let list = reader.get(&format!("{place}/transitions")).await.expect(200);
    let last = list["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["to"], &last["reason"], &list["legal"]), (&json!("withdrawn"), &json!("重复登记"), &json!([])));
    let differences = reader.get(&format!("{place}/revisions/4/diff")).await.expect(200);
    assert_eq!((&differences["to"], &differences["differences"][0]["after"]), (&gone["revision"], &json!("丙")));
    assert_eq!(reader.get(&format!("{place}/revisions/5")).await.expect(200)["content"]["model"], "丙");
    for hidden in [format!("{place}/revisions/2"), format!("{place}/revisions/2/diff")] {
        assert_eq!(reader.get(&hidden).await.problem(404).code(), "not-found", "{hidden}");
    }
    assert_eq!(reader.get(&format!("{place}/confirmations")).await.items()[0]["decision"], "confirm");
    assert_eq!(reader.get(&place).await.problem(410).code(), "withdrawn");
    // Only its owner sees a record that was withdrawn before it was official.
    let early = university.submit("instruments", instrument()).await;
    university.transition("instruments", &early, "withdrawn", Some("误登")).await.expect(200);
    for part in ["revisions", "revisions/1", "revisions/1/diff", "transitions", "confirmations", "proof"] {
        let place = format!("{}/{part}", path("instruments", &early));
        assert_eq!(agency.get(&place).await.status(), 404, "{part}");
        assert_ne!(university.get(&place).await.status(), 404, "{part}");
    }
}

#[apply(api_test)]
async fn moves_are_read_page_by_page_up_to_the_newest(app: TestApp) {
    let (agency, reader) = (app.client("cq-agency"), app.client("reader"));
    let mut record = app.published("instruments", instrument()).await;
    let place = path("instruments", &record);
    for round in 0..4 {
        for to in ["suspended", "active"] {
            let reason = format!("第 {round} 次");
            record = agency.transition("instruments", &record, to, Some(&reason)).await.expect(200);
        }
        record =
            agency.patch(&place, json!({"model": format!("M{round}")})).if_match(revision(&record)).await.expect(200);
    }
    for (caller, expected) in
        [(&agency, vec![1, 2, 3, 4, 6, 7, 9, 10, 12, 13]), (&reader, vec![2, 3, 4, 6, 7, 9, 10, 12, 13])]
    {
        let (mut next, mut pages) = (format!("{place}/transitions?limit=3"), Vec::new());
        loop {
            let answer = caller.get(&next).await;
            let page = answer.expect(200);
            let items = page["items"].as_array().unwrap();
            pages.push(items.iter().map(|one| one["revision"].as_i64().unwrap()).collect::<Vec<_>>());
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            next = format!("{place}/transitions?limit=3&cursor={cursor}");
            assert_eq!(answer.header("link"), format!("<{next}>; rel=\"next\""));
            assert_eq!(
                (page["page"]["has_more"].clone(), items.len()),
                (json!(true), 3),
                "every page but the last is full"
            );
        }
        assert_eq!(pages.concat(), expected);
    }
    let cursor = reader.get(&format!("{place}/transitions?limit=3")).await.json()["page"]["next_cursor"].clone();
    let elsewhere = format!("{place}/revisions?cursor={}", cursor.as_str().unwrap());
    assert_eq!(reader.get(&elsewhere).await.problem(400).code(), "cursor-mismatch");
    for (query, parameter) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
        let problem = reader.get(&format!("{place}/transitions?{query}")).await.problem(400);
        assert_eq!(problem.faults()[0].0, parameter);
    }
}

#[apply(api_test)]
async fn nothing_becomes_official_that_refers_to_a_draft(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = agency.create("organizations", organization()).await;
    let draft = agency.create("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    for to in ["submitted", "active"] {
        let problem = agency.transition("instruments", &draft, to, None).await.problem(422);
        assert_eq!(problem.faults(), [("#/host".to_owned(), "reference-not-published".to_owned())]);
    }
    agency.transition("organizations", &host, "active", None).await.expect(200);
    agency.transition("instruments", &draft, "active", None).await.expect(200);
}

#[apply(api_test)]
async fn transitions_list_what_was_done_and_what_the_caller_may_do(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let submitted = university.submit("joint-labs", joint_lab()).await;
    let place = format!("{}/transitions", path("joint-labs", &submitted));
    let legal = |list: &Value| -> Vec<String> {
        list["legal"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| format!("{} {}", step["to"].as_str().unwrap(), step["needs_reason"]))
            .collect()
    };
    assert_eq!(legal(&university.get(&place).await.expect(200)), ["draft true", "withdrawn true"]);
    assert!(legal(&sc.get(&place).await.expect(200)).is_empty());
    cq.confirm("joint-labs", &submitted).await.expect(201);
    sc.confirm("joint-labs", &submitted).await.expect(201);
    let list = university.get(&place).await.expect(200);
    assert_eq!(legal(&list), ["suspended true"]);
    let done: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert!(one["at"].is_string());
            format!(
                "{} {} {} {}",
                one["revision"],
                one["action"].as_str().unwrap(),
                one["to"].as_str().unwrap(),
                one["client"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "1 created draft cq-university",
        "2 submitted submitted cq-university",
        "3 confirmed submitted cq-agency",
        "4 activated active sc-agency",
    ];
    assert_eq!(done, expected);
    assert!(legal(&app.client("reader").get(&place).await.expect(200)).is_empty());
    assert_eq!(app.anonymous().get(&place).await.problem(401).code(), "unauthenticated");
}

#[apply(api_test)]
async fn confirmations_show_who_decided_what(app: TestApp) {
    let (university, sc) = (app.client("cq-university"), app.client("sc-agency"));
    let submitted = university.submit("projects", project()).await;
    let place = format!("{}/confirmations", path("projects", &submitted));
    let body = json!({"decision": "confirm", "digest": submitted["digest"], "signatory": {"zh": "四川省科学技术厅"}});
    sc.post(&place, body).await.expect(201);
    let list = university.get(&place).await.expect(200);
    assert_eq!(
        (&list["digest"], &list["state"], &list["overdue"]),
        (&submitted["digest"], &json!("submitted"), &json!(false))
    );
    assert_eq!(list["items"][0], json!({"province": CHONGQING, "decision": "pending"}));
    let made = &list["items"][1];
    assert_eq!(
        (&made["province"], &made["decision"], &made["client"]),
        (&json!(SICHUAN), &json!("confirm"), &json!("sc-agency"))
    );
    assert_eq!(
        (&made["digest"], &made["signatory"]),
        (&submitted["digest"], &json!({"zh": "四川省科学技术厅", "stated": true}))
    );
}

#[apply(api_test)]
async fn every_revision_keeps_the_text_that_its_digest_stands_for(app: TestApp) {
    let university = app.client("cq-university");
    for (kind, unsigned) in [("joint-labs", vec!["funding", "remarks"]), ("projects", vec!["remarks"])] {
        let draft = university.create(kind, content_of(kind)).await;
        let place = path(kind, &draft);
        let patched = university
            .patch(&place, json!({"remarks": "说明 \u{1F52C} \"x\" \\ \t€ 1.0"}))
            .if_match(1)
            .await
            .expect(200);
        let patched = university
            .patch(&place, json!({"name": {"en": "Renamed é"}}))
            .if_match(revision(&patched))
            .await
            .expect(200);
        university.transition(kind, &patched, "submitted", None).await.expect(200);
        let list = university.get(&format!("{place}/revisions")).await.expect(200);
        let actions: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["created", "updated", "updated", "submitted"]);
        for summary in list["items"].as_array().unwrap() {
            let number = summary["revision"].as_i64().unwrap();
            let answer = university.get(&format!("{place}/revisions/{number}")).await;
            let one = answer.expect(200);
            assert_eq!(answer.header("etag"), format!("\"{number}\""));
            assert_eq!(one["digest"], summary["digest"]);
            let mut signed = one["content"].clone();
            unsigned.iter().for_each(|name| drop(signed.as_object_mut().unwrap().remove(*name)));
            let mut text = String::new();
            canonical(&signed, &mut text);
            let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(one["digest"], format!("sha-256:{hash}"));
        }
        assert_eq!(university.get(&format!("{place}/revisions/1")).await.json()["content"]["name"], draft["name"]);
        let unchanged = university.get(&format!("{place}/revisions/1")).header("if-none-match", "\"1\"").await;
        assert_eq!(unchanged.status(), 304);
        for number in ["0", "5", "-1", "x", "99999999999999999999"] {
            assert_eq!(university.get(&format!("{place}/revisions/{number}")).await.problem(404).code(), "not-found");
        }
    }
}

/// RFC 8785, written here on its own: members in the order of UTF-16 code units, no space, shortest escapes. Contents have
/// whole numbers only.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<u16>>());
            text.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                canonical(&json!(name), text);
                text.push(':');
                canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                canonical(item, text);
            }
            text.push(']');
        }
        Value::String(string) => {
            text.push('"');
            for c in string.chars() {
                match c {
                    '"' => text.push_str("\\\""),
                    '\\' => text.push_str("\\\\"),
                    '\u{8}' => text.push_str("\\b"),
                    '\u{c}' => text.push_str("\\f"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    '\t' => text.push_str("\\t"),
                    c if (c as u32) < 0x20 => text.push_str(&format!("\\u{:04x}", c as u32)),
                    c => text.push(c),
                }
            }
            text.push('"');
        }
        Value::Number(number) => {
            assert!(number.is_i64(), "{number}");
            text.push_str(&number.to_string());
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[apply(api_test)]
async fn revisions_are_read_page_by_page(app: TestApp) {
    let university = app.client("cq-university");
    let mut record = university.create("instruments", instrument()).await;
    let place = path("instruments", &record);
    for number in 0..6 {
        let patch = json!({"model": format!("M{number}")});
        record = university.patch(&place, patch).if_match(revision(&record)).await.expect(200);
    }
    let (mut next, mut seen) = (format!("{place}/revisions?limit=3"), Vec::new());
    loop {
        let answer = university.get(&next).await;
        let page = answer.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["revision"].as_i64().unwrap()));
        let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
        assert!(answer.header("link").contains(cursor) && answer.header("link").ends_with("rel=\"next\""));
        next = format!("{place}/revisions?limit=3&cursor={cursor}");
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    for (query, parameter) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
        let problem = university.get(&format!("{place}/revisions?{query}")).await.problem(400);
        assert_eq!(problem.faults()[0].0, parameter);
    }
}

#[apply(api_test)]
async fn drafts_of_the_past_stay_with_the_owner(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let place = format!("{}/revisions", path("joint-labs", &active));
    let numbers = async |name: &str| -> Vec<i64> {
        let list = app.client(name).get(&place).await.items();
        list.iter().map(|one| one["revision"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers("cq-university").await, [1, 2, 3, 4]);
    assert_eq!(numbers("sc-agency").await, [2, 3, 4]);
    assert_eq!(numbers("reader").await, [4]);
    assert_eq!(app.client("reader").get(&format!("{place}/1")).await.status(), 404);
    assert_eq!(app.client("reader").get(&format!("{place}/4")).await.status(), 200);
}
