//! The endpoints of the authorization server: token (RFC 6749 §3.2), keys (RFC 7517) and metadata (RFC 8414).
//!
//! They stand at the root, outside `/api`, and speak OAuth: errors are RFC 6749 §5.2 JSON, not problems, because that is
//! what client libraries read.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder, post, route};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::RequestId;
use crate::api::oauth::{ErrorCode, TokenError};
use crate::auth::keys::JsonWebKeySet;
use crate::auth::login::Credentials;
use crate::auth::openapi::{Refusal, TokenAnswer, TokenRequest};
use crate::auth::proof_keys::ProofKeySet;
use crate::auth::{Access, client_address, form, scopes};
use crate::db::Db;

/// The token endpoint's path.
pub const TOKEN_PATH: &str = "/oauth2/token";
/// Largest request body of the token endpoint, in bytes.
const BODY_LIMIT: usize = 8 * 1024;
/// How long a client may take to send it.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// Keys and metadata may be cached this long: far less than a new key's notice.
const CACHED: &str = "public, max-age=300";

/// Mounts the endpoints at the root.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(token)
        .service(web::resource(TOKEN_PATH).to(wrong_method))
        .service(json_web_key_set)
        .service(proof_key_set)
        .service(server_metadata);
}

/// 取得访问令牌 / Get an access token
///
/// 客户端凭证模式（RFC 6749 §4.4）。客户端名和密钥放在 `Authorization: Basic` 中（推荐）或表单中，不可同时使用；在 Basic 中按原样或按
/// 表单编码（RFC 6749 §2.3.1）均可。`scope` 中本客户端没有的或不存在的不予授予，实际授予者见应答的 `scope`；一项也没有的返回 `invalid_scope`。
/// 令牌有效 15 分钟，到期前重新申请即可，没有刷新令牌。所有错误均为 RFC 6749 §5.2 的格式。
///
/// Client credentials grant (RFC 6749 §4.4). Name and secret go into `Authorization: Basic` (preferred) or into the form,
/// never both; in Basic as they are or form-encoded (RFC 6749 §2.3.1). Scopes that this client does not have, or that do not
/// exist, are not granted: `scope` of the answer names those that are; when none is left the answer is `invalid_scope`. A token
/// lives 15 minutes; ask for another one before it ends, there is no refresh token. All errors have the form of RFC 6749 §5.2.
#[utoipa::path(
    tag = "oauth2", operation_id = "issue_token", security(("client_basic" = []), ()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "令牌 / The token", body = TokenAnswer,
            headers(("Cache-Control" = String, description = "`no-store`"))),
        (status = 400, description = "请求、授权类型或权限范围无效 / Invalid request, grant type or scope", body = TokenError),
        (status = 401, description = "客户端未知、密钥错误或已停用 / Unknown client, wrong secret or disabled", body = TokenError,
            headers(("WWW-Authenticate" = String, description = "`Basic realm=\"chuanyu\", charset=\"UTF-8\"`"))),
        (status = 405, description = "仅支持 POST / Only POST", body = TokenError,
            headers(("Allow" = String, description = "`POST, OPTIONS`"))),
        (status = 408, description = "请求发送过慢 / Sent too slowly", body = TokenError),
        (status = 413, description = "请求超过 8 KiB / Request over 8 KiB", body = TokenError),
        (status = 414, description = "地址过长 / The address is too long", body = TokenError),
        (status = 415, description = "须为表单编码 / Not form-encoded", body = TokenError),
        (status = 429, description = "登录过于频繁 / Too many logins", body = TokenError,
            headers(("Retry-After" = u32, description = "秒 / seconds"))),
        (status = 431, description = "请求头过长 / A header field is too long", body = TokenError),
        (status = 500, description = "内部错误 / Internal error", body = TokenError),
        (status = 503, description = "暂不可用 / Not available", body = TokenError,
            headers(("Retry-After" = u32, description = "秒 / seconds"))),
    )
)]
#[post("/oauth2/token")]
async fn token(request: HttpRequest, payload: Payload, access: Data<Access>, db: Data<Db>) -> HttpResponse {
    match answer(&request, payload, &access, &db).await {
        Ok(answer) => {
            let mut response = HttpResponse::Ok();
            response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).json(answer)
        }
        Err(error) => error.response(),
    }
}

