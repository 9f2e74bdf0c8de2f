//! Creating, changing and deleting records of every kind, and refusals with their sentences.

use std::collections::BTreeSet;

use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// A unified social credit code with right check characters (GB 32100, GB 11714) that the demo data does not have.
const FREE_USCC: &str = "12500000123456788H";

#[apply(api_test)]
async fn a_record_of_every_kind_is_found_by_id_and_by_code(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in register().kinds() {
        let made = agency.post(&format!("/api/v1/{}", kind.name), content_of(kind.name)).await;
        let record = made.expect(201);
        let place = path(kind.name, &record);
        assert_eq!(made.header("location"), place);
        assert_eq!(made.header("etag"), "\"1\"");
        assert_eq!((&record["revision"], &record["state"]), (&json!(1), &json!("draft")));
        let by_id = agency.get(&place).await;
        assert_eq!(by_id.expect(200), record, "{}", kind.name);
        assert_eq!(by_id.header("etag"), "\"1\"");
        assert!(!by_id.has_header("content-location"));
        let code = record["code"].as_str().unwrap();
        assert!(code.starts_with(kind.prefix));
        let by_code = agency.get(&format!("/api/v1/{}/{code}", kind.name)).await;
        assert_eq!(by_code.bytes(), by_id.bytes());
        assert_eq!(by_code.header("content-location"), place);
        assert_eq!(by_code.header("etag"), "\"1\"");
    }
}

#[apply(api_test)]
async fn what_is_sent_comes_back_as_it_was_sent(app: TestApp) {
    for kind in register().kinds() {
        let sent = content_of(kind.name).0;
        let got = app.client("cq-agency").create(kind.name, sent.clone()).await;
        for (name, value) in sent.as_object().unwrap() {
            assert_contains(&got[name], value, &format!("{}/{name}", kind.name));
        }
    }
}

/// Every member of `sent` is in `got`; references gain the other of `id` and `code`.
fn assert_contains(got: &Value, sent: &Value, at: &str) {
    match sent {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| assert_contains(&got[name], value, &format!("{at}/{name}")))
        }
        Value::Array(items) => {
            assert_eq!(got.as_array().map(Vec::len), Some(items.len()), "{at}");
            items
                .iter()
                .enumerate()
                .for_each(|(place, value)| assert_contains(&got[place], value, &format!("{at}/{place}")));
        }
        plain => assert_eq!(got, plain, "{at}"),
    }
}

#[apply(api_test)]
async fn a_wrong_check_digit_is_a_bad_request_and_an_unknown_record_is_not_found(app: TestApp) {
    let reader = app.client("reader");
    for kind in register().kinds() {
        let known = reader.get(&format!("/api/v1/{}?limit=1", kind.name)).await.items().remove(0);
        let code = known["code"].as_str().unwrap();
        let (body, digit) = code.split_at(code.len() - 1);
        for other in (0..10).filter(|other| other.to_string() != digit) {
            let answer = reader.get(&format!("/api/v1/{}/{body}{other}", kind.name)).await;
            assert_eq!(answer.problem(400).code(), "invalid-code");
        }
        let unknown = [
            "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11",
            "nonsense",
            "%E9%87%8D%E5%BA%86",
            &body.replace("-2026-", "-1999-"),
        ];
        for reference in unknown {
            let answer = reader.get(&format!("/api/v1/{}/{reference}", kind.name)).await;
            assert_eq!(answer.problem(404).code(), "not-found", "{reference}");
        }
    }
    let organization = reader.get("/api/v1/organizations?limit=1").await.items().remove(0);
    for reference in [&organization["id"], &organization["code"]] {
        let answer = reader.get(&format!("/api/v1/projects/{}", reference.as_str().unwrap())).await;
        assert_eq!(answer.problem(404).code(), "not-found");
    }
}

