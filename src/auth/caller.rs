//! Who calls: extractors that read the Bearer token (RFC 6750 §2.1).
//!
//! `Caller<S>` cannot be built without a valid token that carries the scope `S`, so a forgotten check does not compile.
//! The extractors never await: a caller is refused before its body is read or validated.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::api::ClientName;
use crate::auth::scopes::{ConfirmRecords, PublishRecords, ReadRecords, Scope, Scopes};
use crate::auth::{Access, REALM, form};
use crate::db::Id;
use crate::problem::{Code, Outcome, Problem};

/// The operator's name in the history of a record.
pub const OPERATOR: &str = "operator";

/// The client behind a token, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The client's id.
    pub client_id: Id,
    /// The client's name, for example `cq-stb`.
    pub client: String,
    /// The organization record it acts for.
    pub org: Option<Id>,
    /// The province it acts for: `500000` or `510000`.
    pub province: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// The source system of the records it sends.
    pub source_system: String,
}

impl Principal {
    /// The operator at the command line, as the author of a change. No client may have this name, and it has no scope.
    pub fn operator() -> Principal {
        Principal {
            client_id: Id(uuid::Uuid::nil()),
            client: OPERATOR.to_owned(),
            org: None,
            province: None,
            scopes: Scopes::NONE,
            source_system: OPERATOR.to_owned(),
        }
    }

    pub fn is_operator(&self) -> bool {
        self.client_id.0.is_nil()
    }

    /// Whether it may write for every organization of its province: a trusted agency client.
    pub fn province_wide(&self) -> bool {
        self.province.is_some() && self.scopes.contains::<PublishRecords>()
    }

    /// Whether it may confirm for its province: a client of an agency, or one with an explicit grant.
    pub fn speaks_for_province(&self) -> bool {
        self.province_wide() || (self.province.is_some() && self.scopes.contains::<ConfirmRecords>())
    }
}

/// A caller whose token carries the scope `S`.
pub struct Caller<S: Scope>(Arc<Principal>, PhantomData<fn() -> S>);

impl<S: Scope> Caller<S> {
    /// The client, for keeping beyond the handler.
    pub fn principal(&self) -> Arc<Principal> {
        self.0.clone()
    }
}

impl<S: Scope> Clone for Caller<S> {
    fn clone(&self) -> Self {
        Caller(self.0.clone(), PhantomData)
    }
}

impl<S: Scope> fmt::Debug for Caller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Caller").field(&S::NAME).field(&self.0).finish()
    }
}

impl<S: Scope> Deref for Caller<S> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl<S: Scope> FromRequest for Caller<S> {
    type Error = Problem;
    type Future = Ready<Outcome<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = authenticate(request).and_then(|found| {
            let principal = found.ok_or_else(unauthenticated)?;
            in_scope::<S>(&principal).map(|()| Caller(principal, PhantomData))
        });
        ready(caller)
    }
}

/// A reader of open data: a client with `records:read`, or anybody while `public_read` is on.
#[derive(Debug, Clone)]
pub struct Reader(Option<Arc<Principal>>);

impl Reader {
    /// The client, when a token was sent.
    pub fn principal(&self) -> Option<&Arc<Principal>> {
        self.0.as_ref()
    }
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Outcome<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let reader = authenticate(request).and_then(|found| match found {
            Some(principal) => in_scope::<ReadRecords>(&principal).map(|()| Reader(Some(principal))),
            None if access(request)?.public_read() => Ok(Reader(None)),
            None => Err(unauthenticated()),
        });
        ready(reader)
    }
}

/// The client whose token the request carries; `None` when it carries none. A bad token is 401, always.
///
/// The outcome is cached in the request, so that further calls (limits, log) cost nothing.
pub fn authenticate(request: &HttpRequest) -> Outcome<Option<Arc<Principal>>> {
    if let Some(known) = request.extensions().get::<Arc<Principal>>() {
        return Ok(Some(known.clone()));
    }
    if form::names(request.query_string(), "access_token") {
        return Err(invalid_token());
    }
    let mut fields = request.headers().get_all(AUTHORIZATION);
    let Some(field) = fields.next() else {
        return Ok(None);
    };
    if fields.next().is_some() {
        return Err(invalid_token());
    }
    let (scheme, token) = field.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated());
    }
    let access = access(request)?;
    let checked = access.tokens().verify(token.trim_start_matches(' ')).map_err(|reason| {
        tracing::info!(%reason, "token refused");
        invalid_token()
    })?;
    access.clients().check(&checked).map_err(|problem| match problem.code() {
        Code::InvalidToken => invalid_token(),
        _ => problem,
    })?;
    let mut extensions = request.extensions_mut();
    extensions.insert(ClientName(checked.principal.client.clone()));
    extensions.insert(checked.principal.clone());
    Ok(Some(checked.principal))
}

fn access(request: &HttpRequest) -> Outcome<&Access> {
    let access = request.app_data::<web::Data<Access>>();
    access.map(|access| access.get_ref()).ok_or_else(|| Problem::internal("no Access in the app data"))
}

fn in_scope<S: Scope>(principal: &Principal) -> Outcome<()> {
    if principal.scopes.contains::<S>() {
        return Ok(());
    }
    let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\", scope=\"{}\"", S::NAME);
    Err(Problem::new(Code::InsufficientScope).arg("scope", S::NAME).header("WWW-Authenticate", challenge))
}

/// 401 for a call that needs a token and has none.
pub fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated).header("WWW-Authenticate", format!("Bearer realm=\"{REALM}\""))
}

fn invalid_token() -> Problem {
    let challenge = format!("Bearer realm=\"{REALM}\", error=\"invalid_token\"");
    Problem::new(Code::InvalidToken).header("WWW-Authenticate", challenge)
}
