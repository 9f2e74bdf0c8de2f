//! Visibility: for each state of a record and each caller, the record, the list and its history agree.

use serde_json::{Value, json};

use crate::support::contents::{content_of, instrument};
use crate::support::flows::{path, revision};
use crate::support::*;

/// The six callers of the matrix with what each stands for.
struct Callers(Vec<(&'static str, Caller)>);

impl Callers {
    fn of(app: &TestApp) -> Callers {
        let neighbour = Some(chuanyu::kinds::shared::demo_org_id(2));
        Callers(vec![
            ("anonymous", app.anonymous()),
            ("reader", app.client("reader")),
            ("owner", app.client("cq-university")),
            ("neighbour", app.new_client("cq-neighbour", neighbour, Some(CHONGQING), "records:read records:write")),
            ("agency", app.client("cq-agency")),
            ("other agency", app.client("sc-agency")),
        ])
    }

    /// Asserts that exactly these callers see the record, alone and in lists.
    async fn see(&self, kind: &str, record: &Value, who: &[&str], gone: bool) {
        for (name, caller) in &self.0 {
            let sees = who.contains(name);
            let at = format!("{kind} {} {name}", record["state"]);
            let shown = caller.show(kind, record).await;
            match (sees, gone) {
                (true, true) => assert_eq!(shown.problem(410).code(), "withdrawn", "{at}"),
                (true, false) => assert_eq!(shown.expect(200)["id"], record["id"], "{at}"),
                (false, _) => assert_eq!((shown.status(), shown.problem(404).code()), (404, "not-found"), "{at}"),
            }
            let code = record["code"].as_str().unwrap();
            let listed = caller.get(&format!("/api/v1/{kind}?code={code}&include_total=true")).await.expect(200);
            let expected = usize::from(sees && !gone);
            assert_eq!(listed["items"].as_array().unwrap().len(), expected, "{at}");
            assert_eq!(listed["page"]["total"], expected, "{at}");
            if *name == "anonymous" {
                continue;
            }
            for part in ["revisions", "transitions", "confirmations"] {
                let answer = caller.get(&format!("{}/{part}", path(kind, record))).await;
                // The history of a withdrawn record stays readable for those who saw it.
                let expected = if sees { 200 } else { 404 };
                assert_eq!(answer.status(), expected, "{at} {part}");
            }
        }
    }
}

const EVERYBODY: [&str; 6] = ["anonymous", "reader", "owner", "neighbour", "agency", "other agency"];

#[apply(api_test)]
async fn a_single_owner_record_is_seen_by_those_it_concerns(app: TestApp) {
    let callers = Callers::of(&app);
    let (university, agency) = (app.client("cq-university"), app.client("cq-agency"));
    let draft = university.create("instruments", instrument()).await;
    callers.see("instruments", &draft, &["owner"], false).await;
    let submitted = university.transition("instruments", &draft, "submitted", None).await.expect(200);
    callers.see("instruments", &submitted, &["owner", "neighbour", "agency"], false).await;
    let active = agency.transition("instruments", &submitted, "active", None).await.expect(200);
    callers.see("instruments", &active, &EVERYBODY, false).await;
    let suspended = agency.transition("instruments", &active, "suspended", Some("x")).await.expect(200);
    callers.see("instruments", &suspended, &EVERYBODY, false).await;
    let withdrawn = agency.transition("instruments", &suspended, "withdrawn", Some("x")).await.expect(200);
    callers.see("instruments", &withdrawn, &EVERYBODY, true).await;
    let closed = app.published("instruments", instrument()).await;
    let closed = agency.transition("instruments", &closed, "closed", Some("x")).await.expect(200);
    callers.see("instruments", &closed, &EVERYBODY, false).await;
}

#[apply(api_test)]
async fn a_joint_record_is_seen_by_both_provinces_once_it_is_submitted(app: TestApp) {
    let callers = Callers::of(&app);
    let university = app.client("cq-university");
    for kind in ["joint-labs", "alliances", "projects"] {
        let draft = university.create(kind, content_of(kind)).await;
        callers.see(kind, &draft, &["owner"], false).await;
        let submitted = university.transition(kind, &draft, "submitted", None).await.expect(200);
        callers.see(kind, &submitted, &["owner", "neighbour", "agency", "other agency"], false).await;
        let withdrawn = university.transition(kind, &submitted, "withdrawn", Some("x")).await.expect(200);
        callers.see(kind, &withdrawn, &["owner"], true).await;
        let active = app.active_joint(kind, content_of(kind)).await;
        callers.see(kind, &active, &EVERYBODY, false).await;
    }
}

#[apply(api_test)]
async fn what_is_hidden_cannot_be_written_either(app: TestApp) {
    let draft = app.client("cq-university").create("instruments", instrument()).await;
    let place = path("instruments", &draft);
    for name in ["sc-agency", "sc-university", "cq-agency"] {
        let caller = app.client(name);
        let answers = [
            caller.patch(&place, json!({"model": "x"})).if_match(1).await,
            caller.delete(&place).if_match(1).await,
            caller.transition("instruments", &draft, "submitted", None).await,
        ];
        for answer in answers {
            assert_eq!(answer.problem(404).code(), "not-found", "{name}");
        }
    }
    let confirmed = app.client("sc-agency").confirm("instruments", &draft).await;
    assert_eq!(confirmed.problem(404).code(), "not-found");
}

#[apply(api_test)]
async fn contacts_are_for_readers_with_a_token(app: TestApp) {
    let contact = json!({"name": "设备处", "phone": "023-65100000", "email": "office@example.org"});
    let record = app.published("instruments", instrument().with("/contact", contact.clone())).await;
    let place = path("instruments", &record);
    let code = record["code"].as_str().unwrap();
    assert_eq!(app.client("reader").get(&place).await.expect(200)["contact"], contact);
    let queries = [
        place.clone(),
        format!("/api/v1/instruments/{code}"),
        format!("{place}?expand=host"),
        format!("{place}?fields=contact,name"),
        format!("/api/v1/instruments?code={code}"),
        format!("/api/v1/instruments?code={code}&expand=host,owner"),
        format!("/api/v1/instruments?code={code}&fields=contact,code"),
    ];
    for query in queries {
        let answer = app.anonymous().get(&query).await;
        assert_eq!(answer.status(), 200, "{query}");
        assert!(!answer.text().contains("65100000") && !answer.text().contains("设备处"), "{query}");
        assert!(!app.client("reader").get(&query).await.text().is_empty());
    }
    let whole = app.anonymous().get(&place).await;
    assert_eq!(whole.header("etag"), format!("\"{}-public\"", revision(&record)));
    assert_eq!(whole.header("cache-control"), "public, no-cache");
    assert_eq!(app.client("reader").get(&place).await.header("cache-control"), "private, no-cache");
}

#[apply(api_test)]
async fn a_closed_register_shows_nothing_without_a_token(engine: Engine) {
    let app = TestApp::with(engine, &[("public_read", "false")]).await;
    let record = app.client("reader").get("/api/v1/instruments?limit=1").await.items().remove(0);
    for place in [path("instruments", &record), "/api/v1/instruments".to_owned(), "/api/v1/vocabularies".to_owned()] {
        assert_eq!(app.anonymous().get(&place).await.problem(401).code(), "unauthenticated", "{place}");
        assert_eq!(app.client("reader").get(&place).await.status(), 200, "{place}");
    }
    for place in ["/healthz", "/readyz", "/openapi.json", "/.well-known/jwks.json"] {
        assert_eq!(app.anonymous().get(place).await.status(), 200, "{place}");
    }
}

#[apply(api_test)]
async fn what_a_reader_may_not_see_is_left_out_of_expanded_answers(app: TestApp) {
    let agency = app.client("cq-agency");
    let host = app.published("organizations", crate::support::contents::organization()).await;
    let record = app.published("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    let place = format!("{}?expand=host,owner", path("instruments", &record));
    let shown = app.anonymous().get(&place).await.expect(200);
    assert_eq!(shown["expanded"]["host"][0]["name"], host["name"]);
    assert_eq!(shown["expanded"]["owner"][0]["id"], host["id"]);
    agency.transition("organizations", &host, "withdrawn", Some("x")).await.expect(200);
    let second = app.second_of_chongqing();
    second.say("confirm", &second.waiting_on("organizations", &host).await).await.expect(201);
    // A withdrawn record shows its state; its name tells readers what is referred to.
    let after = app.anonymous().get(&place).await.expect(200);
    let tombstone = json!({"id": host["id"], "code": host["code"], "kind": "organizations", "state": "withdrawn", "name": host["name"]});
    assert_eq!(after["expanded"]["host"], json!([tombstone]));
    let hidden = agency.create("organizations", crate::support::contents::organization()).await;
    let draft = agency.create("instruments", instrument().with("/host", json!({"id": hidden["id"]}))).await;
    agency.transition("organizations", &hidden, "withdrawn", Some("x")).await.expect(200);
    let place = format!("{}?expand=host", path("instruments", &draft));
    assert_eq!(agency.get(&place).await.expect(200)["expanded"]["host"][0]["state"], "withdrawn");
}

#[apply(api_test)]
async fn an_expanded_answer_shows_what_it_refers_to_as_it_is_now(app: TestApp) {
    let agency = app.client("cq-agency");
    let mut host = agency.create("organizations", crate::support::contents::organization()).await;
    let draft = agency.create("instruments", instrument().with("/host", json!({"id": host["id"]}))).await;
    let one = format!("{}?expand=owner,host", path("instruments", &draft));
    let list = format!("/api/v1/instruments?code={}&expand=host", draft["code"].as_str().unwrap());
    for name in ["改名之一", "改名之二"] {
        let patch = agency.patch(&path("organizations", &host), json!({"name": {"zh": name}}));
        host = patch.if_match(revision(&host)).await.expect(200);
        assert_eq!(agency.get(&one).await.expect(200)["expanded"]["host"][0]["name"]["zh"], name);
        assert_eq!(agency.get(&list).await.items()[0]["expanded"]["host"][0]["name"]["zh"], name);
    }
}