async fn answer(request: &HttpRequest, payload: Payload, access: &Access, db: &Db) -> Result<TokenAnswer, Refusal> {
    let asked = Form::read(request, payload).await?;
    let credentials = asked.credentials(request)?;
    match asked.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(Refusal::new(ErrorCode::UnsupportedGrantType, "only client_credentials is supported"));
        }
        None => return Err(Refusal::invalid_request("grant_type is missing")),
    }
    let address = client_address(request, &access.settings().trusted_proxies);
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0);
    let minted = access.login(db, credentials, asked.get("scope"), address, request_id).await?;
    Ok(TokenAnswer {
        access_token: minted.token,
        token_type: "Bearer",
        expires_in: minted.expires_in,
        scope: minted.scopes.to_string(),
    })
}

async fn wrong_method() -> HttpResponse {
    Refusal::new(ErrorCode::InvalidRequest, "only POST is supported").with_status(405).response()
}

/// The parameters of a token request; an empty one counts as left out (RFC 6749 §3.2).
struct Form(Vec<(String, String)>);

impl Form {
    async fn read(request: &HttpRequest, payload: Payload) -> Result<Form, Refusal> {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let error = Refusal::invalid_request("the body must be application/x-www-form-urlencoded");
            return Err(error.with_status(415));
        }
        let reading = tokio::time::timeout(BODY_PATIENCE, payload.to_bytes_limited(BODY_LIMIT)).await;
        let body = reading
            .map_err(|_| Refusal::invalid_request("the body was sent too slowly").with_status(408))?
            .map_err(|_| Refusal::invalid_request("the body is longer than 8 KiB").with_status(413))?
            .map_err(|_| Refusal::invalid_request("the body cannot be read"))?;
        let text = std::str::from_utf8(&body).ok();
        let pairs = text.and_then(form::pairs).ok_or_else(|| Refusal::invalid_request("the body is no form"))?;
        let repeated =
            |(position, (name, _)): (usize, &(String, String))| pairs[..position].iter().any(|(n, _)| n == name);
        if pairs.iter().enumerate().any(repeated) {
            return Err(Refusal::invalid_request("a parameter is repeated"));
        }
        Ok(Form(pairs))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// RFC 6749 §2.3.1: from the `Authorization` field or from the form, never from both.
    fn credentials(&self, request: &HttpRequest) -> Result<Credentials, Refusal> {
        let mut fields = request.headers().get_all("authorization");
        let basic = match (fields.next(), fields.next()) {
            (None, _) => None,
            (Some(field), None) => {
                Some(field.to_str().ok().and_then(decode_basic).ok_or_else(Refusal::invalid_client)?)
            }
            (Some(_), Some(_)) => return Err(Refusal::invalid_request("two Authorization fields")),
        };
        match (basic, self.get("client_id"), self.get("client_secret")) {
            (Some(_), _, Some(_)) => Err(Refusal::invalid_request("two ways of client authentication")),
            (Some(basic), Some(id), None) if id != basic.client => {
                Err(Refusal::invalid_request("client_id differs from the Authorization field"))
            }
            (Some(basic), _, None) => Ok(basic),
            (None, Some(id), Some(secret)) => {
                Ok(Credentials { client: id.to_owned(), secrets: vec![secret.to_owned()] })
            }
            (None, _, _) => Err(Refusal::invalid_client()),
        }
    }
}

