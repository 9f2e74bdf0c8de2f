//! A caller learns nothing of an invisible record from any operation: callers of every kind send every operation of the
//! document about records in every state in which a record is hidden from someone.
//!
//! What is hidden from whom is not listed here (`visibility.rs` does): it is determined by 404. An operation, a
//! parameter or a body that this test does not know how to fill fails it, so that the next endpoint is covered the day
//! it is written.

use chuanyu::kind::pointers;
use std::collections::BTreeSet;

use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use chuanyu::reading::{filters, list};
use serde_json::{Value, json};

use super::document::{self, Operation, operations};
use crate::support::contents::{content_of, next};
use crate::support::flows::{path, revision};
use crate::support::*;

/// A record that some callers do not see.
struct Hidden {
    kind: &'static str,
    /// Its situation, for messages.
    state: &'static str,
    /// As its owner sees it.
    record: Value,
    /// What was sent at first, without the secret words.
    plain: Value,
    /// Words that stand in its contents and nowhere else.
    words: Vec<String>,
    /// Its change requests, by id.
    requests: Vec<String>,
}

impl Hidden {
    fn id(&self) -> &str {
        self.record["id"].as_str().unwrap()
    }

    fn code(&self) -> &str {
        self.record["code"].as_str().unwrap()
    }
}

/// A request about a hidden record.
struct Question {
    method: reqwest::Method,
    place: String,
    body: Option<Value>,
    /// Whether it says the record's code itself.
    says_code: bool,
}

/// A caller, by name, with the records that it does not see.
struct Asker<'h> {
    name: &'static str,
    caller: Caller,
    blind: Vec<&'h Hidden>,
}

#[apply(api_test)]
async fn nothing_is_told_of_a_record_to_whom_it_is_not_there(app: TestApp) {
    let (mut hidden, mut official) = (Vec::new(), Vec::new());
    let start = app.client("cq-agency").get("/api/v1/changes?after=now").await.expect(200)["next_after"].to_string();
    for kind in register().kinds() {
        official.push((kind.name, official_one(&app, kind.name).await));
        hidden.extend(hidden_ones(&app, kind.name).await);
    }
    let document = document::document();
    let operations = operations(&document);
    let mut asked = BTreeSet::new();
    for asker in askers(&app, &hidden).await {
        for (place, about) in asker.blind.iter().enumerate() {
            // Operations about no record are sent once.
            for operation in operations.iter().filter(|one| place == 0 || one.path.starts_with("/api/v1/")) {
                for question in questions(&document, operation, about, &official, &start) {
                    asked.insert(operation.id());
                    ask(&asker, about, operation, question).await;
                }
            }
        }
    }
    let never: Vec<&str> = operations.iter().map(Operation::id).filter(|id| !asked.contains(id)).collect();
    assert!(never.is_empty(), "nobody asked {never:?}");
    the_owner_finds_the_words(&app, &hidden).await;
}

/// Callers of every kind; which records are invisible to each is taken from the service itself.
async fn askers<'h>(app: &TestApp, hidden: &'h [Hidden]) -> Vec<Asker<'h>> {
    let neighbour = Some(demo_org_id(2));
    let writes = "records:read records:write changes:read";
    let callers = [
        ("anonymous", app.anonymous()),
        ("reader", app.client("reader")),
        ("neighbour", app.new_client("cq-neighbour", neighbour, Some(CHONGQING), writes)),
        ("auditor", app.new_client("sc-auditor", None, Some(SICHUAN), "records:read audit:read changes:read")),
        ("nowhere", app.new_client("no-province", None, None, "records:read audit:read changes:read")),
        ("university of the other province", app.client("sc-university")),
        ("clerk", app.client("cq-clerk")),
        ("agency", app.client("cq-agency")),
        ("agency of the other province", app.client("sc-agency")),
    ];
    let mut askers = Vec::new();
    for (name, caller) in callers {
        let mut blind = Vec::new();
        for one in hidden {
            let answer = caller.show(one.kind, &one.record).await;
            match answer.status() {
                404 => blind.push(one),
                status => assert!(matches!(status, 200 | 410), "{name} {} {}: {status}", one.kind, one.state),
            }
        }
        assert!(!blind.is_empty(), "{name} sees everything");
        askers.push(Asker { name, caller, blind });
    }
    // A token for less is another caller.
    for (name, client, scopes) in
        [("confirmer", "sc-agency", "records:confirm"), ("watcher", "sc-agency", "changes:read")]
    {
        let blind = askers.iter().find(|one| one.name == "agency of the other province").map(|one| one.blind.clone());
        askers.push(Asker { name, caller: app.client_with(client, scopes), blind: blind.unwrap() });
    }
    askers
}

