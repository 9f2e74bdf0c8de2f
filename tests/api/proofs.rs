//! The proof of a record: what it says, when there is one, and that it holds for everybody who has the published keys.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chuanyu::auth::proof_keys::ProofKeySet;
use chuanyu::db::Id;
use chuanyu::db::schema::confirmations;
use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use chuanyu::reading::proof::{TYPE, verify};
use chuanyu::reference::canonical;
use diesel::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

async fn keys(app: &TestApp) -> ProofKeySet {
    ProofKeySet::parse(app.anonymous().get("/.well-known/proof-keys.json").await.text()).unwrap()
}

async fn proof(app: &TestApp, kind: &str, record: &Value) -> Value {
    app.client("reader").get(&format!("{}/proof", path(kind, record))).await.expect(200)
}

/// The result of the verification: the text of a proof that holds, or its faults.
async fn verified(app: &TestApp, proof: &Value) -> Result<String, Vec<String>> {
    verify::verify(proof.to_string().as_bytes(), &keys(app).await, register()).map(|verified| verified.to_string())
}

#[apply(api_test)]
async fn a_joint_record_is_proved_with_what_both_provinces_signed(app: TestApp) {
    for kind in ["joint-labs", "alliances", "projects"] {
        let submitted = app.client("cq-university").submit(kind, content_of(kind)).await;
        let office = json!({"decision": "confirm", "digest": submitted["digest"], "signatory": {"zh": "四川省科学技术厅"}, "reason": "同意"});
        app.client("sc-agency").post(&format!("{}/confirmations", path(kind, &submitted)), office).await.expect(201);
        app.client("cq-agency").confirm(kind, &submitted).await.expect(201);
        let active = app.client("reader").show(kind, &submitted).await.expect(200);
        let proof = proof(&app, kind, &active).await;
        for member in ["id", "code", "revision", "state", "digest"] {
            assert_eq!(proof[member], active[member], "{kind} {member}");
        }
        assert_eq!((&proof["kind"], &proof["provinces"]), (&json!(kind), &json!([CHONGQING, SICHUAN])));
        assert_eq!(proof["issuer"], app.url(""));
        // The content is what the digest is over: the signed members, as they were stored.
        let text = proof["content"].as_str().unwrap();
        let digest = canonical::hex(&Sha256::digest(text));
        assert_eq!(proof["digest"], format!("sha-256:{digest}"));
        let content: Value = serde_json::from_str(text).unwrap();
        for (name, value) in content.as_object().unwrap() {
            assert_eq!(&active[name], value, "{kind} {name}");
        }
        for name in register().kind(kind).unwrap().unsigned {
            assert!(proof["unsigned"].as_array().unwrap().contains(&json!(name)) && content.get(name).is_none());
        }
        let [cq, sc] = &proof["confirmations"].as_array().unwrap()[..] else { panic!("two confirmations") };
        assert_eq!(
            (&cq["province"], &cq["client"], &cq["revision"]),
            (&json!(CHONGQING), &json!("cq-agency"), &json!(4))
        );
        assert_eq!(
            (&sc["province"], &sc["client"], &sc["revision"]),
            (&json!(SICHUAN), &json!("sc-agency"), &json!(3))
        );
        assert_eq!((&sc["signatory"]["zh"], &sc["reason"]), (&json!("四川省科学技术厅"), &json!("同意")));
        assert_eq!(sc["organization"]["name_zh"], "四川省科学技术厅");
        let made = &proof["made_official"];
        assert_eq!(
            (&made["revision"], &made["action"], &made["client"]),
            (&json!(4), &json!("activated"), &json!("cq-agency"))
        );
        assert_eq!((&made["at"], &made["request_id"]), (&cq["at"], &cq["request_id"]));
        assert_eq!(proof["present"], json!({"revision": 4, "state": "active", "digest": active["digest"]}));
        let said = verified(&app, &proof).await.unwrap();
        assert!(said.contains("The proof holds.") && said.contains("called itself \"四川省科学技术厅\""), "{said}");
    }
}

