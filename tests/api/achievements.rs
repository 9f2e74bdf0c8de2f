//! Achievements: owned by their first completing unit, public only, each contract counted once.

use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

#[apply(api_test)]
async fn the_first_completing_unit_owns_an_achievement_and_its_province_confirms_it(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let submitted = university.submit("achievements", achievement()).await;
    assert_eq!(submitted["owner"], submitted["completing_units"][0]);
    assert_eq!(submitted["confirmations"], json!([{"province": CHONGQING, "decision": "pending"}]));
    assert_eq!(sc.confirm("achievements", &submitted).await.problem(404).code(), "not-found");
    assert_eq!(cq.confirm("achievements", &submitted).await.expect(201)["state"], "active");
    let of_others = achievement().with("/completing_units", json!([{"id": demo_org_id(64)}, {"id": demo_org_id(1)}]));
    let problem = university.post("/api/v1/achievements", of_others.clone()).await.problem(403);
    assert_eq!(problem.code(), "other-organization");
    assert_eq!(app.client("sc-university").create("achievements", of_others).await["province"], SICHUAN);
}

#[apply(api_test)]
async fn secret_achievements_and_wrong_numbers_are_refused_all_at_once(app: TestApp) {
    let content = achievement()
        .with("/security_level", "secret")
        .with("/keywords", json!(["一", "二", "三", "四"]))
        .with("/registration_no", "2022Y0001")
        .with("/start_month", "2022-13")
        .with("/completing_units", json!([]));
    let problem = app.client("cq-agency").post("/api/v1/achievements", content).await.problem(422);
    for (place, code) in [
        ("#/security_level", "not-in-list"),
        ("#/keywords", "too-many-items"),
        ("#/registration_no", "pattern"),
        ("#/start_month", "month-shape"),
        ("#/completing_units", "too-few-items"),
    ] {
        assert!(problem.has(place, code), "no {code} at {place}: {:?}", problem.faults());
    }
}

#[apply(api_test)]
async fn a_contract_is_counted_once_for_both_provinces(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let contracted = |number: &str| achievement().with("/transformations/0/contract_no", number);
    let of_sichuan = |number| contracted(number).with("/completing_units", json!([{"id": demo_org_id(64)}]));
    let first = app.published("achievements", contracted("同一合同")).await;
    let problem = sc.post("/api/v1/achievements", of_sichuan("同一合同")).await.problem(409);
    assert_eq!((problem.code(), &problem["existing"]["id"]), ("duplicate-identifier", &first["id"]));
    let other = sc.create("achievements", of_sichuan("另一合同")).await;
    let mut second = other["transformations"][0].clone();
    second["contract_no"] = json!("同一合同");
    let two = json!({"transformations": [other["transformations"][0], second]});
    let place = path("achievements", &other);
    assert_eq!(sc.patch(&place, two.clone()).if_match(1).await.problem(409).code(), "duplicate-identifier");
    let fallen_through = json!({"lifecycle": "offered", "transformations": null});
    cq.patch(&path("achievements", &first), fallen_through).if_match(revision(&first)).await.expect(200);
    let got = sc.patch(&place, two).if_match(1).await.expect(200);
    assert_eq!(got["transformations"].as_array().unwrap().len(), 2);
    let numbered = |number: &str| achievement().with("/registration_no", number);
    cq.submit("achievements", numbered("9992022Y9999")).await;
    let problem = cq.post("/api/v1/achievements", numbered("9992022Y9999")).await.problem(409);
    assert_eq!(problem.code(), "duplicate-identifier");
}

#[apply(api_test)]
async fn achievements_are_found_by_what_people_know_of_them(app: TestApp) {
    let agency = app.client("cq-agency");
    let content = |end: &str| achievement().with("/end_month", end).with("/keywords", json!(["独一", "跨域测试"]));
    let early = agency.create("achievements", content("2023-09")).await;
    let content = content("2023-10").with("/ip_rights", json!([{"kind": "plant_variety", "number": "示例-品种-7"}]));
    let late = agency.create("achievements", content).await;
    let found = async |query: &str| -> Vec<Value> {
        let items = agency.get(&format!("/api/v1/achievements?keyword=独一&{query}")).await.items();
        items.iter().map(|item| item["id"].clone()).collect()
    };
    let two = [early["id"].clone(), late["id"].clone()];
    let (first, second) = ([early["id"].clone()], [late["id"].clone()]);
    assert_eq!(found("").await, two);
    assert_eq!(found("achievement_type=applied&stage=middle").await, two);
    assert_eq!(found("end_month_gte=2023-09&end_month_lt=2023-10").await, first);
    assert_eq!(found("end_month_gt=2023-09").await, second);
    assert_eq!(found("end_month=2023-10").await, second);
    assert_eq!(found(&format!("completing_unit={}", demo_org_id(65))).await, two);
    assert_eq!(found(&format!("transferee={}", demo_org_id(45))).await, two);
    assert_eq!(found(&format!("transferee={}", demo_org_id(1))).await, Vec::<Value>::new());
    assert_eq!(found(&format!("transferor={}&transfer_mode=licence", demo_org_id(1))).await, two);
    assert_eq!(found("ip_kind=plant_variety").await, second);
    assert_eq!(found("ip_number=示例-品种-7").await, second);
    let contract = early["transformations"][0]["contract_no"].as_str().unwrap();
    assert_eq!(found(&format!("contract_no={contract}")).await, first);
    assert_eq!(found("has_registration_no=true").await, Vec::<Value>::new());
    let problem = agency.get("/api/v1/achievements?end_month_gte=2023-9").await.problem(400);
    assert_eq!(problem.faults(), [("end_month_gte".to_owned(), "month-shape".to_owned())]);
}

#[apply(api_test)]
async fn what_has_ended_takes_no_new_references_and_keeps_the_old(app: TestApp) {
    let agency = app.client("cq-agency");
    let content = achievement().with("/lifecycle", "registered");
    let source = app.published("achievements", content).await;
    let resting_on =
        |achievement: &Value| capability().with("/evidence", json!({"achievements": [{"id": achievement["id"]}]}));
    let old = agency.create("capabilities", resting_on(&source)).await;
    let withdrawn = json!({"lifecycle": "withdrawn"});
    agency.patch(&path("achievements", &source), withdrawn).if_match(revision(&source)).await.expect(200);
    let problem = agency.post("/api/v1/capabilities", resting_on(&source)).await.problem(422);
    assert_eq!(problem.faults(), [("#/evidence/achievements/0".to_owned(), "reference-ended".to_owned())]);
    let kept = agency.patch(&path("capabilities", &old), json!({"remarks": "x"})).if_match(1).await.expect(200);
    assert_eq!(kept["evidence"], old["evidence"]);
    let rejected = agency.create("projects", project().with("/lifecycle", "rejected")).await;
    let content = achievement().with("/source_project", json!({"id": rejected["id"]}));
    let problem = agency.post("/api/v1/achievements", content).await.problem(422);
    assert_eq!(problem.faults(), [("#/source_project".to_owned(), "reference-ended".to_owned())]);
}
