//! Differences between two revisions of a record, and their visibility.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

#[apply(api_test)]
async fn each_changed_member_is_named_with_its_values(app: TestApp) {
    let university = app.client("cq-university");
    let lab = joint_lab().with("/research_topics", json!(["甲", "乙"]));
    let draft = university.create("joint-labs", lab.clone().without("remarks")).await;
    let place = path("joint-labs", &draft);
    let change =
        json!({"name": {"en": "Another name"}, "research_topics": ["甲", "丙"], "remarks": "x", "area_m2": null});
    let changed = university.patch(&place, change).if_match(1).await.expect(200);
    let forth = university.get(&format!("{place}/revisions/1/diff?to=2")).await.expect(200);
    assert_eq!((&forth["from"], &forth["to"]), (&json!(1), &json!(2)));
    assert_eq!((&forth["from_digest"], &forth["to_digest"]), (&draft["digest"], &changed["digest"]));
    assert_eq!(
        forth["differences"],
        json!([
            {"pointer": "/area_m2", "before": lab.0["area_m2"]},
            {"pointer": "/name/en", "before": lab.0["name"]["en"], "after": "Another name"},
            {"pointer": "/remarks", "after": "x"},
            {"pointer": "/research_topics/1", "before": "乙", "after": "丙"},
        ])
    );
    // Without `to` it is the present content; backwards, before and after change places.
    assert_eq!(university.get(&format!("{place}/revisions/1/diff")).await.expect(200), forth);
    let back = university.get(&format!("{place}/revisions/2/diff?to=1")).await.expect(200);
    let turned = |one: &Value| {
        let mut turned = json!({"pointer": one["pointer"]});
        for (from, to) in [("before", "after"), ("after", "before")] {
            one.get(from).into_iter().for_each(|value| turned[to] = value.clone());
        }
        turned
    };
    let expected: Vec<Value> = forth["differences"].as_array().unwrap().iter().map(turned).collect();
    assert_eq!(back["differences"], json!(expected));
}

#[apply(api_test)]
async fn steps_that_leave_the_content_alone_differ_in_nothing(app: TestApp) {
    let active = app.active_joint("projects", project()).await;
    let place = path("projects", &active);
    let answer = app.client("reader").get(&format!("{place}/revisions/4/diff?to=4")).await.expect(200);
    assert_eq!(answer["differences"], json!([]));
    let remarked = app.client("cq-university").patch(&place, json!({"remarks": "x"})).if_match(4).await.expect(200);
    let answer = app.client("reader").get(&format!("{place}/revisions/4/diff")).await.expect(200);
    assert_eq!(answer["differences"][0]["pointer"], "/remarks");
    assert_eq!(answer["from_digest"], answer["to_digest"], "what is not signed is outside the digest");
    assert_eq!(answer["to"], remarked["revision"]);
}

#[apply(api_test)]
async fn only_revisions_that_the_caller_may_see_are_compared(app: TestApp) {
    let submitted = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &submitted);
    let status =
        async |caller: &str, part: &str| app.client(caller).get(&format!("{place}/revisions/{part}")).await.status();
    assert_eq!(status("cq-university", "1/diff?to=2").await, 200);
    // The other side sees what was submitted, not the draft before it; a reader sees neither.
    assert_eq!(status("sc-agency", "2/diff").await, 200);
    assert_eq!(status("sc-agency", "1/diff").await, 404);
    assert_eq!(status("sc-agency", "2/diff?to=1").await, 404);
    assert_eq!(status("reader", "2/diff").await, 404);
    for (part, expected) in
        [("99/diff", 404), ("1/diff?to=99", 404), ("x/diff", 404), ("1/diff?to=0", 400), ("1/diff?to=x", 400)]
    {
        assert_eq!(status("cq-university", part).await, expected, "{part}");
    }
    let problem = app.client("cq-university").get(&format!("{place}/revisions/1/diff?too=2")).await.problem(400);
    assert_eq!((problem.code(), &problem["errors"][0]["did_you_mean"]), ("unknown-parameter", &json!("to")));
}