#[apply(api_test)]
async fn the_signature_is_a_plain_jws_over_the_canonical_text_of_the_rest(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let mut proof = proof(&app, "joint-labs", &active).await;
    let jws = proof.as_object_mut().unwrap().remove("jws").unwrap();
    let parts: Vec<&str> = jws.as_str().unwrap().split('.').collect();
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decoded(parts[0])).unwrap();
    let keys = keys(&app).await;
    let kid = header["kid"].as_str().unwrap();
    assert_eq!(header, json!({"alg": "RS256", "typ": "proof+jws", "kid": kid}));
    assert_eq!(String::from_utf8(decoded(parts[1])).unwrap(), canonical::text(&proof).unwrap());
    let key = keys.find(kid).unwrap().verifying().unwrap();
    let message = format!("{}.{}", parts[0], parts[1]);
    let holds = jsonwebtoken::crypto::verify(parts[2], message.as_bytes(), &key, jsonwebtoken::Algorithm::RS256);
    assert!(holds.unwrap());
    // It is no access token, nor is an access token a proof.
    let as_token = app.anonymous().with_token(jws.as_str().unwrap()).get("/api/v1/joint-labs").await;
    assert_eq!(as_token.status(), 401);
    proof["jws"] = json!(app.client("reader").token.unwrap());
    let faults = verified(&app, &proof).await.unwrap_err();
    assert!(faults[0].contains("a signature of something else"), "{faults:?}");
}

#[apply(api_test)]
async fn a_single_owner_record_says_who_published_it(app: TestApp) {
    let published = app.published("instruments", instrument()).await;
    let first = proof(&app, "instruments", &published).await;
    assert_eq!((&first["provinces"], &first["confirmations"]), (&json!([CHONGQING]), &json!([])));
    assert_eq!(
        (&first["made_official"]["client"], &first["made_official"]["action"]),
        (&json!("cq-agency"), &json!("activated"))
    );
    assert!(verified(&app, &first).await.unwrap().contains("without a confirmation"));
    // Confirmed by its province.
    let submitted = app.client("cq-university").submit("instruments", instrument()).await;
    app.client("cq-agency").confirm("instruments", &submitted).await.expect(201);
    let confirmed = proof(&app, "instruments", &submitted).await;
    assert_eq!(confirmed["confirmations"][0]["province"], CHONGQING);
    assert_eq!(confirmed["confirmations"].as_array().unwrap().len(), 1);
    verified(&app, &confirmed).await.unwrap();
    // Changed by its owner since: the content in force has no confirmation.
    let university = app.client("cq-university");
    let place = path("instruments", &submitted);
    university.patch(&place, json!({"model": "X-2"})).if_match(revision(&confirmed)).await.expect(200);
    let changed = proof(&app, "instruments", &submitted).await;
    assert_eq!(changed["confirmations"], json!([]));
    assert_eq!(
        (&changed["made_official"]["client"], &changed["made_official"]["action"]),
        (&json!("cq-university"), &json!("updated"))
    );
    // What was official before can still be proved, and says that something else is in force now.
    let answer = university.get(&format!("{place}/proof?revision={}", confirmed["revision"])).await.expect(200);
    assert_eq!((&answer["content"], &answer["confirmations"]), (&confirmed["content"], &confirmed["confirmations"]));
    assert_eq!(answer["present"]["digest"], changed["digest"]);
    assert!(verified(&app, &answer).await.unwrap().contains("ANOTHER content"));
}

#[apply(api_test)]
async fn what_is_not_signed_changes_neither_the_proof_nor_since_when_it_holds(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &active);
    app.client("cq-university").patch(&place, json!({"remarks": "x"})).if_match(4).await.expect(200);
    let suspended = app.client("cq-agency").show("joint-labs", &active).await.expect(200);
    app.client("cq-agency").transition("joint-labs", &suspended, "suspended", Some("检修")).await.expect(200);
    let proof = proof(&app, "joint-labs", &active).await;
    assert_eq!((&proof["revision"], &proof["state"]), (&json!(6), &json!("suspended")));
    assert_eq!((&proof["digest"], &proof["made_official"]["revision"]), (&active["digest"], &json!(4)));
    assert_eq!(proof["confirmations"].as_array().unwrap().len(), 2);
    verified(&app, &proof).await.unwrap();
}

