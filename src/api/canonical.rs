//! RFC 8785 canonical text and SHA-256 digests, in the one form in which the service writes them.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::{Outcome, Problem};

/// The RFC 8785 (JCS) text of a value.
pub fn text(value: &impl Serialize) -> Outcome<String> {
    serde_json_canonicalizer::to_string(value).map_err(Problem::internal)
}

/// `sha-256:` and 64 hex digits.
pub fn sha_256(text: &str) -> String {
    format!("sha-256:{}", hex(&Sha256::digest(text)))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
