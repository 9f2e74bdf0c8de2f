//! Equal contents in two forms: decimals, sets in another order, line ends. And texts that show nothing, or something
//! other than they are, are refused.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

fn reversed(mut content: Value, names: &[&str]) -> Value {
    for name in names {
        content[name].as_array_mut().unwrap_or_else(|| panic!("no list {name}")).reverse();
    }
    content
}

const SETS: [&str; 4] = ["disciplines", "divisions", "research_topics", "approving_agencies"];

#[apply(api_test)]
async fn the_same_sent_in_another_form_changes_nothing_of_what_both_signed(app: TestApp) {
    let university = app.client("cq-university");
    let source = "/api/v1/joint-labs/by-source/FORM-1";
    let content = joint_lab().0;
    let draft = university.put(source, content.clone()).await.expect(201);
    let submitted = university.transition("joint-labs", &draft, "submitted", None).await.expect(200);
    for agency in ["cq-agency", "sc-agency"] {
        app.client(agency).confirm("joint-labs", &submitted).await.expect(201);
    }
    let active = university.show("joint-labs", &submitted).await.expect(200);
    let mut other = reversed(content.clone(), &SETS);
    other["area_m2"] = json!("5600");
    let again = university.put(source, other.clone()).await.expect(200);
    assert_eq!(again, active);
    // A list whose order means something is a change.
    let turned = university.put(source, reversed(content.clone(), &["parties"])).await.problem(409);
    assert_eq!((turned.code(), turned.faults().len()), ("cosigned-field", 1));
    let patch = json!({"area_m2": "5600.0", "disciplines": other["disciplines"]});
    let same = university.propose("joint-labs", &active, patch).await.problem(422);
    assert_eq!(same.faults(), [("#/patch".to_owned(), "nothing-changes".to_owned())]);
    // A change of another member does not include the other form.
    let patch = json!({"area_m2": "5600.0", "disciplines": other["disciplines"], "fixed_staff": 121});
    let request = university.propose("joint-labs", &active, patch).await.expect(201);
    assert_eq!(request["differences"], json!([{"pointer": "/fixed_staff", "before": 120, "after": 121}]));
}

#[apply(api_test)]
async fn a_list_sent_every_night_in_another_order_makes_no_revision(app: TestApp) {
    let agency = app.client("cq-agency");
    let source = "/api/v1/instruments/by-source/NIGHTLY";
    let content = instrument().with("/measured_variables", json!(["长度", "质量", "时间"])).0;
    let made = agency.put(source, content.clone()).await.expect(201);
    let again = agency.put(source, reversed(content.clone(), &["measured_variables", "disciplines"])).await.expect(200);
    assert_eq!(again, made);
    let more = reversed(content, &["measured_variables"]);
    let fewer = agency.put(
        source,
        json!({"measured_variables": ["质量", "长度"]}).as_object().unwrap().iter().fold(
            more,
            |mut all, (name, value)| {
                all[name] = value.clone();
                all
            },
        ),
    );
    let fewer = fewer.await.expect(200);
    assert_eq!((revision(&fewer), &fewer["measured_variables"]), (2, &json!(["质量", "长度"])));
}

#[apply(api_test)]
async fn a_decimal_is_answered_in_one_form(app: TestApp) {
    let agency = app.client("cq-agency");
    let demand = agency.create("demands", demand().with("/technical_targets/0/value", "-0.500000")).await;
    assert_eq!(demand["technical_targets"][0]["value"], "-0.5");
    let lab = agency.create("joint-labs", joint_lab().with("/area_m2", "12.5")).await;
    assert_eq!(lab["area_m2"], "12.50");
    let project = agency.create("projects", project().with("/deliverables/0/value", "5.0")).await;
    assert_eq!(project["deliverables"][0]["value"], "5");
}

/// A content as it may have been signed before normal forms.
fn store_in_old_form(app: &TestApp, record: &Value) {
    use chuanyu::db::schema::contents;
    use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
    let id: chuanyu::db::Id = record["id"].as_str().unwrap().parse().unwrap();
    app.database(|conn| {
        let text: String =
            contents::table.filter(contents::record_id.eq(id)).select(contents::text).first(conn).unwrap();
        assert!(text.contains("\"5600.00\""));
        let old = text.replace("\"5600.00\"", "\"5600\"");
        diesel::update(contents::table.filter(contents::record_id.eq(id)))
            .set(contents::text.eq(old))
            .execute(conn)
            .unwrap();
    });
}

#[apply(api_test)]
async fn what_was_signed_in_another_form_stays_as_it_was_signed(app: TestApp) {
    let university = app.client("cq-university");
    let active = app.active_joint("joint-labs", joint_lab()).await;
    store_in_old_form(&app, &active);
    let patched =
        university.patch(&path("joint-labs", &active), json!({"area_m2": "5600.00", "remarks": "一方的备注"}));
    let patched = patched.if_match(revision(&active)).await.expect(200);
    assert_eq!((&patched["area_m2"], &patched["remarks"]), (&json!("5600"), &json!("一方的备注")));
    let other = university.patch(&path("joint-labs", &active), json!({"area_m2": "5600.01"}));
    assert_eq!(other.if_match(revision(&patched)).await.problem(409).code(), "cosigned-field");
}

#[apply(api_test)]
async fn line_ends_of_forms_become_line_feeds(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("organizations", organization().with("/remarks", "第一行\r\n第二行\n第三行")).await;
    assert_eq!(draft["remarks"], "第一行\n第二行\n第三行");
    let same =
        agency.patch(&path("organizations", &draft), json!({"remarks": "第一行\r\n第二行\r\n第三行"})).if_match(1);
    assert_eq!(revision(&same.await.expect(200)), 1);
    for (at, text, code) in [("/remarks", "a\rb", "control-character"), ("/name/zh", "甲\r\n乙", "odd-space")] {
        let problem = agency.post("/api/v1/organizations", organization().with(at, text)).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#{at}"), code.to_owned())], "{text:?}");
    }
}

#[apply(api_test)]
async fn a_name_shows_what_it_is(app: TestApp) {
    let agency = app.client("cq-agency");
    for (name, code, point) in [
        ("\u{200b}", "blank", "U+200B"),
        ("\u{3164}\u{3164}", "blank", "U+3164"),
        ("甲\u{202e}乙", "bidi-control", "U+202E"),
        ("甲\u{a0}乙", "odd-space", "U+00A0"),
        ("甲\t乙", "odd-space", "U+0009"),
        ("甲\u{200b}乙", "invisible-character", "U+200B"),
    ] {
        let problem = agency.post("/api/v1/organizations", organization().with("/name/zh", name)).await.problem(422);
        assert_eq!(problem.faults(), [("#/name/zh".to_owned(), code.to_owned())], "{name:?}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(code == "blank" || detail.contains(point), "{detail}");
    }
    agency.create("organizations", organization().with("/name/zh", "中共某市委\u{3000}某市人民政府")).await;
    let lab = joint_lab().with("/research_topics/0", "\u{3164}");
    let problem = agency.post("/api/v1/joint-labs", lab).await.problem(422);
    assert_eq!(problem.faults(), [("#/research_topics/0".to_owned(), "blank".to_owned())]);
    let remarks = organization().with("/remarks", "甲\u{2066}乙");
    let problem = agency.post("/api/v1/organizations", remarks).await.problem(422);
    assert_eq!(problem.faults(), [("#/remarks".to_owned(), "bidi-control".to_owned())]);
}