#[apply(api_test)]
async fn only_what_was_official_is_proved_to_those_who_may_see_it(app: TestApp) {
    let university = app.client("cq-university");
    let status = async |caller: &Caller, record: &Value, query: &str| {
        caller.get(&format!("{}/proof{query}", path("joint-labs", record))).await
    };
    let submitted = university.submit("joint-labs", joint_lab()).await;
    assert_eq!(status(&university, &submitted, "").await.problem(409).code(), "not-official");
    assert_eq!(status(&university, &submitted, "?revision=1").await.problem(409).code(), "not-official");
    // The draft is invisible to the other side, and all of it to readers.
    assert_eq!(status(&app.client("sc-agency"), &submitted, "?revision=1").await.problem(404).code(), "not-found");
    assert_eq!(status(&app.client("reader"), &submitted, "").await.problem(404).code(), "not-found");
    let active = app.active_joint("joint-labs", joint_lab()).await;
    assert_eq!(status(&university, &active, "?revision=3").await.problem(409).code(), "not-official");
    assert_eq!(status(&university, &active, "?revision=9").await.problem(404).code(), "not-found");
    assert_eq!(status(&university, &active, "?revision=0").await.problem(400).code(), "invalid-parameter");
    let mut active = active;
    for agency in ["cq-agency", "sc-agency"] {
        active = app.client(agency).transition("joint-labs", &active, "withdrawn", Some("误登")).await.expect(200);
    }
    // What was withdrawn was official until then.
    for caller in [&university, &app.client("reader")] {
        let proof = status(caller, &active, "").await.expect(200);
        assert_eq!((&proof["revision"], &proof["state"]), (&json!(revision(&active) - 1), &json!("active")));
        assert_eq!((&proof["present"]["state"], &proof["digest"]), (&json!("withdrawn"), &active["digest"]));
        assert_eq!(status(caller, &active, "?revision=4").await.expect(200)["digest"], active["digest"]);
    }
    let last = format!("?revision={}", revision(&active));
    assert_eq!(status(&university, &active, &last).await.problem(409).code(), "not-official");
    let early = university.transition("joint-labs", &submitted, "withdrawn", Some("误登")).await.expect(200);
    assert_eq!(status(&university, &early, "").await.problem(409).code(), "not-official", "it never was");
}

/// A change of an official joint record that both provinces agree to; answers the record after it.
async fn change(app: &TestApp, record: &Value, en: &str) -> Value {
    let university = app.client("cq-university");
    let place = path("joint-labs", record);
    let present = university.get(&place).await.expect(200);
    let wish = json!({"patch": {"name": {"en": en}}, "reason": "更名"});
    let proposed =
        university.post(&format!("{place}/change-requests"), wish).if_match(revision(&present)).await.expect(201);
    for agency in ["sc-agency", "cq-agency"] {
        let word = json!({"decision": "confirm", "digest": proposed["digest"]});
        let at = format!("/api/v1/change-requests/{}/confirmations", proposed["id"].as_str().unwrap());
        app.client(agency).post(&at, word).await.expect(201);
    }
    university.get(&place).await.expect(200)
}

#[apply(api_test)]
async fn a_content_is_proved_by_the_confirmations_of_its_own_digest(app: TestApp) {
    let first = app.active_joint("joint-labs", joint_lab()).await;
    let changed = change(&app, &first, "Changed by both provinces").await;
    let again = change(&app, &first, first["name"]["en"].as_str().unwrap()).await;
    assert!(first["digest"] == again["digest"] && first["digest"] != changed["digest"]);
    for record in [&first, &changed, &again] {
        let place = format!("{}/proof?revision={}", path("joint-labs", &first), record["revision"]);
        let proof = app.client("reader").get(&place).await.expect(200);
        assert_eq!(proof["digest"], record["digest"]);
        let shown = record["confirmations"].as_array().unwrap();
        let made = proof["confirmations"].as_array().unwrap();
        assert_eq!((shown.len(), made.len()), (2, 2));
        for (shown, made) in shown.iter().zip(made) {
            assert_eq!((&shown["province"], &shown["at"]), (&made["province"], &made["at"]), "of its own submission");
        }
        assert_eq!(proof["made_official"]["revision"], record["revision"]);
        let action = if record == &first { "activated" } else { "changed" };
        assert_eq!(proof["made_official"]["action"], action);
        assert_eq!(proof["present"]["digest"], again["digest"]);
        verified(&app, &proof).await.unwrap();
    }
    // While a change waits, what is in force is proved as before.
    let wish = json!({"patch": {"name": {"en": "Waiting"}}, "reason": "更名"});
    let place = path("joint-labs", &first);
    let waiting =
        app.client("cq-university").post(&format!("{place}/change-requests"), wish).if_match(revision(&again));
    waiting.await.expect(201);
    let proof = proof(&app, "joint-labs", &first).await;
    assert_eq!((&proof["digest"], &proof["made_official"]["revision"]), (&again["digest"], &again["revision"]));
    verified(&app, &proof).await.unwrap();
}

