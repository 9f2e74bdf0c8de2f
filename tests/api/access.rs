//! Tokens, scopes, organizations and provinces on the real application, and rate limits.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

/// The three parts of a token.
fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap();
    let (header, claims) = (json(), json());
    (header, claims, parts.next().unwrap().to_owned())
}

fn joined(header: &Value, claims: &Value, signature: &str) -> String {
    let text = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", text(header), text(claims))
}

fn with(value: &Value, name: &str, member: impl Into<Value>) -> Value {
    let mut changed = value.clone();
    changed[name] = member.into();
    changed
}

#[apply(api_test)]
async fn a_token_that_somebody_made_up_opens_nothing(app: TestApp) {
    let good = app.client("reader");
    let token = good.token.clone().unwrap();
    let (header, claims, signature) = parts(&token);
    let whole = "records:read records:write records:confirm records:publish";
    let stranger = TestApp::on(app.engine, app.database.clone(), &[("public_url", "https://other.example.org")]);
    let forged = [
        joined(&with(&header, "alg", "none"), &claims, ""),
        joined(&with(&header, "alg", "none"), &claims, &signature),
        joined(&with(&header, "alg", "HS256"), &claims, &signature),
        joined(&header, &with(&claims, "scope", whole), &signature),
        joined(&header, &with(&claims, "province", CHONGQING), &signature),
        joined(&header, &with(&claims, "exp", 9_999_999_999_i64), &signature),
        joined(&with(&header, "kid", "../../etc/passwd"), &claims, &signature),
        stranger.client("reader").token.clone().unwrap(),
        format!("{token}x"),
        token.replace('.', ""),
        String::new(),
        "x".repeat(5000),
        "重庆".to_owned(),
    ];
    let place = "/api/v1/instruments?limit=1";
    assert_eq!(good.get(place).await.status(), 200);
    for token in forged {
        for answer in [
            good.with_token(&token).get(place).await,
            good.with_token(&token).post("/api/v1/instruments", instrument()).await,
        ] {
            let problem = answer.problem(401);
            assert!(["invalid-token", "unauthenticated"].contains(&problem.code()), "{} {token}", problem.code());
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{token}");
        }
    }
}

#[apply(api_test)]
async fn a_token_is_taken_from_one_authorization_header_only(app: TestApp) {
    let token = app.client("reader").token.unwrap();
    let anonymous = app.anonymous();
    let place = "/api/v1/instruments?limit=1";
    assert_eq!(anonymous.get(place).header("authorization", format!("bearer {token}")).await.status(), 200);
    let refused = [
        anonymous
            .get(place)
            .header("authorization", format!("Bearer {token}"))
            .header("authorization", format!("Bearer {token}"))
            .await,
        anonymous.get(place).header("authorization", "Basic cmVhZGVyOng=").await,
        anonymous.get(place).header("authorization", token.clone()).await,
        anonymous.get(place).header("authorization", format!("Bearer {token} {token}")).await,
        anonymous.get(place).header("authorization", "").await,
    ];
    for answer in refused {
        assert_eq!(answer.status(), 401, "{}", answer.text());
    }
    for place in [format!("{place}&access_token={token}"), format!("/api/v1/instruments?access_token={token}")] {
        assert_eq!(anonymous.get(&place).await.problem(401).code(), "invalid-token", "never in an address");
    }
}