#[apply(api_test)]
async fn every_fault_of_a_body_is_reported_at_once(app: TestApp) {
    let content = project()
        .without("plan")
        .with("/lifecycle", "asleep")
        .with("/nickname", "x")
        .with("/industry", json!(36))
        .with("/budget_total", json!({"amount": "2,000", "currency": "CNY"}))
        .with("/end_planned_on", "2021-01-01")
        .with("/principal/organization", json!({"code": "ORG-2026-999999-1"}))
        .with("/parties/1/org_id", "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11");
    let problem = app.client("cq-agency").post("/api/v1/projects", content).await.problem(422);
    assert_eq!(problem.code(), "validation-failed");
    for (place, code) in [
        ("#/plan", "required"),
        ("#/lifecycle", "not-in-list"),
        ("#/nickname", "unknown-field"),
        ("#/industry", "wrong-type"),
        ("#/budget_total/amount", "not-decimal"),
        ("#/end_planned_on", "before-other-date"),
        ("#/principal/organization/code", "invalid-code"),
        ("#/parties/1/org_id", "reference-not-found"),
    ] {
        assert!(problem.has(place, code), "no {code} at {place}: {:#}", problem.0);
    }
    let shown: Vec<_> = problem.faults();
    let mut once = shown.clone();
    once.dedup();
    assert_eq!(shown, once, "nothing twice");
    assert!(problem["errors"].as_array().unwrap().iter().all(|fault| !fault["detail"].as_str().unwrap().is_empty()));
}

#[apply(api_test)]
async fn an_unknown_member_is_refused_with_the_one_that_was_meant(app: TestApp) {
    let agency = app.client("cq-agency");
    for (kind, wrong, right) in [
        ("instruments", "manufaturer", "manufacturer"),
        ("projects", "budget_totl", "budget_total"),
        ("organizations", "legal_persn", "legal_person"),
    ] {
        let problem = agency
            .post(&format!("/api/v1/{kind}"), content_of(kind).with(&format!("/{wrong}"), "x"))
            .await
            .problem(422);
        assert_eq!(problem.faults(), [(format!("#/{wrong}"), "unknown-field".to_owned())]);
        assert_eq!(problem["errors"][0]["did_you_mean"], right);
    }
    let nested = instrument().with("/prices/0/amout", "1");
    let problem = agency.post("/api/v1/instruments", nested).await.problem(422);
    assert!(problem.has("#/prices/0/amout", "unknown-field"), "{:#}", problem.0);
}

#[apply(api_test)]
async fn members_of_the_service_are_read_only(app: TestApp) {
    let agency = app.client("cq-agency");
    for member in
        ["id", "code", "revision", "state", "created_at", "updated_at", "pending_changes", "province", "owner"]
    {
        let problem =
            agency.post("/api/v1/instruments", instrument().with(&format!("/{member}"), "x")).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#/{member}"), "read-only-field".to_owned())]);
    }
    let draft = agency.create("instruments", instrument()).await;
    let answer = agency.patch(&path("instruments", &draft), json!({"state": "active"})).if_match(1).await;
    assert!(answer.problem(422).has("#/state", "read-only-field"));
}

#[apply(api_test)]
async fn a_merge_patch_removes_with_null_merges_objects_and_replaces_arrays(app: TestApp) {
    let agency = app.client("cq-agency");
    let content = instrument().with("/contact", json!({"name": "设备处", "phone": "023-65100000"}));
    let draft = agency.create("instruments", content).await;
    let patch = json!({
        "department": null,
        "name": {"en": "Microscope"},
        "contact": {"phone": null, "email": "office@example.org"},
        "prices": [{"user_type": "130", "unit": "hour", "amount": {"amount": "1.00", "currency": "CNY"}}],
        "original_value": {"amount": "12.30"},
    });
    let answer = agency.patch(&path("instruments", &draft), patch).if_match(1).await;
    let patched = answer.expect(200);
    assert_eq!(answer.header("etag"), "\"2\"");
    assert_eq!(patched["revision"], 2);
    assert!(patched.get("department").is_none());
    assert_eq!(patched["name"], json!({"zh": draft["name"]["zh"], "en": "Microscope"}));
    assert_eq!(patched["contact"], json!({"name": "设备处", "email": "office@example.org"}));
    assert_eq!(patched["prices"].as_array().unwrap().len(), 1);
    assert_eq!(patched["original_value"], json!({"amount": "12.30", "currency": "CNY"}));
    assert_eq!(patched["functions"], draft["functions"]);
    assert_eq!(agency.show("instruments", &draft).await.expect(200), patched);
}