#[apply(api_test)]
async fn a_joint_content_that_one_province_lacks_is_never_proved(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let id: Id = active["id"].as_str().unwrap().parse().unwrap();
    // The pipeline never leaves this state.
    let of_sichuan =
        confirmations::table.filter(confirmations::record_id.eq(id)).filter(confirmations::province.eq(SICHUAN));
    app.database(|conn| diesel::delete(of_sichuan).execute(conn).unwrap());
    let answer = app.client("reader").get(&format!("{}/proof", path("joint-labs", &active))).await;
    assert_eq!(answer.problem(409).code(), "not-official");
}

/// The proof with a change, signed by the service's own key: what a faulty service would say.
fn signed_anew(app: &TestApp, proof: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut proof = proof.clone();
    proof.as_object_mut().unwrap().remove("jws");
    change(&mut proof);
    let text = canonical::text(&proof).unwrap();
    proof["jws"] = json!(app.services.access.keys().signer().sign(TYPE, text.as_bytes()).unwrap());
    proof
}

type Lie = (&'static str, fn(&mut Value));

#[apply(api_test)]
async fn even_a_good_signature_does_not_make_a_contradiction_hold(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let proof = proof(&app, "joint-labs", &active).await;
    let lies: [Lie; 9] = [
        ("the content has the digest", |proof| proof["content"] = json!("{}")),
        ("the content is not canonical JSON", |proof| {
            let text = format!(" {}", proof["content"].as_str().unwrap());
            proof["digest"] = json!(canonical::digest_of(&text));
            proof["content"] = json!(text);
        }),
        ("the content has the member `name`", |proof| proof["unsigned"] = json!(["name"])),
        ("not official", |proof| proof["state"] = json!("submitted")),
        ("510000 has not confirmed", |proof| drop(proof["confirmations"].as_array_mut().unwrap().pop())),
        ("510000 has not confirmed", |proof| {
            // Not even if the proof claims that one province is enough.
            proof["provinces"] = json!([CHONGQING]);
            proof["confirmations"].as_array_mut().unwrap().pop();
        }),
        ("the confirmation of 500000 is of another digest", |proof| {
            proof["confirmations"][0]["digest"] = json!(format!("sha-256:{}", "0".repeat(64)));
        }),
        ("the decision of 500000 is `decline`", |proof| proof["confirmations"][0]["decision"] = json!("decline")),
        ("its format is `chuanyu-proof-2`", |proof| proof["format"] = json!("chuanyu-proof-2")),
    ];
    for (expected, lie) in lies {
        let faults = verified(&app, &signed_anew(&app, &proof, lie)).await.expect_err(expected);
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    }
    let cut = signed_anew(&app, &proof, |proof| drop(proof.as_object_mut().unwrap().remove("digest")));
    assert!(verified(&app, &cut).await.unwrap_err()[0].contains("not a whole proof"));
    verified(&app, &signed_anew(&app, &proof, |proof| proof["more"] = json!(1)))
        .await
        .expect("later services may say more");
}

#[apply(api_test)]
async fn every_way_to_spoil_a_proof_is_named(app: TestApp) {
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let proof = proof(&app, "joint-labs", &active).await;
    let keys = keys(&app).await;
    let faults = |file: &str, keys: &ProofKeySet| {
        verify::verify(file.as_bytes(), keys, register()).err().unwrap_or_default().join("; ")
    };
    let text = proof.to_string();
    let other = signed_anew(&app, &proof, |proof| proof["revision"] = json!(3));
    let other = other["jws"].as_str().unwrap();
    let jws = proof["jws"].as_str().unwrap();
    let with_header = |header: Value| {
        let (_, rest) = jws.split_once('.').unwrap();
        text.replace(jws, &format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string())))
    };
    let kid = keys
        .keys
        .iter()
        .map(|key| key.kid.clone())
        .find(|kid| faults(&text, &ProofKeySet { keys: vec![keys.find(kid).unwrap().clone()] }).is_empty());
    let kid = kid.expect("the proof holds");
    for (file, expected) in [
        ("", "not one JSON object"),
        ("[]", "not one JSON object"),
        ("{}", "no signature"),
        (r#"{"jws": 7}"#, "no signature"),
        (r#"{"jws": "a.b"}"#, "not three parts"),
        (&text.replacen('{', "{\"code\":\"LAB-2026-000001-1\",", 1), "repeated members: duplicate-key"),
        (&text.replace(jws, &jws[1..]), "no signature of this service"),
        (&with_header(json!({"alg": "none", "typ": TYPE, "kid": kid})), "another algorithm than RS256"),
        (
            &with_header(json!({"alg": "RS256", "typ": TYPE, "kid": kid, "jwk": {}})),
            "other members than alg, typ and kid",
        ),
        (&with_header(json!({"alg": "RS256", "typ": "at+jwt", "kid": kid})), "a signature of something else"),
        (
            &with_header(json!({"alg": "RS256", "typ": TYPE, "kid": "mine"})),
            "the key mine, which is not in the key set",
        ),
        // A signature of the same key over something else.
        (
            &text.replace(jws.rsplit('.').next().unwrap(), other.rsplit('.').next().unwrap()),
            "the signature does not hold",
        ),
    ] {
        let found = faults(file, &keys);
        assert!(found.contains(expected), "{expected}: {found}");
    }
    assert!(faults(&text, &ProofKeySet { keys: Vec::new() }).contains("not in the key set"));
    // Each visible member, changed or taken away, is named.
    for name in proof.as_object().unwrap().keys().filter(|name| *name != "jws") {
        let mut changed = proof.clone();
        changed[name] = json!("something else");
        let found = faults(&changed.to_string(), &keys);
        assert!(found.contains(&format!("the member /{name} was changed")), "{name}: {found}");
        changed.as_object_mut().unwrap().remove(name);
        let found = faults(&changed.to_string(), &keys);
        assert!(found.contains(&format!("the member /{name} was taken away")), "{name}: {found}");
    }
}

#[apply(api_test)]
async fn a_proof_outlives_the_key_that_signed_it(engine: Engine) {
    let folder = std::env::temp_dir().join(format!("chuanyu-proof-keys-{engine:?}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let app = TestApp::with(engine, &[("keys_dir", folder.to_str().unwrap())]).await;
    let active = app.active_joint("joint-labs", joint_lab()).await;
    let old = proof(&app, "joint-labs", &active).await;
    let access = &app.services.access;
    let first = access.keys().signer().kid.clone();
    access.keys().rotate(true).unwrap();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "pem") && path.to_str().unwrap().contains(&first) {
            std::fs::remove_file(path).unwrap();
        }
    }
    access.keys().refresh();
    assert!(!access.keys().publishes(&first), "tokens no longer know it");
    let set = keys(&app).await;
    let kids: Vec<&str> = set.keys.iter().map(|key| key.kid.as_str()).collect();
    assert_eq!(kids, [first.as_str(), access.keys().signer().kid.as_str()]);
    assert_eq!(set.keys[0].signs_until, set.keys[1].signs_from);
    assert!(set.keys[0].signs_from < set.keys[0].signs_until && set.keys[1].signs_until.is_none());
    verified(&app, &old).await.unwrap();
    verified(&app, &proof(&app, "joint-labs", &active).await).await.unwrap();
    // A stolen key is struck off by the operator: what it signed no longer holds.
    std::fs::remove_file(folder.join(format!("archive/{first}.jwk"))).unwrap();
    access.keys().refresh();
    let set = keys(&app).await;
    assert!(verify::verify(old.to_string().as_bytes(), &set, register()).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[apply(api_test)]
async fn who_signs_is_an_organization_of_the_province_or_is_said_by_the_client(app: TestApp) {
    let (cq_bureau, sc_bureau) = (demo_org_id(53), demo_org_id(119));
    let submitted = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    let place = format!("{}/confirmations", path("joint-labs", &submitted));
    let word = |signatory: Value| json!({"decision": "confirm", "digest": submitted["digest"], "signatory": signatory});
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let bureau = app.anonymous().get(&format!("/api/v1/organizations/{sc_bureau}")).await.expect(200);
    assert_eq!(bureau["name"]["zh"], "四川省科学技术厅");
    let refused = [
        (json!({"organization": {"id": cq_bureau}}), "#/signatory/organization", "signatory-of-other-province"),
        (json!({"organization": {"id": Id::new()}}), "#/signatory/organization", "reference-not-found"),
        (json!({"organization": {}}), "#/signatory/organization", "reference-empty"),
        (
            json!({"organization": {"id": sc_bureau, "code": "ORG-2026-000001-1"}}),
            "#/signatory/organization",
            "reference-mismatch",
        ),
        (json!({"organization": {"id": sc_bureau}, "zh": "x"}), "#/signatory/zh", "either-or"),
        (json!({"organization": {"id": sc_bureau}, "en": "x"}), "#/signatory/en", "either-or"),
        (json!({}), "#/signatory/zh", "required"),
    ];
    for (signatory, at, code) in refused {
        let problem = sc.post(&place, word(signatory)).await.problem(422);
        assert!(problem.has(at, code), "{code}: {problem:?}");
    }
    let by_code = word(json!({"organization": {"code": bureau["code"]}}));
    sc.post(&place, by_code).await.expect(201);
    // Whatever a client of one side states, it does not appear as an office of the other.
    cq.post(&place, word(json!({"zh": "四川省科学技术厅"}))).await.expect(201);
    let made = cq.get(&place).await.items();
    assert_eq!(made[0]["signatory"], json!({"zh": "四川省科学技术厅", "stated": true}));
    let named = json!({"zh": bureau["name"]["zh"], "en": bureau["name"]["en"], "org_id": sc_bureau, "stated": false});
    assert_eq!(without_nulls(&made[1]["signatory"]), without_nulls(&named));
    let proof = proof(&app, "joint-labs", &submitted).await;
    assert_eq!(proof["confirmations"][1]["signatory"], made[1]["signatory"]);
    let said = verified(&app, &proof).await.unwrap();
    assert!(said.contains(&format!(", signed as 四川省科学技术厅 ({sc_bureau})")), "{said}");
    assert!(
        said.contains("by Chongqing (500000)")
            && said.contains("which called itself \"四川省科学技术厅\" (stated by the client, not checked)"),
        "{said}"
    );
    assert_eq!(said.matches("signed as").count(), 1, "{said}");
}

fn without_nulls(value: &Value) -> Value {
    let mut value = value.clone();
    chuanyu::kind::drop_nulls(&mut value);
    value
}

#[apply(api_test)]
async fn a_withdrawn_record_is_proved_as_it_was_last_whatever_is_done_with_it_since(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    let lab = app.active_joint("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &lab);
    let move_to = |caller: Caller, to: &'static str| {
        let place = place.clone();
        async move {
            let now = caller.get(&format!("{place}/revisions?limit=200")).await.items();
            let body = json!({"to": to, "reason": "误撤"});
            let revision = now.last().unwrap()["revision"].as_i64().unwrap();
            caller.post(&format!("{place}/transitions"), body).if_match(revision).await.expect(200)
        }
    };
    let asked = move_to(cq.clone(), "withdrawn").await;
    assert_eq!(asked["state"], "active");
    let gone = move_to(sc.clone(), "withdrawn").await;
    assert_eq!(gone["state"], "withdrawn");
    let last = asked["revision"].clone();
    assert_eq!(proof(&app, "joint-labs", &lab).await["revision"], last);
    let back = move_to(cq.clone(), "active").await;
    assert_eq!(back["state"], "withdrawn");
    let request = sc.get(back["pending_changes"]["links"][0].as_str().unwrap()).await.expect(200);
    for recalled in [false, true] {
        if recalled {
            cq.recall(&request).await.expect(200);
        }
        let proof = proof(&app, "joint-labs", &lab).await;
        assert_eq!((&proof["revision"], &proof["state"]), (&last, &json!("active")));
        assert_eq!((&proof["present"]["state"], &proof["digest"]), (&json!("withdrawn"), &lab["digest"]));
        verified(&app, &proof).await.unwrap();
    }
}
