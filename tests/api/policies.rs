//! Policies are joint or of one side: who must confirm follows from the content, until the record is official.

use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// 重庆市科学技术局 and 四川省科学技术厅 among the demo organizations.
const CHONGQING_AGENCY: u32 = 53;
const SICHUAN_AGENCY: u32 = 119;

fn issuer(row: u32, province: &str) -> Value {
    json!({"org_id": demo_org_id(row), "province": province, "role": "issuer"})
}

fn both() -> Value {
    json!([issuer(CHONGQING_AGENCY, CHONGQING), issuer(SICHUAN_AGENCY, SICHUAN)])
}

fn pending(province: &str) -> Value {
    json!({"province": province, "decision": "pending"})
}

/// A joint policy that both agencies confirmed.
async fn active_joint_policy(app: &TestApp, content: Content) -> Value {
    let submitted = app.client("cq-clerk").submit("policies", content).await;
    app.client("cq-agency").confirm("policies", &submitted).await.expect(201);
    app.client("sc-agency").confirm("policies", &submitted).await.expect(201);
    app.client("cq-clerk").show("policies", &submitted).await.expect(200)
}

#[apply(api_test)]
async fn a_joint_policy_becomes_official_when_both_provinces_confirmed_it(app: TestApp) {
    let submitted = app.client("cq-clerk").submit("policies", policy()).await;
    assert_eq!(submitted["confirmations"], json!([pending(CHONGQING), pending(SICHUAN)]));
    assert!(submitted.get("owner").is_none(), "a joint record has parties");
    let first = app.client("sc-agency").confirm("policies", &submitted).await.expect(201);
    assert_eq!((&first["state"], &first["counterpart"]), (&json!("submitted"), &pending(CHONGQING)));
    let second = app.client("cq-agency").confirm("policies", &submitted).await.expect(201);
    assert_eq!(second["state"], "active");
    let shown = app.anonymous().show("policies", &submitted).await.expect(200);
    assert_eq!((&shown["state"], &shown["digest"]), (&json!("active"), &submitted["digest"]));
}

#[apply(api_test)]
async fn a_policy_of_one_side_is_confirmed_by_that_side_alone(app: TestApp) {
    let (clerk, sichuan) = (app.client("cq-clerk"), app.client("sc-agency"));
    let submitted = clerk.submit("policies", policy_of_chongqing()).await;
    assert_eq!(submitted["confirmations"], json!([pending(CHONGQING)]));
    assert_eq!(submitted["province"], CHONGQING);
    assert_eq!(submitted["owner"]["id"], json!(demo_org_id(CHONGQING_AGENCY)));
    let owner = path("organizations", &submitted["owner"]);
    assert_eq!(clerk.get(&owner).await.expect(200)["code"], submitted["owner"]["code"]);
    assert_eq!(sichuan.show("policies", &submitted).await.problem(404).code(), "not-found");
    assert_eq!(sichuan.confirm("policies", &submitted).await.problem(404).code(), "not-found");
    assert_eq!(clerk.confirm("policies", &submitted).await.problem(403).code(), "insufficient-scope");
    let confirmed = app.client("cq-agency").confirm("policies", &submitted).await.expect(201);
    assert_eq!(confirmed["state"], "active");
    let shown = app.anonymous().get(&format!("{}?expand=owner,parties", path("policies", &submitted))).await;
    let shown = shown.expect(200);
    assert_eq!(shown["expanded"]["owner"][0]["name"]["zh"], "重庆市科学技术局");
    assert_eq!(shown["expanded"]["parties"], shown["expanded"]["owner"]);
}

#[apply(api_test)]
async fn a_joint_policy_has_an_issuer_of_each_province_and_one_of_a_side_none_of_the_other(app: TestApp) {
    let clerk = app.client("cq-clerk");
    let alone = policy().with("/parties", json!([issuer(CHONGQING_AGENCY, CHONGQING)]));
    let problem = clerk.post("/api/v1/policies", alone).await.problem(422);
    assert_eq!(problem.code(), "missing-counterparty");
    let mixed = policy_of_chongqing().with("/parties", both());
    let problem = clerk.post("/api/v1/policies", mixed).await.problem(422);
    assert_eq!(problem.faults(), [("#/parties/1/province".to_owned(), "issuer-of-other-side".to_owned())]);
    // The province is that of the issuer's seat, whatever is sent.
    let moved = policy().with("/parties/1", issuer(CHONGQING_AGENCY + 1, SICHUAN));
    let problem = clerk.post("/api/v1/policies", moved).await.problem(422);
    assert_eq!(problem.faults(), [("#/parties/1/province".to_owned(), "party-province".to_owned())]);
}

