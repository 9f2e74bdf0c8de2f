//! An answer, with the assertions that tests make on it.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A body of `application/problem+json`.
#[derive(Debug, Clone)]
pub struct ProblemAnswer(pub Value);

impl Answer {
    pub async fn read(response: reqwest::Response) -> Answer {
        let status = response.status().as_u16();
        let mut headers = HeaderMap::new();
        for name in response.headers().keys() {
            let lines: Vec<&[u8]> = response.headers().get_all(name).iter().map(|line| line.as_bytes()).collect();
            headers.insert(name, lines.join(&b", "[..]).try_into().unwrap());
        }
        Answer { status, headers, body: response.bytes().await.expect("a whole body").to_vec() }
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header field as text, its lines joined; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The JSON body, whatever the status.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.text()))
    }

    /// The JSON body of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem of an answer that must have this status; checks what every problem has.
    #[track_caller]
    pub fn problem(&self, status: u16) -> ProblemAnswer {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], status);
        for member in ["type", "title", "instance", "request_id", "code"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "no {member} in {body}");
        }
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(body["type"].as_str().unwrap().ends_with(&format!("/problems/{}", body["code"].as_str().unwrap())));
        ProblemAnswer(body)
    }

    /// `items` of a list.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        self.expect(200)["items"].as_array().expect("items").clone()
    }
}

impl ProblemAnswer {
    pub fn code(&self) -> &str {
        self.0["code"].as_str().unwrap()
    }

    /// `pointer` or `parameter` or `header` of every fault, with its code, in order.
    pub fn faults(&self) -> Vec<(String, String)> {
        let errors = self.0["errors"].as_array().cloned().unwrap_or_default();
        let place = |error: &Value| {
            ["pointer", "parameter", "header"].iter().find_map(|at| error[*at].as_str()).unwrap_or_default().to_owned()
        };
        errors.iter().map(|error| (place(error), error["code"].as_str().unwrap_or_default().to_owned())).collect()
    }

    /// Whether there is a fault with this code at this place.
    pub fn has(&self, place: &str, code: &str) -> bool {
        self.faults().iter().any(|(at, what)| at == place && what == code)
    }
}

impl std::ops::Index<&str> for ProblemAnswer {
    type Output = Value;

    fn index(&self, member: &str) -> &Value {
        &self.0[member]
    }
}