#[apply(api_test)]
async fn a_patch_that_changes_nothing_makes_no_revision(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let same = json!({"name": {"en": draft["name"]["en"]}, "prices": draft["prices"], "serial_no": null});
    let answer = agency.patch(&path("instruments", &draft), same).if_match(1).await;
    assert_eq!((answer.expect(200), answer.header("etag")), (draft, "\"1\""));
}

#[apply(api_test)]
async fn a_patch_is_judged_like_the_whole_record(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("projects", project()).await;
    let place = path("projects", &draft);
    let patch = json!({"plan": null, "end_planned_on": "2021-01-01", "nickname": 1, "parties": []});
    let problem = agency.patch(&place, patch).if_match(1).await.problem(422);
    for (at, code) in
        [("#/plan", "required"), ("#/end_planned_on", "before-other-date"), ("#/nickname", "unknown-field")]
    {
        assert!(problem.has(at, code), "no {code} at {at}: {:#}", problem.0);
    }
    assert_eq!(agency.get(&place).await.expect(200), draft);
    let only = agency.patch(&place, json!({"parties": [draft["parties"][0], {"org_id": demo_org_id(2), "province": CHONGQING, "role": "participant"}]})).if_match(1).await.problem(422);
    assert!(only.has("#/parties", "missing-counterparty"));
}

#[apply(api_test)]
async fn writes_need_the_revision_they_were_made_from(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let place = path("instruments", &draft);
    let model = |text: &str| json!({"model": text});
    assert_eq!(agency.patch(&place, model("a")).await.problem(428).code(), "precondition-required");
    assert_eq!(agency.delete(&place).await.problem(428).code(), "precondition-required");
    let transitions = format!("{place}/transitions");
    assert_eq!(
        agency.post(&transitions, json!({"to": "submitted"})).await.problem(428).code(),
        "precondition-required"
    );
    agency.patch(&place, model("b")).if_match(1).await.expect(200);
    for stale in ["\"1\"", "\"3\"", "W/\"2\"", "\"x\""] {
        let answers = [
            agency.patch(&place, model("c")).header("if-match", stale).await,
            agency.delete(&place).header("if-match", stale).await,
            agency.post(&transitions, json!({"to": "submitted"})).header("if-match", stale).await,
        ];
        for answer in answers {
            let problem = answer.problem(412);
            assert_eq!((problem.code(), &problem["current_revision"]), ("revision-conflict", &json!(2)), "{stale}");
        }
    }
    assert_eq!(agency.patch(&place, model("c")).header("if-match", "2").await.problem(400).code(), "invalid-header");
    agency.patch(&place, model("c")).header("if-match", "\"1\", \"2\"").await.expect(200);
    assert_eq!(agency.patch(&place, model("d")).header("if-match", "*").await.status(), 428, "which protects nobody");
}

