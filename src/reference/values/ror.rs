//! Identifiers of the Research Organization Registry, in the URL form the registry itself publishes.

use std::fmt;

use crate::reference::values::{text_schema, with_format};

const PREFIX: &str = "https://ror.org/";

/// Crockford's base 32: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A ROR id in its full form such as `https://ror.org/011ashp19`; the bare nine characters are refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Ror(String);

impl Ror {
    /// Fails with `ror-shape` or `ror-check` (two digits 98 - n·100 mod 97, `docs/domain.md` §b11.5).
    pub fn parse(raw: &str) -> Result<Ror, &'static str> {
        let id = raw.strip_prefix(PREFIX).ok_or("ror-shape")?.as_bytes();
        if id.len() != 9 || id[0] != b'0' || !id[7..].iter().all(u8::is_ascii_digit) {
            return Err("ror-shape");
        }
        let number = id[..7].iter().try_fold(0u64, |number, byte| {
            let value = ALPHABET.iter().position(|known| known == byte)?;
            Some(number * 32 + value as u64)
        });
        let check = 98 - number.ok_or("ror-shape")? * 100 % 97;
        if u64::from(id[7] - b'0') * 10 + u64::from(id[8] - b'0') != check {
            return Err("ror-check");
        }
        Ok(Ror(raw.to_owned()))
    }

    /// The full URL form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Ror,
    with_format(
        text_schema(
            "ROR id of an organisation in its full URL form, lower case.",
            "^https://ror\\.org/0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}$",
            (25, 25),
            "https://ror.org/011ashp19",
        ),
        "ror",
    )
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::vectors::group;

    #[test]
    fn the_published_rors_are_judged_right() {
        for case in group("/ror/valid") {
            let raw = case["ror"].as_str().unwrap();
            assert_eq!(Ror::parse(raw).unwrap().as_str(), raw);
            assert_eq!(Ror::parse(&raw[PREFIX.len()..]), Err("ror-shape"));
        }
        for case in group("/ror/invalid") {
            let expected = if case["reason"] == "wrong_check_digits" { "ror-check" } else { "ror-shape" };
            assert_eq!(Ror::parse(case["ror"].as_str().unwrap()), Err(expected), "{case}");
        }
    }
}