async fn ask(asker: &Asker<'_>, about: &Hidden, operation: &Operation, question: Question) {
    let Question { method, place, body, says_code } = question;
    let mut request =
        asker.caller.request(method.clone(), &place).header("if-match", format!("\"{}\"", revision(&about.record)));
    if let Some(body) = body {
        request = match operation.id().starts_with("patch_") {
            true => request.header("content-type", callers::MERGE_PATCH).text(body.to_string()),
            false => request.json(body),
        };
    }
    let answer = request.await;
    let at = format!("{} asks {method} {place} about {} {}", asker.name, about.kind, about.state);
    assert!(answer.status() < 500, "{at}: {}", answer.text());
    let text = answer.text();
    for one in &asker.blind {
        for word in &one.words {
            assert!(!text.contains(word), "{at} and reads “{word}” of {} {}: {text}", one.kind, one.state);
        }
        // A caller that saw it once may know that it existed: tombstones and the audit log name it.
        let names_it = ["list_changes", "list_audit_events"].contains(&operation.id());
        if !(names_it || says_code && one.id() == about.id()) {
            assert!(!text.contains(one.code()), "{at} and reads the code of {} {}: {text}", one.kind, one.state);
        }
    }
    if place.starts_with(&path(about.kind, &about.record)) || place.starts_with("/api/v1/change-requests/") {
        assert!(matches!(answer.status(), 401 | 403 | 404), "{at}: {}", answer.status());
    }
    let finds = place.contains(&format!("?code={}", about.code())) || place.contains(&format!("?q={}", about.words[0]));
    if answer.status() == 200 && finds {
        assert_eq!(answer.json()["page"]["total"], 0, "{at}");
    }
}

/// The secret words can be read by the owner, else finding none of them would mean nothing.
async fn the_owner_finds_the_words(app: &TestApp, hidden: &[Hidden]) {
    for one in hidden.iter().filter(|one| one.state != "withdrawn early") {
        let owner = maker(app, one.kind).await;
        let shown = owner.get(&path(one.kind, &one.record)).await;
        assert!(one.words.iter().any(|word| shown.text().contains(word)), "{} {}", one.kind, one.state);
    }
}

/// The client that may write for the owner of the kind's example.
async fn maker(app: &TestApp, kind: &str) -> Caller {
    let university = app.client("cq-university");
    match university.post(&format!("/api/v1/{kind}"), content_of(kind)).await.status() {
        201 => university,
        _ => app.client("cq-clerk"),
    }
}

async fn official_one(app: &TestApp, kind: &'static str) -> Value {
    let owner = maker(app, kind).await;
    let submitted = owner.submit(kind, content_of(kind)).await;
    for agency in ["cq-agency", "sc-agency"] {
        let shown = app.client(agency).show(kind, &submitted).await;
        if shown.status() == 200 && shown.json()["state"] == "submitted" {
            app.client(agency).confirm(kind, &submitted).await.expect(201);
        }
    }
    app.anonymous().show(kind, &submitted).await.expect(200)
}

