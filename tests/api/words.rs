//! Sentences are for people: codes appear by their labels, in the language of the answer.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// The problem's sentence and those of its faults.
fn sentences(problem: &Value) -> Vec<String> {
    let faults = problem["errors"].as_array().into_iter().flatten();
    let of_faults = faults.map(|fault| fault["detail"].as_str().unwrap().to_owned());
    of_faults.chain([problem["detail"].as_str().unwrap().to_owned()]).collect()
}

#[apply(api_test)]
async fn states_are_called_by_their_labels(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let ask = |language: &'static str| {
        let place = format!("{}/transitions", path("instruments", &draft));
        let body = json!({"to": "suspended", "reason": "检修"});
        agency.post(&place, body).if_match(revision(&draft)).header("Accept-Language", language)
    };
    let chinese = ask("zh-CN").await.expect(409)["detail"].as_str().unwrap().to_owned();
    assert!(chinese.contains("草稿") && chinese.contains("暂停"), "{chinese}");
    assert!(!chinese.contains("draft") && !chinese.contains("suspended"), "{chinese}");
    let english = ask("en").await.expect(409)["detail"].as_str().unwrap().to_owned();
    assert!(english.contains("Draft") && english.contains("Suspended"), "{english}");
    let unproved = agency.get(&format!("{}/proof", path("instruments", &draft))).await.expect(409);
    assert!(unproved["detail"].as_str().unwrap().contains("草稿"), "{unproved}");
}

#[apply(api_test)]
async fn provinces_members_and_conditions_are_called_by_their_labels(app: TestApp) {
    let agency = app.client("cq-agency");
    let mut lab = joint_lab();
    lab.0["parties"].as_array_mut().unwrap().retain(|party| party["province"] == "500000");
    let all = sentences(&agency.post("/api/v1/joint-labs", lab).await.expect(422));
    assert!(all.iter().any(|sentence| sentence.contains("四川省")), "{all:?}");
    assert!(!all.iter().any(|sentence| sentence.contains("510000")), "{all:?}");

    let merged = organization().with("/lifecycle", "merged");
    let all = sentences(&agency.post("/api/v1/organizations", merged.clone()).await.expect(422));
    assert!(all.iter().any(|sentence| sentence.contains("单位生命周期为“合并”")), "{all:?}");
    let english = agency.post("/api/v1/organizations", merged).header("Accept-Language", "en").await.expect(422);
    assert!(sentences(&english).iter().any(|one| one.contains("Organization lifecycle: Merged")), "{english}");

    let ended = organization().with("/lifecycle", "ended").with("/ended_on", "1990-01-01");
    let all = sentences(&agency.post("/api/v1/organizations", ended).await.expect(422));
    assert!(all.iter().any(|sentence| sentence == "该日期早于“成立日期”。"), "{all:?}");

    let active = app.active_joint("joint-labs", joint_lab()).await;
    let patch = json!({"research_topics": ["另一方向"]});
    let refused = agency.patch(&path("joint-labs", &active), patch).if_match(revision(&active)).await.expect(409);
    assert!(sentences(&refused).iter().any(|sentence| sentence.contains("研究方向")), "{refused}");
    assert!(!sentences(&refused).iter().any(|sentence| sentence.contains("research_topics")), "{refused}");
}

#[apply(api_test)]
async fn steps_of_a_lifecycle_are_listed_with_the_codes_to_send(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = app.published("instruments", instrument().with("/lifecycle", "open")).await;
    let patch = json!({"lifecycle": "registered"});
    let refused = agency.patch(&path("instruments", &record), patch).if_match(revision(&record)).await.expect(422);
    let all = sentences(&refused);
    assert!(all.iter().any(|one| one.contains("“开放”") && one.contains("suspended（暂停开放）")), "{all:?}");
}