#[apply(api_test)]
async fn nobody_writes_a_policy_for_others(app: TestApp) {
    let place = "/api/v1/policies";
    let problem = app.client("sc-agency").post(place, policy_of_chongqing()).await.problem(403);
    assert_eq!(problem.code(), "other-province");
    for content in [policy_of_chongqing(), policy()] {
        let problem = app.client("cq-university").post(place, content).await.problem(403);
        assert_eq!(problem.code(), "other-organization");
    }
    let bureau = app.new_client("cq-bureau", Some(demo_org_id(CHONGQING_AGENCY)), Some(CHONGQING), "records:write");
    bureau.create("policies", policy_of_chongqing()).await;
    bureau.create("policies", policy()).await;
}

#[apply(api_test)]
async fn a_draft_may_become_joint_and_be_one_sides_again(app: TestApp) {
    let (clerk, cq, sc) = (app.client("cq-clerk"), app.client("cq-agency"), app.client("sc-agency"));
    let draft = clerk.create("policies", policy_of_chongqing()).await;
    let joint = json!({"policy_kind": "joint", "parties": both()});
    let now_joint = clerk.patch(&path("policies", &draft), joint).if_match(1).await.expect(200);
    assert!(draft["owner"].is_object() && now_joint.get("owner").is_none());
    let submitted = clerk.transition("policies", &now_joint, "submitted", None).await.expect(200);
    assert_eq!(submitted["confirmations"], json!([pending(CHONGQING), pending(SICHUAN)]));
    cq.confirm("policies", &submitted).await.expect(201);
    sc.decline("policies", &submitted, "由一方印发").await.expect(201);
    let back = clerk.show("policies", &draft).await.expect(200);
    let one_side = json!({"policy_kind": "chongqing", "parties": [issuer(CHONGQING_AGENCY, CHONGQING)]});
    let again = clerk.patch(&path("policies", &draft), one_side).if_match(revision(&back)).await.expect(200);
    assert_eq!(again["owner"], draft["owner"]);
    let submitted = clerk.transition("policies", &again, "submitted", None).await.expect(200);
    assert_eq!(submitted["confirmations"], json!([pending(CHONGQING)]), "what was said before does not count");
    assert_eq!(sc.show("policies", &submitted).await.status(), 404);
    assert_eq!(cq.confirm("policies", &submitted).await.expect(201)["state"], "active");
}

#[apply(api_test)]
async fn what_was_official_stays_joint_or_of_one_side(app: TestApp) {
    let cq = app.client("cq-agency");
    let own = app.published("policies", policy_of_chongqing()).await;
    let joint = json!({"policy_kind": "joint", "parties": both()});
    let problem = cq.patch(&path("policies", &own), joint).if_match(revision(&own)).await.problem(422);
    assert!(problem.has("#/policy_kind", "settled-when-official"), "{:?}", problem.faults());
    let both_signed = active_joint_policy(&app, policy()).await;
    let one_side = json!({"policy_kind": "chongqing", "parties": [issuer(CHONGQING_AGENCY, CHONGQING)]});
    let answer = cq.patch(&path("policies", &both_signed), one_side).if_match(revision(&both_signed)).await;
    assert!(answer.problem(422).has("#/policy_kind", "settled-when-official"));
    for (record, whole) in [(&own, 200), (&both_signed, 409)] {
        let place = path("policies", record);
        let topics = json!({"topics": ["另一主题"]});
        let answer = cq.patch(&place, topics).if_match(revision(record)).await;
        assert_eq!(answer.status(), whole, "one side changes what it signed alone: {}", answer.text());
    }
    let remarks = json!({"remarks": "四川一方的备注"});
    let answer = app.client("sc-agency").patch(&path("policies", &both_signed), remarks.clone());
    assert_eq!(answer.if_match(revision(&both_signed)).await.expect(200)["remarks"], remarks["remarks"]);
}

