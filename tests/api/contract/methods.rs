//! OPTIONS answers what `Allow` says and HEAD what GET does, at every path of the document and at the pages beside it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use super::document::{self, operations};

use crate::support::*;

/// Pages that are no part of the document.
const PAGES: [&str; 9] = [
    "/",
    "/docs",
    "/docs/",
    "/docs/index.html",
    "/docs/swagger-ui.css",
    "/docs/swagger-initializer.js",
    "/openapi.json",
    "/problems",
    "/problems/not-found",
];

/// The methods of every path, at an example of it.
fn addresses() -> BTreeMap<String, Vec<Method>> {
    let mut paths: BTreeMap<String, (String, Vec<Method>)> =
        PAGES.iter().map(|page| ((*page).to_owned(), ((*page).to_owned(), vec![Method::GET]))).collect();
    for operation in operations(&document::document()) {
        let example = operation.example_path();
        let (address, methods) = paths.entry(operation.path.clone()).or_insert_with(|| (example.clone(), Vec::new()));
        if operation.method == "get" {
            *address = example;
        }
        methods.push(operation.method.to_uppercase().parse().unwrap());
    }
    let whole = |(address, mut methods): (String, Vec<Method>)| {
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        methods.push(Method::OPTIONS);
        (address, methods)
    };
    paths.into_values().map(whole).collect()
}

#[apply(api_test)]
async fn options_answers_what_allow_says_at_every_address(app: TestApp) {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    for (address, methods) in addresses() {
        let answer = app.anonymous().request(Method::OPTIONS, &address).await;
        assert_eq!(answer.expect(204), json!(null), "{address}");
        let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
        let mut expected: Vec<&str> = methods.iter().map(Method::as_str).collect();
        allowed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(allowed, expected, "{address}");
        for method in known.iter().filter(|method| !methods.contains(method)) {
            let refused = app.client("cq-agency").request(method.clone(), &address).await;
            assert_eq!(refused.status(), 405, "{method} {address}");
            let told = refused.header("allow");
            assert_eq!(told, answer.header("allow"), "{method} {address}");
        }
    }
    app.anonymous().request(Method::OPTIONS, "/api/v1/nothing").await.problem(404);
}

#[apply(api_test)]
async fn head_answers_like_get_without_a_body(app: TestApp) {
    let caller = app.client("cq-agency");
    for (address, methods) in addresses() {
        if !methods.contains(&Method::GET) {
            continue;
        }
        let (get, head) = (caller.get(&address).await, caller.head(&address).await);
        assert_eq!((head.status(), head.bytes()), (get.status(), &b""[..]), "{address}");
        for field in ["content-type", "content-length", "etag", "location", "cache-control", "content-security-policy"]
        {
            assert_eq!(head.header(field), get.header(field), "{field} of {address}");
        }
    }
}
