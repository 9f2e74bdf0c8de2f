//! RFC 8785 canonical text and the digest that both provinces sign.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::problem::{Outcome, Problem};

/// SHA-256 (`sha-256:` and 64 hex digits) over the canonical text of the co-signed members, that is of all but `unsigned`.
pub fn digest(content: &Value, unsigned: &[&str]) -> Outcome<String> {
    Ok(digest_of(&signed_text(content, unsigned)?))
}

/// The canonical text of the co-signed members: what the digest is over.
pub fn signed_text(content: &Value, unsigned: &[&str]) -> Outcome<String> {
    let mut signed = content.clone();
    if let Some(members) = signed.as_object_mut() {
        members.retain(|name, _| !unsigned.contains(&name.as_str()));
    }
    text(&signed)
}

/// The digest of a text, as it is written everywhere.
pub fn digest_of(text: &str) -> String {
    sha_256(text)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_digest_ignores_the_order_of_members_and_the_unsigned_ones() {
        let one = json!({"b": 1, "a": {"y": 1, "x": "渝"}, "remarks": "x"});
        let other = json!({"a": {"x": "渝", "y": 1}, "b": 1});
        assert_eq!(digest(&one, &["remarks"]).ok(), digest(&other, &["remarks"]).ok());
        assert_ne!(digest(&one, &[]).ok(), digest(&other, &[]).ok());
    }

    #[test]
    fn the_digest_is_sha_256_of_the_canonical_text() {
        // printf '{"a":1}' | sha256sum
        let expected = "sha-256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
        assert_eq!(digest(&json!({"a": 1}), &[]).ok().as_deref(), Some(expected));
    }
}
