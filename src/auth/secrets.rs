//! Client secrets: made by us or given by the operator, kept only as Argon2id (RFC 9106).
//!
//! Parameters are the OWASP minimum (Password Storage Cheat Sheet: 19 MiB, t=2, p=1). They are stored in each hash, so
//! they can be raised without breaking old ones.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;

use super::MAX_LIVE_SECRETS;
use crate::api::{Fault, Outcome, Problem};

/// The least number of characters of a secret that the operator brings along.
pub const MIN_GIVEN_LENGTH: usize = 12;
/// The greatest number of bytes of a secret; a longer one is never compared.
pub const MAX_LENGTH: usize = 256;

/// Argon2 runs at once: each takes 19 MiB and a core for some 20 ms.
const RUNS_AT_ONCE: usize = 2;
/// How long a login waits for its turn before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(5);

/// A new secret with its hash, made outside the transaction that stores it. The text is shown once and never stored.
pub struct Secret {
    plain: String,
    hash: String,
}

impl Secret {
    /// A secret of 32 random bytes, base64url.
    pub fn random() -> Outcome<Secret> {
        let mut bytes = [0u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(Problem::internal)?;
        Secret::hashed(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A secret chosen elsewhere: 12 characters to 256 bytes, visible ASCII; else 422.
    pub fn given(plain: String) -> Outcome<Secret> {
        if plain.chars().count() < MIN_GIVEN_LENGTH || plain.len() > MAX_LENGTH {
            let fault = Fault::at("/secret", "secret-length").arg("min", MIN_GIVEN_LENGTH).arg("max", MAX_LENGTH);
            return Err(Problem::invalid(vec![fault]));
        }
        // RFC 6749 appendix A.2: VSCHAR.
        if !plain.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(Problem::invalid(vec![Fault::at("/secret", "secret-characters")]));
        }
        Secret::hashed(plain)
    }

    /// The text to hand to the partner.
    pub fn reveal(&self) -> &str {
        &self.plain
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    fn hashed(plain: String) -> Outcome<Secret> {
        let hash = hasher().hash_password(plain.as_bytes()).map_err(Problem::internal)?.to_string();
        Ok(Secret { plain, hash })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Compares secrets on the blocking pool, a few at a time.
#[derive(Debug)]
pub struct Checker(Semaphore);

impl Default for Checker {
    fn default() -> Checker {
        Checker(Semaphore::new(RUNS_AT_ONCE))
    }
}

impl Checker {
    /// Whether `secret` belongs to one of `hashes`.
    ///
    /// A failed comparison always costs as many Argon2 runs as a client can have secrets, also for a client that does
    /// not exist, so that time tells nothing about names. Fails with 503 when too many logins are waiting.
    pub async fn matches(&self, hashes: Vec<String>, secret: String) -> Outcome<bool> {
        let turn = tokio::time::timeout(PATIENCE, self.0.acquire()).await;
        let _turn = turn.map_err(Problem::unavailable)?.map_err(Problem::internal)?;
        actix_web::web::block(move || compare(&hashes, &secret)).await.map_err(Problem::internal)
    }
}

fn compare(hashes: &[String], secret: &str) -> bool {
    let dummy: &str = &DUMMY;
    let candidates = hashes.iter().map(String::as_str).chain(std::iter::repeat(dummy)).take(MAX_LIVE_SECRETS);
    for (position, hash) in candidates.enumerate() {
        // Argon2's own comparison is constant-time.
        let equal = hasher().verify_password(secret.as_bytes(), hash).is_ok();
        if equal && position < hashes.len() {
            return true;
        }
    }
    false
}

/// The hash of a secret nobody knows.
static DUMMY: LazyLock<String> = LazyLock::new(|| Secret::random().map(|secret| secret.hash).unwrap_or_default());

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_carry_the_owasp_parameters_and_a_salt_of_their_own() {
        let (one, two) = (Secret::given("a secret of ours".into()).unwrap(), Secret::given("a secret of ours".into()));
        assert!(one.hash().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.hash());
        assert_ne!(one.hash(), two.unwrap().hash());
        assert!(!format!("{one:?}").contains("ours"));
    }

    #[test]
    fn short_long_and_invisible_secrets_are_refused() {
        for bad in ["short".to_owned(), "x".repeat(257), "中文密码中文密码中文密码".to_owned(), "tab\tseparated!".to_owned()]
        {
            assert!(Secret::given(bad).is_err());
        }
        assert_eq!(Secret::random().unwrap().reveal().len(), 43);
    }

    #[test]
    fn every_live_secret_matches_and_nothing_else_does() {
        let (one, two) = (Secret::random().unwrap(), Secret::random().unwrap());
        let hashes = [one.hash().to_owned(), two.hash().to_owned()];
        assert!(compare(&hashes, one.reveal()) && compare(&hashes, two.reveal()));
        assert!(!compare(&hashes, "something else") && !compare(&[], one.reveal()) && !compare(&[], ""));
    }
}