#[apply(api_test)]
async fn a_number_names_one_document_of_each_of_its_issuers(app: TestApp) {
    let clerk = app.client("cq-clerk");
    let numbered = |content: Content| content.with("/document_no", "同一文号〔2023〕1号");
    let first = clerk.submit("policies", numbered(policy())).await;
    // The same document, as the other side or one of them alone would register it.
    let turned = json!([issuer(SICHUAN_AGENCY, SICHUAN), issuer(CHONGQING_AGENCY, CHONGQING)]);
    for again in [policy().with("/parties", turned), policy_of_chongqing()] {
        let problem = clerk.post("/api/v1/policies", numbered(again)).await.problem(409);
        assert_eq!((problem.code(), &problem["existing"]["id"]), ("duplicate-identifier", &first["id"]));
    }
    let zone = policy_of_chongqing().with("/parties", json!([issuer(CHONGQING_AGENCY + 1, CHONGQING)]));
    clerk.create("policies", numbered(zone)).await;
}

#[apply(api_test)]
async fn policies_are_found_by_what_people_know_of_them(app: TestApp) {
    let clerk = app.client("cq-clerk");
    let joint = clerk
        .submit(
            "policies",
            policy()
                .with("/topics", json!(["独一主题"]))
                .with("/applies_to", json!({"divisions": ["510107"], "zones": ["Z-CY-WDK"]})),
        )
        .await;
    let own = clerk.submit("policies", policy_of_chongqing().with("/topics", json!(["独一主题", "其他"]))).await;
    let found = async |query: &str| -> Vec<Value> {
        let items = clerk.get(&format!("/api/v1/policies?topic=独一主题&{query}")).await.items();
        items.iter().map(|item| item["id"].clone()).collect()
    };
    let two = [joint["id"].clone(), own["id"].clone()];
    let (of_both, of_one) = ([joint["id"].clone()], [own["id"].clone()]);
    assert_eq!(found("").await, two);
    assert_eq!(found("province=500000").await, two);
    assert_eq!(found("province=510000").await, of_both);
    assert_eq!(found(&format!("party={}", demo_org_id(CHONGQING_AGENCY))).await, two);
    assert_eq!(found(&format!("party={}", demo_org_id(SICHUAN_AGENCY))).await, of_both);
    assert_eq!(found("policy_kind=chongqing").await, of_one);
    assert_eq!(found("division=510100").await, of_both);
    assert_eq!(found("zone=Z-CY-WDK").await, of_both);
    assert_eq!(found("has_zone=false").await, Vec::<Value>::new());
    assert_eq!(found("issued_on_gte=2023-05-10&effective_from_lt=2023-06-02").await, two);
    assert_eq!(found("issued_on_gt=2023-05-10").await, Vec::<Value>::new());
    let number = own["document_no"].as_str().unwrap();
    assert_eq!(found(&format!("document_no={number}")).await, of_one);
    assert_eq!(clerk.get("/api/v1/policies?topic=独一").await.items(), Vec::<Value>::new(), "exactly");
}

#[apply(api_test)]
async fn an_ended_policy_is_replaced_and_an_abandoned_one_is_not(app: TestApp) {
    let clerk = app.client("cq-clerk");
    let expired = policy_of_chongqing().with("/lifecycle", "expired").with("/effective_to", "2026-01-31");
    let expired = app.published("policies", expired).await;
    let abandoned = app.published("policies", policy_of_chongqing().with("/lifecycle", "abandoned")).await;
    let replacing = |old: &Value| policy_of_chongqing().with("/replaces", json!([{"code": old["code"]}]));
    let new = clerk.create("policies", replacing(&expired)).await;
    assert_eq!(new["replaces"][0]["id"], expired["id"]);
    let found = clerk.get(&format!("/api/v1/policies?replaces={}", expired["code"].as_str().unwrap())).await.items();
    assert_eq!((found.len(), &found[0]), (1, &new));
    let problem = clerk.post("/api/v1/policies", replacing(&abandoned)).await.problem(422);
    assert_eq!(problem.faults(), [("#/replaces/0".to_owned(), "reference-ended".to_owned())]);
    let itself = json!({"replaced_by": {"id": new["id"]}});
    let problem = clerk.patch(&path("policies", &new), itself).if_match(1).await.problem(422);
    assert!(problem.has("#/replaced_by", "reference-to-itself"));
}