#[apply(api_test)]
async fn a_record_that_did_not_change_is_not_sent_again(app: TestApp) {
    let record = app.published("instruments", instrument()).await;
    let place = path("instruments", &record);
    let full = format!("\"{}\"", revision(&record));
    for (caller, tag) in
        [(app.client("reader"), full.clone()), (app.anonymous(), format!("\"{}-public\"", revision(&record)))]
    {
        let whole = caller.get(&place).await;
        assert_eq!((whole.status(), whole.header("etag")), (200, tag.as_str()));
        for wanted in [tag.clone(), format!("W/{tag}"), format!("\"0\", {tag}"), "*".to_owned()] {
            let answer = caller.get(&place).header("if-none-match", wanted).await;
            assert_eq!((answer.status(), answer.bytes().len(), answer.header("etag")), (304, 0, tag.as_str()));
        }
        assert_eq!(caller.get(&place).header("if-none-match", "\"0\"").await.status(), 200);
        assert!(!caller.get(&format!("{place}?fields=code")).await.has_header("etag"));
    }
    assert_eq!(app.anonymous().get(&place).header("if-none-match", full).await.status(), 200);
}

#[apply(api_test)]
async fn a_draft_can_be_deleted_for_good(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in register().kinds() {
        let draft = agency.create(kind.name, content_of(kind.name)).await;
        let answer = agency.delete(&path(kind.name, &draft)).if_match(1).await;
        assert_eq!((answer.status(), answer.bytes().len()), (204, 0));
        assert_eq!(agency.show(kind.name, &draft).await.problem(404).code(), "not-found");
        let next = agency.create(kind.name, content_of(kind.name)).await;
        assert_ne!(next["code"], draft["code"], "codes are never used again");
    }
}

#[apply(api_test)]
async fn what_others_refer_to_or_what_was_official_is_not_deleted(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = agency.create("organizations", organization()).await;
    agency.create("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    let problem = agency.delete(&path("organizations", &host)).if_match(1).await.problem(409);
    assert_eq!(problem.code(), "in-use");
    let published = app.published("instruments", instrument()).await;
    let answer = agency.delete(&path("instruments", &published)).if_match(revision(&published)).await;
    assert_eq!(answer.problem(409).code(), "not-a-draft");
    let submitted = agency.submit("projects", project()).await;
    let answer = agency.delete(&path("projects", &submitted)).if_match(revision(&submitted)).await;
    assert_eq!(answer.problem(409).code(), "not-a-draft");
}

#[apply(api_test)]
async fn a_source_system_puts_records_under_its_own_keys(app: TestApp) {
    let university = app.client("cq-university");
    for kind in ["instruments", "joint-labs"] {
        let place = format!("/api/v1/{kind}/by-source/CQU-0042");
        let content = content_of(kind);
        let made = university.put(&place, content.clone()).await;
        let record = made.expect(201);
        assert_eq!((&record["source_system"], &record["source_id"]), (&json!("cq-university"), &json!("CQU-0042")));
        assert_eq!(made.header("location"), path(kind, &record));
        let again = university.put(&place, content.clone()).await;
        assert_eq!((again.expect(200), again.header("etag")), (record.clone(), "\"1\""), "unchanged");
        let changed = university.put(&place, content.clone().with("/name/en", "Renamed")).await.expect(200);
        assert_eq!((&changed["id"], &changed["revision"]), (&record["id"], &json!(2)));
        let problem = university.put(&place, content.clone()).header("if-none-match", "*").await.problem(412);
        assert_eq!((problem.code(), &problem["current_revision"]), ("revision-conflict", &json!(2)));
        assert_eq!(university.put(&place, content.clone()).if_match(1).await.problem(412).code(), "revision-conflict");
        assert_eq!(university.put(&place, content).if_match(2).await.expect(200)["revision"], 3);
    }
    let fresh = university.put("/api/v1/instruments/by-source/NEW", instrument()).header("if-none-match", "*").await;
    assert_eq!(fresh.status(), 201);
    let nothing = university.put("/api/v1/instruments/by-source/NONE", instrument()).if_match(1).await;
    assert_eq!(nothing.problem(412).code(), "revision-conflict");
}

#[apply(api_test)]
async fn the_same_key_of_two_systems_names_two_records(app: TestApp) {
    let place = "/api/v1/projects/by-source/%E9%87%8D%231";
    let one = app.client("cq-university").put(place, project()).await.expect(201);
    let other = app.client("cq-agency").put(place, project()).await.expect(201);
    assert_ne!(one["id"], other["id"]);
    assert_eq!(one["source_id"], "重#1");
    let found = app
        .client("cq-university")
        .get("/api/v1/projects?source_system=cq-university&source_id=%E9%87%8D%231")
        .await
        .items();
    assert_eq!(found, [one]);
}

#[apply(api_test)]
async fn putting_one_key_many_times_at_once_makes_one_record(app: TestApp) {
    let university = app.client("cq-university");
    let content = instrument();
    let puts = (0..8).map(|_| university.put("/api/v1/instruments/by-source/ONE", content.clone()).send());
    let answers = futures_util::future::join_all(puts).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 201)), "{statuses:?}");
}

