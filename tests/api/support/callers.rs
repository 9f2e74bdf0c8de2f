//! Callers of the service, with or without a token, and requests to be changed before they are sent.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use serde_json::Value;

use super::answer::Answer;
use super::app::TestApp;

pub const JSON: &str = "application/json";
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// A caller; cheap to clone.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    base: String,
    pub token: Option<String>,
}

/// A request on its way; `.await` sends it.
pub struct Request(reqwest::RequestBuilder);

impl Caller {
    pub fn new(app: &TestApp, token: Option<String>) -> Caller {
        Caller { http: app.http.clone(), base: app.url(""), token }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: impl Into<String>) -> Caller {
        Caller { token: Some(token.into()), ..self.clone() }
    }

    /// The same caller at another service.
    pub fn at(&self, base: &str) -> Caller {
        Caller { base: base.to_owned(), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        Request(request)
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn head(&self, path: &str) -> Request {
        self.request(Method::HEAD, path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    pub fn post(&self, path: &str, body: impl Into<Value>) -> Request {
        self.request(Method::POST, path).json(body)
    }

    pub fn put(&self, path: &str, body: impl Into<Value>) -> Request {
        self.request(Method::PUT, path).json(body)
    }

    /// A merge patch (RFC 7396).
    pub fn patch(&self, path: &str, body: impl Into<Value>) -> Request {
        self.request(Method::PATCH, path).header(CONTENT_TYPE.as_str(), MERGE_PATCH).text(body.into().to_string())
    }
}

impl Request {
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Request {
        let value = reqwest::header::HeaderValue::from_bytes(value.as_ref()).unwrap();
        Request(self.0.header(name.as_ref(), value))
    }

    /// `If-Match` with the tag of this revision.
    pub fn if_match(self, revision: i64) -> Request {
        self.header(IF_MATCH.as_str(), format!("\"{revision}\""))
    }

    pub fn json(self, body: impl Into<Value>) -> Request {
        self.header(CONTENT_TYPE.as_str(), JSON).text(body.into().to_string())
    }

    /// Any bytes; say their type with [`Request::header`].
    pub fn text(self, body: impl Into<reqwest::Body>) -> Request {
        Request(self.0.body(body))
    }

    pub fn query(self, parameters: &[(&str, &str)]) -> Request {
        Request(self.0.query(parameters))
    }

    pub async fn send(self) -> Answer {
        Answer::read(self.0.send().await.expect("the service answers")).await
    }

    /// [`Request::send`] to a service that may be gone.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        Ok(Answer::read(self.0.send().await?).await)
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
