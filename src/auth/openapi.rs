//! What the token endpoint reads and answers, and how the OpenAPI document describes access.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::{Deserialize, Serialize};
use utoipa::openapi::security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme};
use utoipa::{OpenApi, ToSchema};

use crate::api::oauth::{ErrorCode, TokenError};
use crate::api::render;
use crate::api::shell::Verbatim;
use crate::auth::login::LoginError;
use crate::auth::{REALM, routes, scopes};
use crate::problem::Code;

/// A request of the client credentials grant (RFC 6749 §4.4.2); parameters that are not listed are ignored, and one without a
/// value counts as left out (RFC 6749 §3.2).
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"grant_type": "client_credentials", "scope": "records:read records:confirm"}))]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(pattern = "^client_credentials$", max_length = 18)]
    pub grant_type: String,
    /// Names separated by spaces; all scopes of the client when left out. Those that the client has are granted, and the answer
    /// says which.
    #[schema(pattern = "^([\\x21\\x23-\\x5B\\x5D-\\x7E]+( [\\x21\\x23-\\x5B\\x5D-\\x7E]+)*)?$", max_length = 2048)]
    pub scope: Option<String>,
    /// The client's name, when it is not in the `Authorization` field.
    #[schema(pattern = "^([a-z0-9][a-z0-9-]{1,62})?$", max_length = 63)]
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
    /// What it allows: names separated by spaces, of those asked for the ones that the client has.
    #[schema(max_length = 512)]
    pub scope: String,
}

/// A request that ends without a token.
#[derive(Debug)]
pub struct Refusal {
    error: ErrorCode,
    description: String,
    status: u16,
    retry_after: Option<u64>,
}

impl Refusal {
    /// With the usual status of its key.
    pub fn new(error: ErrorCode, description: impl ToString) -> Refusal {
        let status = match error {
            ErrorCode::InvalidClient => 401,
            ErrorCode::TemporarilyUnavailable => 503,
            ErrorCode::ServerError => 500,
            _ => 400,
        };
        Refusal { error, description: description.to_string(), status, retry_after: None }
    }

    /// 400 `invalid_request`.
    pub fn invalid_request(description: &str) -> Refusal {
        Refusal::new(ErrorCode::InvalidRequest, description)
    }

    /// 401 `invalid_client`.
    pub fn invalid_client() -> Refusal {
        Refusal::new(ErrorCode::InvalidClient, LoginError::InvalidClient)
    }

    /// The same with a more exact status.
    pub fn with_status(mut self, status: u16) -> Refusal {
        self.status = status;
        self
    }

    fn retry_after(mut self, seconds: u64) -> Refusal {
        self.retry_after = Some(seconds);
        self
    }

    /// The answer, with `no-store`.
    pub fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = HttpResponse::build(status);
        match self.status {
            401 => response.insert_header((WWW_AUTHENTICATE, format!("Basic realm=\"{REALM}\", charset=\"UTF-8\""))),
            405 => response.insert_header((ALLOW, "POST, OPTIONS")),
            _ => &mut response,
        };
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.extensions_mut().insert(Verbatim);
        TokenError::new(self.error, &self.description, render::of_status(status).code()).write(response.finish())
    }
}

impl From<LoginError> for Refusal {
    fn from(error: LoginError) -> Refusal {
        match &error {
            LoginError::InvalidClient => Refusal::invalid_client(),
            LoginError::InvalidScope(_) => Refusal::new(ErrorCode::InvalidScope, error),
            LoginError::Limited(seconds) => {
                let seconds = *seconds;
                Refusal::new(ErrorCode::TemporarilyUnavailable, error).with_status(429).retry_after(seconds)
            }
            LoginError::Failed(problem) if problem.code() == Code::Unavailable => {
                tracing::warn!(%problem, "login not possible");
                Refusal::new(ErrorCode::TemporarilyUnavailable, "not available, try again").retry_after(1)
            }
            LoginError::Failed(problem) => {
                tracing::error!(%problem, "login failed");
                Refusal::new(ErrorCode::ServerError, "internal error")
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