/// One record of the kind for each way of being hidden.
async fn hidden_ones(app: &TestApp, kind: &'static str) -> Vec<Hidden> {
    let owner = maker(app, kind).await;
    let mut all = Vec::new();
    for state in ["never submitted", "submitted", "a draft again", "withdrawn early"] {
        let plain: Value = content_of(kind).into();
        let (content, word) = with_secret(&plain);
        let source = format!("/api/v1/{kind}/by-source/SOURCE-{word}");
        let mut record = owner.put(&source, content).await.expect(201);
        let mut words = vec![word];
        if state != "never submitted" {
            record = owner.transition(kind, &record, "submitted", None).await.expect(200);
        }
        if state == "a draft again" {
            owner.transition(kind, &record, "draft", Some("再改")).await.expect(200);
            let (changed, word) = with_secret(&plain);
            words.push(word);
            record = owner.put(&source, changed).await.expect(200);
        }
        if state == "withdrawn early" {
            record = owner.transition(kind, &record, "withdrawn", Some("误登")).await.expect(200);
        }
        let requests = app.database(|conn| {
            let id = record["id"].as_str().unwrap().to_uppercase();
            let query = match conn {
                chuanyu::db::Connection::Sqlite(_) => {
                    let hex = id.replace('-', "");
                    format!("SELECT hex(id) AS line FROM proposals WHERE hex(record_id) = '{hex}'")
                }
                chuanyu::db::Connection::Postgres(_) => {
                    format!("SELECT replace(id::text, '-', '') AS line FROM proposals WHERE record_id = '{id}'")
                }
            };
            dump::lines(conn, &query)
        });
        assert_eq!(requests.len(), usize::from(state != "never submitted"), "{kind} {state}");
        all.push(Hidden { kind, state, record, plain, words, requests });
    }
    all
}

/// A content with a word of its own in its name and remarks.
fn with_secret(plain: &Value) -> (Value, String) {
    let word = format!("暗号{:06}号", next());
    let mut content = plain.clone();
    let name = format!("{}{word}", content["name"]["zh"].as_str().unwrap());
    content["name"]["zh"] = json!(name);
    content["remarks"] = json!(format!("{word}在此"));
    (content, word)
}

