//! ORCID iDs of persons, checked by ISO 7064 MOD 11-2.

use std::fmt;

use crate::reference::values::{text_schema, with_format};

/// A bare ORCID iD such as `0000-0002-1825-0097`; the URL form is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Orcid(String);

impl Orcid {
    /// Fails with `orcid-shape` or `orcid-check` (ISO 7064 MOD 11-2, `docs/domain.md` §b11.5).
    pub fn parse(raw: &str) -> Result<Orcid, &'static str> {
        let bytes = raw.as_bytes();
        let right = |(at, byte): (usize, &u8)| match at {
            4 | 9 | 14 => *byte == b'-',
            18 => byte.is_ascii_digit() || *byte == b'X',
            _ => byte.is_ascii_digit(),
        };
        if bytes.len() != 19 || !bytes.iter().enumerate().all(right) {
            return Err("orcid-shape");
        }
        let digits = bytes[..18].iter().filter(|byte| **byte != b'-').map(|byte| u32::from(byte - b'0'));
        let total = digits.fold(0, |total, digit| (total + digit) * 2 % 11);
        let check = match (12 - total) % 11 {
            10 => b'X',
            digit => b'0' + digit as u8,
        };
        if bytes[18] != check {
            return Err("orcid-check");
        }
        Ok(Orcid(raw.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Orcid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Orcid,
    with_format(
        text_schema(
            "ORCID iD of a person, the bare number without URL (ISO 7064 MOD 11-2 check character).",
            "^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$",
            (19, 19),
            "0000-0002-1825-0097",
        ),
        "orcid",
    )
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::vectors::group;

    #[test]
    fn the_published_orcids_are_judged_right() {
        for case in group("/orcid/valid") {
            assert!(Orcid::parse(case["orcid"].as_str().unwrap()).is_ok(), "{case}");
        }
        for case in group("/orcid/invalid") {
            let expected = match case["reason"].as_str().unwrap() {
                "wrong_check_character" | "adjacent_digits_swapped" => "orcid-check",
                _ => "orcid-shape",
            };
            assert_eq!(Orcid::parse(case["orcid"].as_str().unwrap()), Err(expected), "{case}");
        }
    }
}