#[apply(api_test)]
async fn a_value_that_only_one_record_may_have_names_the_other(app: TestApp) {
    let agency = app.client("cq-agency");
    let uscc = FREE_USCC;
    for (kind, member, value, content) in [
        ("organizations", "/uscc", uscc, organization as fn() -> Content),
        ("projects", "/project_no", "同一编号", project),
        ("instruments", "/inner_no", "SAME/A", instrument),
    ] {
        let other = content().with(member, value);
        let first = agency.submit(kind, other.clone()).await;
        let problem = agency.post(&format!("/api/v1/{kind}"), other.clone()).await.problem(409);
        assert_eq!(problem.code(), "duplicate-identifier");
        let existing = json!({"id": first["id"], "code": first["code"], "href": path(kind, &first)});
        assert_eq!(problem["existing"], existing);
        let [fault] = problem["errors"].as_array().unwrap().as_slice() else { panic!("{}", problem.0) };
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(format!("#{member}")), &json!("identifier-taken")));
        for sentence in [&fault["detail"], &problem["detail"]] {
            assert!(sentence.as_str().unwrap().contains(&format!("“{value}”")), "{sentence}");
        }
        agency.transition(kind, &first, "withdrawn", Some("误登")).await.expect(200);
        agency.submit(kind, other).await;
    }
}

#[apply(api_test)]
async fn the_same_number_inside_another_host_is_another_instrument(app: TestApp) {
    let agency = app.client("cq-agency");
    agency.submit("instruments", instrument().with("/inner_no", "SAME")).await;
    let elsewhere =
        instrument().with("/inner_no", "SAME").with("/host", json!({"id": demo_org_id(2)})).with("/division", "500109");
    agency.submit("instruments", elsewhere).await;
}

#[apply(api_test)]
async fn a_reference_must_be_there_and_of_the_right_kind(app: TestApp) {
    let agency = app.client("cq-agency");
    let lab = agency.create("joint-labs", joint_lab()).await;
    let university = agency.get("/api/v1/organizations?limit=1&sort=code").await.items().remove(0);
    let other_code = agency.get("/api/v1/organizations?limit=2&sort=code").await.items()[1]["code"].clone();
    for (host, at, code) in [
        (json!({"id": "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11"}), "#/host", "reference-not-found"),
        (json!({"code": "ORG-1999-000001-1"}), "#/host/code", "invalid-code"),
        (json!({"id": lab["id"]}), "#/host", "reference-not-found"),
        (json!({"code": lab["code"]}), "#/host", "reference-not-found"),
        (json!({}), "#/host", "reference-empty"),
        (json!({"id": university["id"], "code": other_code}), "#/host", "reference-mismatch"),
    ] {
        let problem = agency.post("/api/v1/instruments", instrument().with("/host", host.clone())).await.problem(422);
        assert!(problem.has(at, code), "{host}: {:?}", problem.faults());
    }
    let by_id = agency.create("instruments", instrument().with("/host", json!({"id": university["id"]}))).await;
    let by_code = agency.create("instruments", instrument().with("/host", json!({"code": university["code"]}))).await;
    assert_eq!(by_id["host"], json!({"id": university["id"], "code": university["code"]}));
    assert_eq!(by_code["host"], by_id["host"]);
}

