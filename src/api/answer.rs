//! An answer as plain data: made inside a database transaction, stored for idempotent replay, sent afterwards.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;

use crate::problem::{Outcome, Problem};

/// Status, header fields and body of a successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// JSON text; empty for an answer without content.
    pub body: String,
}

impl Answer {
    /// An answer whose body is already JSON text.
    pub fn new(status: u16, body: String) -> Answer {
        Answer { status, headers: Vec::new(), body }
    }

    /// An answer with `value` as its body.
    pub fn json(status: u16, value: &impl Serialize) -> Outcome<Answer> {
        Ok(Answer::new(status, serde_json::to_string(value).map_err(Problem::internal)?))
    }

    /// 204.
    pub fn no_content() -> Answer {
        Answer::new(204, String::new())
    }

    /// Adds a header field.
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Answer {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// The answer as actix sends it: `application/json` unless a header field says otherwise.
    pub fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        if !self.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            match (HeaderName::try_from(name.as_ref()), HeaderValue::try_from(value.as_str())) {
                (Ok(CONTENT_TYPE), Ok(value)) => drop(headers.insert(CONTENT_TYPE, value)),
                (Ok(name), Ok(value)) => headers.append(name, value),
                _ => tracing::warn!(header = name.as_ref(), "an answer's header field cannot be sent"),
            }
        }
        if self.body.is_empty() { response } else { response.set_body(actix_web::body::BoxBody::new(self.body)) }
    }
}

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> HttpResponse {
        answer.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_keeps_its_header_fields_and_is_json() {
        let answer =
            Answer::json(201, &serde_json::json!({"a": 1})).unwrap().header("Location", "/x").header("ETag", "\"1\"");
        let response = answer.into_response();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers().get("location").unwrap(), "/x");
        assert_eq!(response.headers().get("content-type").unwrap(), "application/json");
        assert!(Answer::no_content().into_response().headers().get("content-type").is_none());
    }

    #[test]
    fn a_field_that_cannot_be_sent_is_left_out() {
        let response = Answer::new(200, "{}".into()).header("X-Bad", "a\nb").header("bad name", "x").into_response();
        assert_eq!(response.headers().len(), 1);
    }
}
