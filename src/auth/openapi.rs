//! What the token endpoint reads and answers, and how the OpenAPI document describes access.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::{Deserialize, Serialize};
use utoipa::openapi::security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme};
use utoipa::{OpenApi, ToSchema};

use super::login::LoginError;
use super::{REALM, routes, scopes};
use crate::api::Code;

/// A request of the client credentials grant (RFC 6749 §4.4.2); parameters that are not listed are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"grant_type": "client_credentials", "scope": "records:read records:confirm"}))]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(pattern = "^client_credentials$", max_length = 18)]
    pub grant_type: String,
    /// Names separated by spaces; all scopes of the client when left out.
    #[schema(pattern = "^[a-z:]+( [a-z:]+)*$", max_length = 512)]
    pub scope: Option<String>,
    /// The client's name, when it is not in the `Authorization` field.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{1,62}$", max_length = 63)]
    pub client_id: Option<String>,
    /// The client's secret, when it is not in the `Authorization` field.
    #[schema(format = "password", max_length = 256)]
    pub client_secret: Option<String>,
}

/// A token and its life (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl", "token_type": "Bearer", "expires_in": 900, "scope": "records:read records:confirm"}))]
pub struct TokenAnswer {
    /// The token, to be sent as `Authorization: Bearer …`.
    #[schema(pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", max_length = 4096)]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(pattern = "^Bearer$", max_length = 6)]
    pub token_type: &'static str,
    /// Seconds until it ends.
    #[schema(minimum = 1, maximum = 86400)]
    pub expires_in: u32,
    /// What it allows: names separated by spaces.
    #[schema(max_length = 512)]
    pub scope: String,
}

/// Why no token was issued (RFC 6749 §5.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"error": "invalid_client", "error_description": "unknown client, wrong secret or disabled client"}))]
pub struct TokenError {
    /// The key that clients may match.
    error: ErrorCode,
    /// A sentence for the developer, in English ASCII as the RFC wants.
    #[schema(max_length = 200, pattern = "^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]*$")]
    error_description: String,
    #[serde(skip)]
    #[schema(ignore)]
    status: u16,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<u64>,
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
    /// An unknown scope, or one that the client does not have.
    InvalidScope,
    /// Too many logins, or the service is not ready; see `Retry-After`.
    TemporarilyUnavailable,
    /// Our fault.
    ServerError,
}

impl TokenError {
    /// An error with the usual status of its key; characters that the RFC forbids are left out of the sentence.
    pub fn new(error: ErrorCode, description: impl ToString) -> TokenError {
        let status = match error {
            ErrorCode::InvalidClient => 401,
            ErrorCode::TemporarilyUnavailable => 503,
            ErrorCode::ServerError => 500,
            _ => 400,
        };
        let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
        let error_description = description.to_string().chars().filter(allowed).take(200).collect();
        TokenError { error, error_description, status, retry_after: None }
    }

    /// 400 `invalid_request`.
    pub fn invalid_request(description: &str) -> TokenError {
        TokenError::new(ErrorCode::InvalidRequest, description)
    }

    /// 401 `invalid_client`.
    pub fn invalid_client() -> TokenError {
        TokenError::new(ErrorCode::InvalidClient, LoginError::InvalidClient)
    }

    /// The same with a more exact status.
    pub fn with_status(mut self, status: u16) -> TokenError {
        self.status = status;
        self
    }

    fn retry_after(mut self, seconds: u64) -> TokenError {
        self.retry_after = Some(seconds);
        self
    }

    /// The answer, with `no-store`.
    pub fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache"));
        match self.status {
            401 => response.insert_header((WWW_AUTHENTICATE, format!("Basic realm=\"{REALM}\", charset=\"UTF-8\""))),
            405 => response.insert_header((ALLOW, "POST")),
            _ => &mut response,
        };
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(self)
    }
}

impl From<LoginError> for TokenError {
    fn from(error: LoginError) -> TokenError {
        match &error {
            LoginError::InvalidClient => TokenError::invalid_client(),
            LoginError::InvalidScope(_) => TokenError::new(ErrorCode::InvalidScope, error),
            LoginError::Limited(seconds) => {
                let seconds = *seconds;
                TokenError::new(ErrorCode::TemporarilyUnavailable, error).with_status(429).retry_after(seconds)
            }
            LoginError::Failed(problem) if problem.code() == Code::Unavailable => {
                tracing::warn!(%problem, "login not possible");
                TokenError::new(ErrorCode::TemporarilyUnavailable, "not available, try again").retry_after(1)
            }
            LoginError::Failed(problem) => {
                tracing::error!(%problem, "login failed");
                TokenError::new(ErrorCode::ServerError, "internal error")
            }
        }
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(OpenApi)]
#[openapi(
    paths(routes::token, routes::json_web_key_set, routes::proof_key_set, routes::server_metadata),
    tags((name = "oauth2", description = "令牌与密钥 / Tokens and keys"))
)]
pub struct Document;

/// The security schemes that operations name: `oauth2` for the API, `client_basic` for the token endpoint.
pub fn security_schemes() -> [(&'static str, SecurityScheme); 2] {
    let described: Vec<(&str, String)> =
        scopes::ALL.iter().map(|scope| (scope.name, format!("{} / {}", scope.zh, scope.en))).collect();
    let described = described.iter().map(|(name, text)| (*name, text.as_str()));
    let flow = Flow::ClientCredentials(ClientCredentials::new(routes::TOKEN_PATH, Scopes::from_iter(described)));
    let oauth2 = OAuth2::with_description(
        [flow],
        "客户端凭证模式；令牌为 RFC 9068 JWT（RS256，typ at+jwt），按 RFC8725 校验。/ Client credentials; tokens are RFC 9068 JWTs \
         (RS256, typ at+jwt), checked as RFC8725 says.",
    );
    [
        ("oauth2", SecurityScheme::OAuth2(oauth2)),
        ("client_basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic))),
    ]
}