#[apply(api_test)]
async fn nobody_refers_to_what_they_cannot_see(app: TestApp) {
    let draft =
        app.client("sc-agency").create("organizations", organization().with("/division_registered", "510107")).await;
    let content = project().with("/principal/organization", json!({"id": draft["id"]}));
    let problem = app.client("cq-university").post("/api/v1/projects", content).await.problem(422);
    assert_eq!(problem.faults(), [("#/principal/organization".to_owned(), "reference-not-found".to_owned())]);
}

#[apply(api_test)]
async fn what_has_ended_takes_no_new_references_and_keeps_the_old(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = app.published("organizations", organization()).await;
    let hosted = || instrument().with("/host", json!({"id": host["id"]}));
    let old = agency.create("instruments", hosted()).await;
    let end = json!({"lifecycle": "ended", "ended_on": "2026-01-31"});
    agency.patch(&path("organizations", &host), end).if_match(revision(&host)).await.expect(200);
    let problem = agency.post("/api/v1/instruments", hosted()).await.problem(422);
    assert_eq!(problem.faults(), [("#/host".to_owned(), "reference-ended".to_owned())]);
    let kept = agency.patch(&path("instruments", &old), json!({"model": "other"})).if_match(1).await.expect(200);
    assert_eq!(kept["host"]["id"], host["id"]);
}

#[apply(api_test)]
async fn a_party_stands_for_the_province_of_its_seat_and_not_of_its_name(app: TestApp) {
    let agency = app.client("cq-agency");
    let named = agency.get("/api/v1/organizations?limit=200&fields=id,name,province,division_registered").await.items();
    let institute = named.iter().find(|one| one["name"]["zh"] == "四川外国语大学").expect("in the demo data");
    assert_eq!(institute["province"], CHONGQING);
    let party = |province: &str| {
        let party =
            json!({"org_id": institute["id"], "province": province, "role": "member", "joined_on": "2020-05-12"});
        alliance().with("/parties/-", party)
    };
    agency.create("alliances", party(CHONGQING)).await;
    let problem = agency.post("/api/v1/alliances", party(SICHUAN)).await.problem(422);
    assert_eq!(problem.faults(), [("#/parties/5/province".to_owned(), "party-province".to_owned())]);
}

#[apply(api_test)]
async fn cooperation_needs_a_party_of_each_province(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in ["alliances", "projects", "joint-labs"] {
        let role = if kind == "projects" { "participant" } else { "lead" };
        let parties = [(1, "lead"), (2, role)];
        let party = |(row, role)| json!({"org_id": demo_org_id(row), "province": CHONGQING, "role": role});
        let content = content_of(kind).with("/parties", Value::from_iter(parties.map(party)));
        let problem = agency.post(&format!("/api/v1/{kind}"), content).await.problem(422);
        assert!(problem.has("#/parties", "missing-counterparty"), "{kind}: {:#}", problem.0);
        assert_eq!(problem.code() == "missing-counterparty", problem.faults().len() == 1);
    }
}

/// Every pair of states: the legal ones are accepted, all others refused.
#[apply(api_test)]
async fn a_lifecycle_takes_legal_steps_only(app: TestApp) {
    let agency = app.client("cq-agency");
    let organization = app.published("organizations", organization()).await["id"].clone();
    let lab = agency.create("joint-labs", joint_lab()).await["id"].clone();
    let document = agency.create("policies", policy()).await["id"].clone();
    for kind in register().kinds() {
        let successor = match kind.name {
            "joint-labs" => &lab,
            "policies" => &document,
            _ => &organization,
        };
        let steps = kind.lifecycle.steps;
        let states: BTreeSet<&str> = steps.iter().flat_map(|(from, to)| [*from, *to]).collect();
        for from in &states {
            let mut draft = agency.create(kind.name, in_lifecycle(kind.name, from, successor)).await;
            for to in states.iter().filter(|to| *to != from) {
                let mut patch = in_lifecycle(kind.name, to, successor).0;
                for unique in ["name", "inner_no", "project_no", "approval_no"] {
                    patch.as_object_mut().unwrap().remove(unique);
                }
                let answer = agency.patch(&path(kind.name, &draft), patch).if_match(1).await;
                if steps.contains(&(*from, *to)) {
                    assert_eq!(answer.expect(200)["lifecycle"], *to, "{} {from} {to}", kind.name);
                    draft = agency.create(kind.name, in_lifecycle(kind.name, from, successor)).await;
                } else {
                    let problem = answer.problem(422);
                    assert!(problem.has("#/lifecycle", "illegal-lifecycle-step"), "{} {from} {to}", kind.name);
                }
            }
        }
    }
}

