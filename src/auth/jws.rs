//! Compact JSON Web Signatures (RFC 7515 §7.1) as this service makes and accepts them, with the precautions of RFC 8725:
//! one algorithm (RS256), and a header that holds `alg`, `typ` and `kid` and nothing else. Whatever could point to another
//! key (`jku`, `jwk`, `x5u`, `x5c`) or change the meaning (`crit`, `zip`) is refused; `typ` keeps tokens and proofs apart.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::Deserialize;
use serde_json::json;

use crate::problem::{Outcome, Problem};

/// A signature that was read and not yet checked.
#[derive(Debug)]
pub struct Jws<'t> {
    pub header: Header,
    payload: &'t str,
    /// Header and payload as they were signed.
    message: &'t str,
    signature: &'t str,
}

/// The only members a header of ours has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    alg: String,
    typ: String,
    pub kid: String,
}

impl Header {
    /// Whether `typ` is this media type, with or without `application/` (RFC 7515 §4.1.9).
    pub fn is_of_type(&self, wanted: &str) -> bool {
        let typ = self.typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == wanted
    }
}

impl<'t> Jws<'t> {
    /// Parses a text; the error says what is wrong with its form.
    pub fn parse(text: &'t str) -> Result<Jws<'t>, &'static str> {
        let (message, signature) = text.rsplit_once('.').ok_or("not three parts")?;
        let (header, payload) = message.split_once('.').ok_or("not three parts")?;
        if payload.contains('.') {
            return Err("not three parts");
        }
        let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| "header is not base64url")?;
        let header: Header =
            serde_json::from_slice(&json).map_err(|_| "header holds other members than alg, typ and kid")?;
        if header.alg != "RS256" {
            return Err("another algorithm than RS256");
        }
        Ok(Jws { header, payload, message, signature })
    }

    /// The signed bytes, when the signature holds under this key.
    pub fn verified(&self, key: &DecodingKey) -> Option<Vec<u8>> {
        let holds = crypto::verify(self.signature, self.message.as_bytes(), key, Algorithm::RS256);
        holds.is_ok_and(|holds| holds).then(|| URL_SAFE_NO_PAD.decode(self.payload).ok()).flatten()
    }
}

/// Signs a payload with the private key called `kid`.
pub fn sign(key: &EncodingKey, kid: &str, typ: &str, payload: &[u8]) -> Outcome<String> {
    let header = json!({"alg": "RS256", "kid": kid, "typ": typ}).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = crypto::sign(message.as_bytes(), key, Algorithm::RS256).map_err(Problem::internal)?;
    Ok(format!("{message}.{signature}"))
}