#[apply(api_test)]
async fn who_is_not_let_in_learns_nothing_about_the_request(app: TestApp) {
    let bad = app.client("reader").with_token("x");
    let nobody = app.anonymous();
    let unknown = "/api/v1/instruments/0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11";
    for caller in [bad, nobody] {
        let answers = [
            caller.post("/api/v1/instruments", json!({"nonsense": true})).await,
            caller.post("/api/v1/instruments", instrument()).header("content-type", "text/plain").await,
            caller
                .request(reqwest::Method::POST, "/api/v1/instruments")
                .header("content-type", "application/json")
                .text("{")
                .await,
            caller
                .request(reqwest::Method::POST, "/api/v1/instruments")
                .header("content-type", "application/json")
                .text("x".repeat(1_100_000))
                .await,
            caller.post("/api/v1/instruments?nonsense=1", instrument()).await,
            caller.patch(unknown, json!({"model": "x"})).await,
            caller.patch("/api/v1/instruments/INS-2026-000001-9", json!({"model": "x"})).await,
            caller.delete(unknown).await,
            caller.post(&format!("{unknown}/transitions"), json!({})).await,
            caller.post(&format!("{unknown}/confirmations"), json!({})).header("idempotency-key", "").await,
            caller.put("/api/v1/instruments/by-source/x", json!([])).await,
            caller.get(&format!("{unknown}/revisions")).await,
        ];
        for answer in answers {
            assert_eq!(answer.status(), 401, "{}", answer.text());
        }
    }
}

#[apply(api_test)]
async fn every_scope_opens_its_own_doors(app: TestApp) {
    let all = ["records:read", "records:write", "records:confirm", "records:publish", "changes:read", "audit:read"];
    let submitted = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    let place = path("joint-labs", &submitted);
    for scope in all {
        let caller = app.client_with("cq-agency", scope);
        let doors = [
            ("records:read", caller.get(&place).await),
            ("records:read", caller.get("/api/v1/joint-labs").await),
            ("records:read", caller.get(&format!("{place}/transitions")).await),
            ("records:read", caller.get(&format!("{place}/confirmations")).await),
            ("records:read", caller.get(&format!("{place}/revisions/1")).await),
            ("records:write", caller.post("/api/v1/joint-labs", json!({})).await),
            ("records:write", caller.put("/api/v1/joint-labs/by-source/x", json!({})).await),
            ("records:write", caller.patch(&place, json!({"name": null})).if_match(2).await),
            ("records:write", caller.delete(&place).if_match(2).await),
            ("records:write", caller.post(&format!("{place}/transitions"), json!({"to": "closed"})).if_match(2).await),
            ("records:confirm", caller.post(&format!("{place}/confirmations"), json!({})).await),
            ("changes:read", caller.get("/api/v1/changes?after=now").await),
            ("audit:read", caller.get("/api/v1/audit-events?limit=1").await),
        ];
        for (number, (needed, answer)) in doors.into_iter().enumerate() {
            if needed == scope {
                assert!(
                    ![401, 403].contains(&answer.status()) || answer.json()["code"] == "other-organization",
                    "{number} {scope} {}",
                    answer.text()
                );
            } else {
                assert_eq!(answer.problem(403).code(), "insufficient-scope", "{number} {scope}");
                let challenge = answer.header("www-authenticate");
                assert!(
                    challenge.contains("error=\"insufficient_scope\"")
                        && challenge.contains(&format!("scope=\"{needed}\"")),
                    "{challenge}"
                );
            }
        }
    }
}

#[apply(api_test)]
async fn clients_write_for_their_organization_and_agencies_for_their_province(app: TestApp) {
    let at = |row: u32, division: &str| {
        instrument().with("/host", json!({"id": demo_org_id(row)})).with("/division", division)
    };
    let list = "/api/v1/instruments";
    let code =
        |answer: Answer| if answer.status() == 201 { "made".to_owned() } else { answer.problem(403).code().to_owned() };
    for (name, own, neighbour, other) in [
        ("cq-university", "made", "other-organization", "other-organization"),
        ("cq-agency", "made", "made", "other-province"),
        ("sc-agency", "other-province", "other-province", "made"),
        ("sc-university", "other-organization", "other-organization", "made"),
    ] {
        let caller = app.client(name);
        assert_eq!(code(caller.post(list, at(1, "500106")).await), own, "{name}");
        assert_eq!(code(caller.post(list, at(2, "500109")).await), neighbour, "{name}");
        assert_eq!(code(caller.post(list, at(64, "510107")).await), other, "{name}");
    }
    let made = app.client("cq-university").post("/api/v1/organizations", organization()).await;
    assert_eq!(made.problem(403).code(), "other-organization", "only agencies register organizations");
    for (name, status) in [("cq-university", 201), ("cq-agency", 201), ("sc-agency", 201)] {
        assert_eq!(app.client(name).post("/api/v1/alliances", alliance()).await.status(), status, "{name}");
    }
    let outsider = app.new_client("cq-outsider", Some(demo_org_id(20)), Some(CHONGQING), "records:write");
    assert_eq!(outsider.post("/api/v1/joint-labs", joint_lab()).await.problem(403).code(), "other-organization");
}