/// RFC 7617. Both halves should be form-encoded (RFC 6749 §2.3.1), and half of the clients do not encode them: openid-client
/// does, even `-`; curl, requests-oauthlib and Authlib send them as they are. So a secret is read both ways. A client's name
/// has no character that another reading would change.
fn decode_basic(field: &str) -> Option<Credentials> {
    let (scheme, base64) = field.split_once(' ')?;
    let decoded = STANDARD.decode(base64.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (client, secret) = text.split_once(':')?;
    let mut secrets = vec![secret.to_owned()];
    secrets.extend(form::value(secret).filter(|decoded| decoded != secret));
    // Where there is an escape it was more likely made by a client than drawn by chance.
    if secret.contains('%') {
        secrets.reverse();
    }
    Some(Credentials { client: form::value(client)?, secrets })
}

/// 令牌签名公钥 / The public keys of the tokens' signatures
///
/// RFC 7517。新密钥启用前至少提前 24 小时公布。/ A new key is published at least 24 hours before it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "oauth2", operation_id = "show_json_web_key_set",
    responses((status = 200, description = "公钥集 / The key set", body = JsonWebKeySet,
        headers(("Cache-Control" = String, description = "`public, max-age=300`"))))
)]
#[route("/.well-known/jwks.json", method = "GET", method = "HEAD")]
async fn json_web_key_set(access: Data<Access>) -> impl Responder {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, CACHED)).json(access.keys().published())
}

/// 证明文件的签名公钥 / The public keys of the proofs' signatures
///
/// 曾用于签名的全部公钥及其启用、停用时间，永久保留；私钥停用后仍可据此核验证明文件。/ Every key that ever signed here with
/// its time of use, kept for ever: proofs can be checked long after the private half is gone. Keep a copy.
#[utoipa::path(
    get, path = "/.well-known/proof-keys.json", tag = "oauth2", operation_id = "show_proof_keys",
    responses((status = 200, description = "公钥集 / The key set", body = ProofKeySet,
        headers(("Cache-Control" = String, description = "`public, max-age=300`"))))
)]
#[route("/.well-known/proof-keys.json", method = "GET", method = "HEAD")]
async fn proof_key_set(access: Data<Access>) -> impl Responder {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, CACHED)).json(access.keys().of_proofs())
}

/// Where the endpoints are and what they support (RFC 8414 §2).
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerMetadata {
    /// The `iss` of every token.
    #[schema(format = "uri", max_length = 300)]
    issuer: String,
    /// Where tokens are had.
    #[schema(format = "uri", max_length = 300)]
    token_endpoint: String,
    /// Where the public keys are.
    #[schema(format = "uri", max_length = 300)]
    jwks_uri: String,
    /// The scopes of this service.
    #[schema(max_items = 64, value_type = Vec<ScopeName>)]
    scopes_supported: Vec<&'static str>,
    /// Always empty: there is no authorization endpoint.
    #[schema(max_items = 0, value_type = Vec<ScopeName>)]
    response_types_supported: [&'static str; 0],
    /// `client_credentials` alone.
    #[schema(max_items = 1, value_type = Vec<ScopeName>)]
    grant_types_supported: [&'static str; 1],
    /// How a client may show its secret.
    #[schema(max_items = 2, value_type = Vec<ScopeName>)]
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// The reference of this API.
    #[schema(format = "uri", max_length = 300)]
    service_documentation: String,
}

/// A registered OAuth name, such as a scope.
#[derive(Debug, Serialize, ToSchema)]
#[schema(max_length = 64, pattern = "^[a-z:_]+$", example = "records:read")]
pub struct ScopeName(String);

/// 授权服务器元数据 / Metadata of the authorization server
///
/// 端点地址与所支持的方式（RFC 8414）。/ Where the endpoints are and what they support (RFC 8414).
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "oauth2", operation_id = "show_server_metadata",
    responses((status = 200, description = "元数据 / The metadata", body = ServerMetadata,
        headers(("Cache-Control" = String, description = "`public, max-age=300`"))))
)]
#[route("/.well-known/oauth-authorization-server", method = "GET", method = "HEAD")]
async fn server_metadata(access: Data<Access>) -> impl Responder {
    let issuer = access.settings().public_url.clone();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, CACHED)).json(ServerMetadata {
        token_endpoint: format!("{issuer}{TOKEN_PATH}"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        scopes_supported: scopes::ALL.iter().map(|scope| scope.name).collect(),
        response_types_supported: [],
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        service_documentation: format!("{issuer}/docs/"),
        issuer,
    })
}
