//! Every secured operation checks token and scope before anything else; every write is secured.

use super::document::{self, Sent, assert_documented, operations};
use crate::support::*;

/// A token that no key signed.
const GARBAGE: &str = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";

#[test]
fn every_write_is_secured() {
    for operation in operations(&document::document()) {
        // The token endpoint is where a client shows its secret.
        // Names are matched by POST because there are many: nothing is written.
        if operation.method != "get" && !["issue_token", "match_organizations"].contains(&operation.id()) {
            let (scope, open) = operation.scope().unwrap_or_else(|| panic!("{} needs no scope", operation.id()));
            assert!(!open && scope != "records:read", "{}", operation.id());
        }
    }
}

#[apply(api_test)]
async fn without_a_valid_token_nothing_secured_is_done(app: TestApp) {
    let document = document::document();
    for operation in operations(&document) {
        let Some((_, open)) = operation.scope() else { continue };
        let garbage = app.anonymous().with_token(GARBAGE);
        let answer = operation.send(&document, &garbage, |_| {}).await;
        assert_eq!(answer.status(), 401, "{} takes a token that no key signed", operation.id());
        assert_documented(&document, &operation, &answer);
        if !open {
            let answer = operation.send(&document, &app.anonymous(), |_| {}).await;
            assert_eq!(answer.status(), 401, "{} goes without a token", operation.id());
            assert_documented(&document, &operation, &answer);
            // Nor does a bad request disclose more than a good one.
            let spoil = |sent: &mut Sent| {
                sent.path.push_str("?nonsense=1");
                sent.headers.clear();
                sent.body = None;
            };
            let answer = operation.send(&document, &app.anonymous(), spoil).await;
            assert_eq!(answer.status(), 401, "{} looks at the request before the token", operation.id());
        }
    }
}

#[apply(api_test)]
async fn a_token_without_the_scope_is_refused(app: TestApp) {
    let document = document::document();
    for operation in operations(&document) {
        let Some((scope, _)) = operation.scope() else { continue };
        let other = if scope == "audit:read" { "changes:read" } else { "audit:read" };
        let answer = operation.send(&document, &app.client_with("cq-agency", other), |_| {}).await;
        assert_eq!(answer.problem(403).code(), "insufficient-scope", "{}", operation.id());
        assert!(answer.header("www-authenticate").contains(&format!("scope=\"{scope}\"")), "{}", operation.id());
        assert_documented(&document, &operation, &answer);
    }
}

#[apply(api_test)]
async fn a_closed_register_shows_nothing_without_a_token(engine: Engine) {
    let app = TestApp::with(engine, &[("public_read", "false")]).await;
    let document = document::document();
    for operation in operations(&document) {
        if operation.scope().is_some() {
            let answer = operation.send(&document, &app.anonymous(), |_| {}).await;
            assert_eq!(answer.status(), 401, "{}", operation.id());
        }
    }
}