#[apply(api_test)]
async fn a_record_is_not_handed_to_somebody_else(app: TestApp) {
    let university = app.client("cq-university");
    let draft = university.create("instruments", instrument()).await;
    let patch = json!({"host": {"id": demo_org_id(2), "code": null}});
    let answer = university.patch(&path("instruments", &draft), patch.clone()).if_match(1).await;
    assert_eq!(answer.status(), 403, "{}", answer.text());
    let unchanged = university.show("instruments", &draft).await.expect(200);
    assert_eq!(
        (&unchanged["owner"], &unchanged["host"], &unchanged["revision"]),
        (&draft["owner"], &draft["host"], &json!(1))
    );
}

#[apply(api_test)]
async fn a_disabled_client_is_refused_with_the_token_it_has(app: TestApp) {
    let client = app.new_client("cq-leaver", None, Some(CHONGQING), "records:read");
    assert_eq!(client.get("/api/v1/instruments?limit=1").await.status(), 200);
    app.database(|conn| chuanyu::auth::clients::disable(conn, "cq-leaver").unwrap());
    app.refresh_clients().await;
    assert_eq!(client.get("/api/v1/instruments?limit=1").await.problem(401).code(), "invalid-token");
    let form = "grant_type=client_credentials";
    let login = || {
        let basic = base64::prelude::BASE64_STANDARD.encode("cq-leaver:a-secret-for-tests");
        app.anonymous()
            .request(reqwest::Method::POST, "/oauth2/token")
            .header("authorization", format!("Basic {basic}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .text(form)
    };
    let refused = login().await;
    assert_eq!((refused.status(), refused.json()["error"].clone()), (401, json!("invalid_client")));
    app.database(|conn| chuanyu::auth::clients::enable(conn, "cq-leaver").unwrap());
    let token = login().await.expect(200);
    let again = client.with_token(token["access_token"].as_str().unwrap());
    assert_eq!(again.get("/api/v1/instruments?limit=1").await.status(), 200);
}

#[apply(api_test)]
async fn the_quota_is_told_and_its_end_is_429(engine: Engine) {
    let app = TestApp::with(engine, &[("read_per_minute", "5"), ("write_per_minute", "3")]).await;
    let (reader, other) = (app.client("reader"), app.client("cq-university"));
    for left in (0..5).rev() {
        let answer = reader.get("/api/v1/instruments?limit=1").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"read\";q=5;w=60");
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"read\";r={left};t=")),
            "{}",
            answer.header("ratelimit")
        );
    }
    let over = reader.get("/api/v1/instruments?limit=1").await;
    assert_eq!(over.problem(429).code(), "quota-exceeded");
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert!(over.header("ratelimit").starts_with("\"read\";r=0;"));
    assert_eq!(other.get("/api/v1/instruments?limit=1").await.status(), 200, "each client has its own");
    for _ in 0..3 {
        assert_eq!(other.post("/api/v1/instruments", json!({})).await.status(), 422);
    }
    assert_eq!(other.post("/api/v1/instruments", json!({})).await.problem(429).code(), "quota-exceeded");
    assert_eq!(other.get("/healthz").await.status(), 200);
}
