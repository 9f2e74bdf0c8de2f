//! Access tokens: made and checked as RFC 9068 says, with the precautions of RFC 8725.
//!
//! One algorithm (RS256), our own keys only, and nothing in the header that could point elsewhere: see [`jws`](crate::auth::jws).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, Header, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::auth::caller::Principal;
use crate::auth::clients::Client;
use crate::auth::jws::Jws;
use crate::auth::keys::Keys;
use crate::auth::scopes::Scopes;
use crate::db::{Id, Moment};
use crate::problem::{Outcome, Problem};

/// Tolerance for the clocks of partners.
pub const LEEWAY_SECONDS: i64 = 30;
/// A longer token is refused unread.
pub const MAX_LENGTH: usize = 4096;
/// Tokens remembered as checked.
const CACHED: u64 = 10_000;
/// RFC 9068 §2.1.
const TYPE: &str = "at+jwt";

/// Makes and checks the tokens of this service.
pub struct Tokens {
    keys: Arc<Keys>,
    issuer: String,
    audience: String,
    seconds: u32,
    validation: Validation,
    /// By the token's SHA-256, so that no usable token is held in memory.
    checked: Cache<[u8; 32], Checked>,
}

/// A new token and what the token endpoint says about it.
pub struct Minted {
    /// The compact JWT. Never log it.
    pub token: String,
    /// Its life in seconds.
    pub expires_in: u32,
    /// What it allows.
    pub scopes: Scopes,
}

/// A token that was found good.
#[derive(Clone)]
pub struct Checked {
    /// The client that it represents.
    pub principal: Arc<Principal>,
    /// When it was issued, in seconds since 1970 UTC.
    pub issued_at: i64,
    expires_at: i64,
    kid: Arc<str>,
}

/// Why a token was refused, for the log; clients get `invalid_token` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub &'static str);

/// RFC 9068 §2.2.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The client's id.
    sub: String,
    /// The client's name.
    client_id: String,
    aud: String,
    exp: i64,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    jti: String,
    scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    org: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    province: Option<String>,
    source_system: String,
}

impl Tokens {
    /// `issuer` is the public base URL without a slash at its end; tokens are meant for `{issuer}/api/v1`.
    pub fn new(keys: Arc<Keys>, issuer: &str, seconds: u32) -> Tokens {
        let audience = format!("{issuer}/api/v1");
        let mut validation = Validation::new(Algorithm::RS256);
        // Times are checked by our own clock, which never goes back ([`in_time`]).
        validation.validate_exp = false;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[&audience]);
        validation.required_spec_claims = HashSet::from(["exp", "iss", "aud", "sub"].map(str::to_owned));
        let life = Duration::from_secs(u64::from(seconds) + LEEWAY_SECONDS.unsigned_abs());
        let checked = Cache::builder().max_capacity(CACHED).time_to_live(life).build();
        Tokens { keys, issuer: issuer.to_owned(), audience, seconds, validation, checked }
    }

    /// Makes a token for `client` with `scopes`, which the caller has compared with the client's own. It lives `seconds`,
    /// or as long as the settings say.
    pub fn mint(&self, client: &Client, scopes: Scopes, seconds: Option<u32>) -> Outcome<Minted> {
        let expires_in = seconds.unwrap_or(self.seconds);
        let now = Moment::now().seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: client.id.to_string(),
            client_id: client.name.clone(),
            aud: self.audience.clone(),
            exp: now + i64::from(expires_in),
            iat: now,
            nbf: None,
            jti: Id::new().to_string(),
            scope: scopes.to_string(),
            org: client.org_id,
            province: client.province.clone(),
            source_system: client.source_system.clone(),
        };
        let key = self.keys.signer();
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::RS256) };
        let token = jsonwebtoken::encode(&header, &claims, &key.signing).map_err(Problem::internal)?;
        Ok(Minted { token, expires_in, scopes })
    }

    /// Checks everything in the token itself. Whether its client may still call is checked elsewhere, on each use.
    pub fn verify(&self, token: &str) -> Result<Checked, Refused> {
        if token.len() > MAX_LENGTH {
            return Err(Refused("longer than 4096 bytes"));
        }
        let digest = digest(token);
        if let Some(known) = self.checked.get(&digest) {
            return self.still_good(known);
        }
        let fresh = self.verify_anew(token)?;
        self.checked.insert(digest, fresh.clone());
        Ok(fresh)
    }

    fn still_good(&self, known: Checked) -> Result<Checked, Refused> {
        if known.expires_at.saturating_add(LEEWAY_SECONDS) < Moment::now().seconds() {
            return Err(Refused("expired"));
        }
        if !self.keys.publishes(&known.kid) {
            return Err(Refused("signed by a key that is gone"));
        }
        Ok(known)
    }

    fn verify_anew(&self, token: &str) -> Result<Checked, Refused> {
        let header = Jws::parse(token).map_err(Refused)?.header;
        if !header.is_of_type(TYPE) {
            return Err(Refused("another type than at+jwt"));
        }
        let key = self.keys.find(&header.kid).ok_or(Refused("a key that is not ours"))?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &self.validation)
            .map_err(|_| Refused("signature or claims do not hold"))?
            .claims;
        in_time(&claims)?;
        let principal = Principal {
            client_id: claims.sub.parse().map_err(|_| Refused("sub is no client id"))?,
            client: claims.client_id,
            org: claims.org,
            province: claims.province,
            // Signed by us: an unknown name was a scope of an earlier version.
            scopes: Scopes::known(&claims.scope),
            source_system: claims.source_system,
        };
        let (principal, kid) = (Arc::new(principal), header.kid.into());
        Ok(Checked { principal, issued_at: claims.iat, expires_at: claims.exp, kid })
    }
}

/// Whether a token is valid now: `exp`, `nbf` and `iat` with the leeway (RFC 7519 §4.1).
fn in_time(claims: &Claims) -> Result<(), Refused> {
    let now = Moment::now().seconds();
    if claims.exp.saturating_add(LEEWAY_SECONDS) < now {
        return Err(Refused("expired"));
    }
    if claims.nbf.is_some_and(|begins| begins > now + LEEWAY_SECONDS) {
        return Err(Refused("not valid yet"));
    }
    if claims.iat > now + LEEWAY_SECONDS {
        return Err(Refused("issued in the future"));
    }
    Ok(())
}

fn digest(token: &str) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}
