//! Writers at the same instant: one of them wins, and nothing is counted twice.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

#[apply(api_test)]
async fn of_twenty_patches_of_one_revision_exactly_one_wins(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let place = path("instruments", &draft);
    let patches = (0..20).map(|number| agency.patch(&place, json!({"model": format!("M{number}")})).if_match(1).send());
    let answers = join_all(patches).await;
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status() == 200).collect();
    assert_eq!(won.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status() != 200) {
        let problem = answer.problem(412);
        assert_eq!((problem.code(), &problem["current_revision"]), ("revision-conflict", &json!(2)));
    }
    assert_eq!(agency.get(&place).await.expect(200), won[0].json());
    assert_eq!(agency.get(&format!("{place}/revisions")).await.items().len(), 2);
}

#[apply(api_test)]
async fn two_provinces_that_confirm_at_the_same_instant_activate_once(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:confirm");
    for _ in 0..8 {
        let submitted = university.submit("joint-labs", joint_lab()).await;
        let answers = join_all([&cq, &sc, &colleague].map(|caller| caller.confirm("joint-labs", &submitted))).await;
        let statuses: Vec<u16> = answers.iter().map(Answer::status).collect();
        assert_eq!(statuses[1], 201, "{}", answers[1].text());
        assert_eq!([statuses[0], statuses[2]].iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        let made = answers.iter().filter(|answer| answer.status() == 201);
        assert_eq!(made.filter(|answer| answer.json()["state"] == "active").count(), 1, "{statuses:?}");
        let active = university.show("joint-labs", &submitted).await.expect(200);
        assert_eq!((&active["state"], revision(&active)), (&json!("active"), 4));
        let done = university.get(&format!("{}/transitions", path("joint-labs", &submitted))).await.expect(200);
        let activated = done["items"].as_array().unwrap().iter().filter(|one| one["action"] == "activated").count();
        assert_eq!(activated, 1);
    }
}

#[apply(api_test)]
async fn confirming_and_declining_at_once_is_one_or_the_other(app: TestApp) {
    let (university, cq, sc) = (app.client("cq-university"), app.client("cq-agency"), app.client("sc-agency"));
    for _ in 0..5 {
        let submitted = university.submit("projects", project()).await;
        let (yes, no) =
            futures_util::future::join(cq.confirm("projects", &submitted), sc.decline("projects", &submitted, "x"))
                .await;
        assert_eq!(no.status(), 201, "{}", no.text());
        assert!(matches!(yes.status(), 201 | 404 | 409), "{}", yes.text());
        assert_eq!(university.show("projects", &submitted).await.expect(200)["state"], "draft");
    }
}

#[apply(api_test)]
async fn one_identifier_goes_to_one_of_many_that_want_it(app: TestApp) {
    let agency = app.client("cq-agency");
    let posts = (0..10).map(|_| agency.post("/api/v1/instruments", instrument().with("/inner_no", "ONE")).send());
    let answers = join_all(posts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status() != 201) {
        let problem = answer.problem(409);
        assert_eq!(problem.code(), "duplicate-identifier");
        assert!(problem["existing"]["code"].is_string());
    }
}

#[apply(api_test)]
async fn the_first_records_of_a_year_may_come_at_once(app: TestApp) {
    use diesel::connection::SimpleConnection;
    app.database(|conn| {
        conn.batch_execute("DELETE FROM records WHERE kind = 'alliances'; DELETE FROM serials WHERE prefix = 'ALL'")
            .unwrap();
    });
    let agency = app.client("cq-agency");
    let made = join_all((0..6).map(|_| agency.create("alliances", alliance()))).await;
    let mut serials: Vec<&str> = made.iter().map(|record| &record["code"].as_str().unwrap()[9..15]).collect();
    serials.sort_unstable();
    assert_eq!(serials, ["000001", "000002", "000003", "000004", "000005", "000006"]);
}

#[apply(api_test)]
async fn a_target_is_not_deleted_while_somebody_refers_to_it(app: TestApp) {
    let agency = app.client("cq-agency");
    for _ in 0..5 {
        let host = agency.create("organizations", organization()).await;
        let place = path("organizations", &host);
        let content = instrument().with("/host", json!({"id": host["id"]}));
        let (deleted, made) = futures_util::future::join(
            agency.delete(&place).if_match(1).send(),
            agency.post("/api/v1/instruments", content).send(),
        )
        .await;
        match (deleted.status(), made.status()) {
            (204, 422) | (409, 201) => {}
            (204, 201) => panic!("a record refers to what is gone"),
            other => panic!("{other:?} {} {}", deleted.text(), made.text()),
        }
    }
}