/// Every request by which an operation could disclose something of the record; none for an unrelated operation.
fn questions(
    document: &Value,
    operation: &Operation,
    about: &Hidden,
    official: &[(&'static str, Value)],
    start: &str,
) -> Vec<Question> {
    let places = places(operation, about);
    let queries = queries(operation, about, start);
    let bodies = bodies(document, operation, about);
    let mut all = Vec::new();
    for (place, by_code) in &places {
        for (query, names_code) in &queries {
            for body in &bodies {
                let place = if query.is_empty() { place.clone() } else { format!("{place}?{query}") };
                let method = operation.method.to_uppercase().parse().unwrap();
                let said = body.as_ref().is_some_and(|body| body.to_string().contains(about.code()));
                let says_code = *by_code || *names_code || said;
                all.push(Question { method, place, body: body.clone(), says_code });
            }
        }
    }
    // An official record that is to be introduced to it.
    if operation.id().starts_with("propose_") && operation.path.ends_with("/introductions") {
        let of_demand = operation.path.starts_with("/api/v1/demands/");
        let (from, named) = if of_demand { ("demands", "offer") } else { ("capabilities", "demand") };
        let other = official.iter().find(|(kind, _)| *kind == from).map(|(_, record)| record).unwrap();
        let place = format!("{}/introductions", path(from, other));
        for reference in [json!({"id": about.id()}), json!({"code": about.code()})] {
            let (method, says_code) = (reqwest::Method::POST, reference.get("code").is_some());
            all.push(Question { method, place: place.clone(), body: Some(json!({named: reference})), says_code });
        }
    }
    // An official record that is to be merged into it, or replaced by it.
    if operation.id().starts_with("move_") && operation.path.starts_with(&format!("/api/v1/{}/", about.kind)) {
        let other = official.iter().find(|(kind, _)| *kind == about.kind).map(|(_, record)| record).unwrap();
        for member in ["merged_into", "superseded_by"] {
            let body = json!({"to": "withdrawn", "reason": "重复", member: {"id": about.id()}});
            let place = format!("{}/transitions", path(about.kind, other));
            all.push(Question { method: reqwest::Method::POST, place, body: Some(body), says_code: false });
        }
    }
    all
}

/// The operation's path about the record, and whether it says its code.
fn places(operation: &Operation, about: &Hidden) -> Vec<(String, bool)> {
    let mut places = vec![(operation.path.clone(), false)];
    let of_kind = operation.path.strip_prefix("/api/v1/").and_then(|path| path.split('/').next()).unwrap_or_default();
    let shows = operation.id().starts_with("show_") && operation.path.ends_with("{ref}");
    for parameter in operation.parameters().filter(|one| one["in"] == "path") {
        let name = parameter["name"].as_str().unwrap();
        let values: Vec<(String, bool)> = match name {
            // An introduction has an id of its own.
            "ref" if of_kind == "introductions" => vec![(about.id().into(), false)],
            "ref" if of_kind != about.kind => Vec::new(),
            "ref" if shows => vec![(about.id().into(), false), (about.code().into(), true)],
            "ref" => vec![(about.id().into(), false)],
            "number" => vec![("1".into(), false), (about.record["revision"].to_string(), false)],
            "id" if of_kind == "change-requests" => about.requests.iter().map(|id| (id.clone(), false)).collect(),
            "source_id" if of_kind != about.kind => Vec::new(),
            // The key in another client's system: the record that it makes there is another one.
            "source_id" => vec![("SOURCE-1".into(), false)],
            "name" => vec![("divisions".into(), false)],
            // Of whose records figures are signed.
            "kind" => vec![(about.kind.into(), false)],
            other => panic!("{}: how is the path parameter {other} filled?", operation.id()),
        };
        let place = format!("{{{name}}}");
        let filled = places.iter().flat_map(|(path, said)| {
            values.iter().map(|(value, says)| (path.replace(&place, value), *said || *says)).collect::<Vec<_>>()
        });
        places = filled.collect();
    }
    places
}

/// Query strings by which the operation could show or find the record, and whether each contains its code.
fn queries(operation: &Operation, about: &Hidden, start: &str) -> Vec<(String, bool)> {
    let names: Vec<&str> =
        operation.parameters().filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap()).collect();
    let kind = register().kinds().iter().find(|kind| operation.path == format!("/api/v1/{}", kind.name));
    if let Some(kind) = kind.filter(|_| operation.method == "get") {
        let known: Vec<String> = filters::parameter_names(kind);
        for name in &names {
            let known = known.iter().any(|one| one == name) || list::PARAMETERS.contains(name);
            assert!(known, "{}: how is the parameter {name} filled?", operation.id());
        }
        if kind.name != about.kind {
            return Vec::new();
        }
        let expand = chuanyu::kind::pointers::expandable(kind).into_iter().take(3).collect::<Vec<_>>().join(",");
        let source = about.record["source_id"].as_str().unwrap();
        return vec![
            (format!("code={}&include_total=true", about.code()), true),
            (format!("q={}&include_total=true", about.words[0]), false),
            (format!("sort=-created_at&limit=10&fields=name,remarks,code&source_id={source}"), false),
            (format!("sort=-updated_at&limit=10&expand={expand}"), false),
            (format!("sort=-code&state={}&limit=50", about.record["state"].as_str().unwrap()), false),
        ];
    }
    let mut shows = Vec::new();
    let mut finds = vec![(String::new(), false)];
    for name in names {
        match name {
            "fields" => shows.push("fields=name,remarks".to_owned()),
            "expand" | "cursor" | "limit" | "kinds" | "include_total" => {}
            "q" => {
                finds = vec![
                    (format!("q={}&include_total=true", about.words[0]), false),
                    (format!("q={}&kinds={}", about.code(), about.kind), true),
                ];
            }
            "include" => shows.push("include=record".to_owned()),
            "after" if operation.id() == "list_changes" => shows.push(format!("after={start}&limit=1000")),
            "as_of" => finds.push(("as_of=2026-09-02T00:00:00Z".to_owned(), false)),
            "to" | "revision" => finds.push((format!("{name}=1"), false)),
            "ref" | "record" | "demand" | "offer" => {
                finds.extend([(format!("{name}={}", about.id()), false), (format!("{name}={}", about.code()), true)]);
            }
            "org" | "after" | "before" | "client" | "action" | "request_id" | "at_gte" | "at_lt" => {}
            "awaiting" | "overdue" | "kind" | "purpose" | "state" | "province" => {}
            "valid_on" | "parent" => {}
            "group_by" => finds.push(("group_by=state,province".to_owned(), false)),
            // What would tell an owner is refused.
            "query" => finds.push(("query=group_by%3Dstate,province".to_owned(), false)),
            "min_score" | "spelling" | "offers" => {}
            "excluded" => finds.push(("excluded=true&min_score=0&limit=200".to_owned(), false)),
            "scope" => finds = vec![("scope=500000&year=2030".to_owned(), false)],
            "year" | "open_ended" => {}
            "sum" | "avg" | "min" | "max" | "format" => {}
            _ if operation.path.starts_with("/api/v1/statistics/") => {}
            other => panic!("{}: how is the parameter {other} filled?", operation.id()),
        }
    }
    let whole = shows.join("&");
    let joint =
        |find: &str| [find, &whole].iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("&");
    finds.into_iter().map(|(find, says)| (joint(&find), says)).collect()
}

/// Bodies by which the operation could disclose something of the record; one absent body where it takes none.
fn bodies(document: &Value, operation: &Operation, about: &Hidden) -> Vec<Option<Value>> {
    let Some(content) = operation.value["requestBody"]["content"].as_object() else { return vec![None] };
    let schema = content.values().next().unwrap()["schema"]["$ref"].as_str().unwrap_or_default();
    let schema = schema.rsplit('/').next().unwrap();
    let word = |word: &str| json!({"decision": word, "digest": about.record["digest"], "reason": "已核对"});
    let bodies = match schema {
        "TransitionRequest" => ["submitted", "draft", "withdrawn"].map(|to| json!({"to": to, "reason": "试"})).to_vec(),
        "ConfirmationRequest" => vec![word("confirm"), word("decline")],
        "RecallRequest" => vec![json!({"to": "recalled", "reason": "试"})],
        // What is asked stands in the answer, so that names are asked elsewhere (`matching`).
        "MatchRequest" => vec![json!({"names": [about.id()]})],
        "AcceptedSpellingRequest" => [json!({"id": about.id()}), json!({"code": about.code()})]
            .map(|organization| json!({"spelling": "试", "organization": organization}))
            .to_vec(),
        "DemandIntroductionRequest" | "CapabilityIntroductionRequest" => {
            let named = if schema.starts_with("Demand") { "offer" } else { "demand" };
            vec![json!({named: {"id": about.id()}}), json!({named: {"code": about.code()}})]
        }
        "IntroductionMove" => vec![json!({"to": "accepted", "side": "demand"})],
        "RestorationRequest" => vec![json!({"revision": 1, "reason": "试"})],
        "TokenRequest" => vec![operation.example_body(document).unwrap().1],
        schema if schema.ends_with("ChangeProposal") => vec![json!({"patch": {"remarks": "试"}, "reason": "试"})],
        schema if schema.ends_with("Patch") => vec![json!({"remarks": "试"})],
        schema => {
            let kind = register().kinds().iter().find(|kind| kind.schema == schema);
            let kind = kind.unwrap_or_else(|| panic!("{}: how is a {schema} filled?", operation.id()));
            contents_about(kind.name, about)
        }
    };
    bodies.into_iter().map(Some).collect()
}

/// Contents of a kind that refer to the record in every member that may refer to its kind, and, for its own kind, one
/// with the same identifiers.
fn contents_about(kind: &'static str, about: &Hidden) -> Vec<Value> {
    let example: Value = content_of(kind).into();
    let kind = register().kind(kind).unwrap();
    let mut all = Vec::new();
    for (pointer, target, _) in pointers::references(kind, &example) {
        if target != about.kind {
            continue;
        }
        let other_code = json!({"id": about.id(), "code": "ORG-2026-000001-1"});
        for reference in [json!({"id": about.id()}), json!({"code": about.code()}), other_code] {
            let mut content = example.clone();
            let place = content.pointer_mut(&pointer).unwrap();
            *place = if place.is_string() { reference["id"].clone() } else { reference };
            all.push(content);
        }
    }
    if kind.name == about.kind {
        all.push(about.plain.clone());
    }
    all
}
