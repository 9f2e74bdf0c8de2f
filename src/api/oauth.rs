//! The one form of errors at the token endpoint (RFC 6749 §5.2), made by the endpoint itself or by the shell around it.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, PRAGMA};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Language, render};
use crate::problem::Code;

/// Why no token was issued (RFC 6749 §5.2), with the key and the title that a problem has elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"error": "invalid_client", "error_description": "unknown client, wrong secret or disabled client", "code": "unauthenticated", "title": "Not authenticated"}))]
pub struct TokenError {
    /// The key that clients may match.
    error: ErrorCode,
    /// A sentence for the developer, in English ASCII as the RFC wants.
    #[schema(max_length = 200, pattern = "^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]*$")]
    error_description: String,
    /// The key of the problem, as in every other error of this service.
    #[schema(max_length = 64, pattern = "^[a-z0-9-]+$")]
    code: &'static str,
    /// The title of the problem, in English.
    #[schema(max_length = 200, pattern = "^[\\x20-\\x7E]*$")]
    title: String,
}

/// The keys of RFC 6749 §5.2, and for causes of ours those of §4.1.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TokenErrorCode)]
pub enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// Unknown client, wrong secret or disabled client.
    InvalidClient,
    /// Another grant than `client_credentials`.
    UnsupportedGrantType,
    /// None of the scopes asked for exists and was granted to this client.
    InvalidScope,
    /// Too many logins, or the service is not ready; see `Retry-After`.
    TemporarilyUnavailable,
    /// Our fault.
    ServerError,
}

impl TokenError {
    /// Characters that the RFC forbids are left out of the sentence.
    pub fn new(error: ErrorCode, description: &str, code: Code) -> TokenError {
        let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
        let error_description = description.chars().filter(allowed).take(200).collect();
        TokenError { error, error_description, code: code.name(), title: render::title(code, Language::En) }
    }

    /// This error as the body of `response`, with `no-store`.
    pub fn write<B>(&self, response: HttpResponse<B>) -> HttpResponse<BoxBody> {
        let mut response = response.set_body(BoxBody::new(serde_json::to_string(self).unwrap_or_default()));
        let headers = response.headers_mut();
        for (name, value) in [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// Puts a problem that the endpoint did not make itself into `response`.
pub fn write<B>(response: HttpResponse<B>, code: Code) -> HttpResponse<BoxBody> {
    let error = match code.status().as_u16() {
        429 | 503 => ErrorCode::TemporarilyUnavailable,
        500.. => ErrorCode::ServerError,
        _ => ErrorCode::InvalidRequest,
    };
    let error = TokenError::new(error, &render::detail(code, Language::En, &[]), code);
    error.write(render::write(response, code, String::new(), Language::En))
}