#[apply(api_test)]
async fn warnings_do_not_block(app: TestApp) {
    let record = app.published("organizations", organization()).await;
    assert_eq!(record["state"], "active");
    let warning = &record["warnings"][0];
    assert_eq!((&warning["pointer"], &warning["code"]), (&json!("#/uscc"), &json!("uscc-missing")));
    assert!(warning["detail_zh"].as_str().unwrap() != warning["detail_en"].as_str().unwrap());
    let agency = app.client("cq-agency");
    let patch = json!({"uscc": FREE_USCC});
    let patched = agency.patch(&path("organizations", &record), patch).if_match(revision(&record)).await.expect(200);
    assert_eq!(patched["warnings"], json!([]));
}

#[apply(api_test)]
async fn codes_count_up_without_gaps_under_load_and_have_right_check_digits(app: TestApp) {
    let agency = app.client("cq-agency");
    let made = futures_util::future::join_all((0..12).map(|_| agency.create("alliances", alliance()))).await;
    let mut serials: Vec<u32> =
        made.iter().map(|record| record["code"].as_str().unwrap()[9..15].parse().unwrap()).collect();
    serials.sort_unstable();
    let first = serials[0];
    assert_eq!(serials, (first..first + 12).collect::<Vec<_>>());
    for record in &made {
        let digits: Vec<u32> = record["code"].as_str().unwrap().chars().filter_map(|c| c.to_digit(10)).collect();
        let luhn: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(place, digit)| match place % 2 {
                0 => *digit,
                _ => digit * 2 / 10 + digit * 2 % 10,
            })
            .sum();
        assert_eq!(luhn % 10, 0, "{}", record["code"]);
    }
}

#[apply(api_test)]
async fn any_revision_is_no_precondition_of_a_change(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.create("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &draft);
    let active = path("joint-labs", &app.active_joint("joint-labs", joint_lab()).await);
    let change = json!({"patch": {"name": {"en": "x"}}, "reason": "x"});
    let requests = [
        university.patch(&place, json!({"remarks": "x"})),
        university.delete(&place),
        university.post(&format!("{place}/transitions"), json!({"to": "submitted"})),
        university.post(&format!("{active}/change-requests"), change),
        university.post(&format!("{active}/restorations"), json!({"revision": 1, "reason": "x"})),
    ];
    for request in requests {
        let problem = request.header("If-Match", "*").await.problem(428);
        assert_eq!(problem.code(), "precondition-required");
        assert_eq!(
            (&problem["errors"][0]["header"], &problem["errors"][0]["code"]),
            (&json!("If-Match"), &json!("any-revision"))
        );
    }
    assert_eq!(university.get(&place).await.expect(200), draft, "nothing happened");
    let own = json!(instrument().0);
    let by_source = "/api/v1/instruments/by-source/ANY-1";
    let put = |body: &Value| university.put(by_source, body.clone()).header("If-Match", "*");
    assert_eq!(put(&own).await.problem(412).code(), "revision-conflict", "there a star asks for any record");
    university.put(by_source, own.clone()).await.expect(201);
    put(&own).await.expect(200);
}
