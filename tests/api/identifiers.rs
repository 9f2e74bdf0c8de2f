//! Unique values: held by submitted and official records, never by a draft that is invisible to others.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// A code that no organization of the demo data has.
const FREE_USCC: &str = "12500000123456788H";

/// An organization with that code, of the side that this division is on.
fn with_uscc(division: &str) -> Value {
    organization().without("zones").with("/uscc", FREE_USCC).with("/division_registered", division).into()
}

#[apply(api_test)]
async fn of_two_drafts_the_first_that_is_submitted_has_the_identifier(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let hidden = cq.create("organizations", with_uscc("500106")).await;
    // The first draft is invisible to others and blocks nothing.
    let second = sc.create("organizations", with_uscc("510104")).await;
    let second = sc.transition("organizations", &second, "submitted", None).await.expect(200);
    for (language, words) in [("zh-CN", "四川省科技主管部门"), ("en", "the agency of Sichuan")] {
        let place = format!("{}/transitions", path("organizations", &hidden));
        let asked = cq.post(&place, json!({"to": "submitted"})).if_match(1).header("accept-language", language).await;
        let problem = asked.problem(409);
        assert_eq!((problem.code(), &problem["ask"]), ("duplicate-identifier", &json!(SICHUAN)));
        assert!(problem["detail"].as_str().unwrap().contains(words), "{}", problem.0);
        assert_eq!(problem.0.get("existing"), None);
        let told = asked.text();
        assert!(!told.contains(second["code"].as_str().unwrap()) && !told.contains(second["id"].as_str().unwrap()));
    }
    // It is reported as early as possible.
    let early = [
        cq.post("/api/v1/organizations", with_uscc("500106")).await,
        cq.put("/api/v1/organizations/by-source/X-1", with_uscc("500106")).await,
        cq.patch(&path("organizations", &hidden), json!({"remarks": "x"})).if_match(1).await,
        cq.transition("organizations", &hidden, "active", None).await,
    ];
    for answer in early {
        assert_eq!(answer.problem(409)["ask"], SICHUAN);
    }
    // The record is named to those who can see it.
    sc.transition("organizations", &second, "active", None).await.expect(200);
    let problem = cq.transition("organizations", &hidden, "submitted", None).await.problem(409);
    assert_eq!((&problem["existing"]["id"], problem.0.get("ask")), (&second["id"], None));
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_record_that_is_a_draft_again_lets_its_identifier_go(app: TestApp) {
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let numbered = || instrument().with("/inner_no", "SAME");
    let first = university.submit("instruments", numbered()).await;
    let recalled = university.transition("instruments", &first, "draft", Some("另改")).await.expect(200);
    let second = university.submit("instruments", numbered()).await;
    let problem = university.transition("instruments", &recalled, "submitted", None).await.problem(409);
    assert_eq!((problem.code(), &problem["existing"]["id"]), ("duplicate-identifier", &second["id"]));
    agency.decline("instruments", &second, "重复").await.expect(201);
    let again = university.transition("instruments", &recalled, "submitted", None).await.expect(200);
    invariants::is_whole(&app.database);
    let withdrawn = university.transition("instruments", &again, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    let third = university.submit("instruments", numbered()).await;
    agency.confirm("instruments", &third).await.expect(201);
    let mine = university.show("instruments", &second).await.expect(200);
    let problem = university.transition("instruments", &mine, "submitted", None).await.problem(409);
    assert_eq!(problem["existing"]["id"], third["id"]);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_change_of_an_official_record_keeps_its_new_identifier(app: TestApp) {
    let agency = app.client("cq-agency");
    let first = app.published("instruments", instrument().with("/inner_no", "OLD")).await;
    let draft = agency.create("instruments", instrument().with("/inner_no", "NEW")).await;
    agency.patch(&path("instruments", &first), json!({"inner_no": "NEW"})).if_match(revision(&first)).await.expect(200);
    let problem = agency.transition("instruments", &draft, "active", None).await.problem(409);
    assert_eq!(problem["existing"]["id"], first["id"]);
    app.published("instruments", instrument().with("/inner_no", "OLD")).await;
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn own_drafts_are_found_by_their_identifiers(app: TestApp) {
    let draft = app.client("cq-agency").create("organizations", with_uscc("500106")).await;
    let place = format!("/api/v1/organizations?uscc={FREE_USCC}");
    assert_eq!(app.client("cq-agency").get(&place).await.items()[0]["id"], draft["id"]);
    assert_eq!(app.client("sc-agency").get(&place).await.items(), Vec::<Value>::new());
}
