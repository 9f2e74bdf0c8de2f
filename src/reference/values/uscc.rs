//! The unified social credit code 统一社会信用代码 of GB 32100-2015: the key of an organisation.
//!
//! Eighteen characters: authority, category, six digits of the registering authority's division, nine characters of
//! organisation code (GB 11714), check character. The division part is the one of the day of registration and may be
//! withdrawn or 100000, so it is checked for digits only, and no seat may be derived from it (`docs/domain.md` §b11.3).

use std::fmt;

use crate::reference::values::{text_schema, with_format};
use crate::reference::vocabularies::vocabulary;

/// The 31 characters of GB 32100-2015 §4; the value of a character is its place. I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 32100-2015 §5: weight i is 3^(i-1) mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code whose parts and check character are right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Uscc(String);

impl Uscc {
    /// Accepts exactly the eighteen characters of a code, upper case.
    ///
    /// Fails with `uscc-length`, `uscc-alphabet`, `uscc-division` (positions 3 to 8 are not digits), `uscc-check` or
    /// `uscc-authority`. A category that our list does not have is accepted: [`Uscc::category_is_unlisted`].
    pub fn parse(raw: &str) -> Result<Uscc, &'static str> {
        if raw.chars().count() != 18 {
            return Err("uscc-length");
        }
        let check = check_character(raw).ok_or("uscc-alphabet")?;
        if !raw.as_bytes()[2..8].iter().all(u8::is_ascii_digit) {
            return Err("uscc-division");
        }
        if raw.as_bytes()[17] != check {
            return Err("uscc-check");
        }
        let categories = vocabulary("uscc-categories").map(|list| list.entries.as_slice()).unwrap_or_default();
        if !categories.iter().any(|entry| entry.attribute("authority_code") == Some(&raw[..1])) {
            return Err("uscc-authority");
        }
        Ok(Uscc(raw.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the vocabulary `uscc-categories` lacks its category. Worth a warning, never a refusal: our list comes from a
    /// public explanation of the standard, and codes of further categories (54, 55, N9) are in use.
    pub fn category_is_unlisted(&self) -> bool {
        let category = self.0.get(..2);
        category.is_some_and(|code| vocabulary("uscc-categories").is_some_and(|list| !list.contains(code)))
    }

    /// Whether positions 9 to 17 fail the check of GB 11714-1997. Worth a warning, never a refusal: codes issued like
    /// this are in use (`docs/domain.md` §b11.2).
    pub fn inner_code_is_odd(&self) -> bool {
        self.0.get(8..17).is_some_and(inner_code_is_odd)
    }
}

/// Whether the nine characters of an organisation code fail GB 11714-1997: weights 3 7 9 10 5 8 4 2, A = 10 … Z = 35.
pub fn inner_code_is_odd(code: &str) -> bool {
    let digits: Option<Vec<u32>> = code.chars().take(8).map(|c| c.to_digit(36)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 8 && code.len() == 9) else {
        return true;
    };
    let sum: u32 = digits.iter().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    !code.ends_with(check)
}

/// The weighted sum of the first seventeen characters; `None` when one is outside the alphabet.
fn weighted_sum(code: &str) -> Option<u32> {
    let value = |c: u8| ALPHABET.iter().position(|known| *known == c).map(|at| at as u32);
    let values: Option<Vec<u32>> = code.bytes().map(value).collect();
    Some(values?.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum())
}

/// GB 32100-2015 §5: C18 = (31 - sum mod 31) mod 31.
fn check_character(code: &str) -> Option<u8> {
    Some(ALPHABET[((31 - weighted_sum(code)? % 31) % 31) as usize])
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Uscc,
    with_format(
        text_schema(
            "Unified social credit code (GB 32100-2015): 18 upper-case characters, the last one a check character.",
            "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$",
            (18, 18),
            "12100000400000624D",
        ),
        "uscc",
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reference::values::vectors::group;

    #[test]
    fn the_published_codes_are_accepted() {
        for case in group("/uscc/valid") {
            let code = Uscc::parse(case["code"].as_str().unwrap()).unwrap_or_else(|fault| panic!("{case}: {fault}"));
            assert_eq!(!code.inner_code_is_odd(), case["inner_gb11714_ok"].as_bool().unwrap(), "{case}");
            assert!(!code.category_is_unlisted(), "{case}");
        }
        for case in group("/uscc/warning") {
            assert!(Uscc::parse(case["code"].as_str().unwrap()).unwrap().inner_code_is_odd(), "{case}");
        }
    }

    #[test]
    fn the_published_errors_are_refused_for_their_reason() {
        for case in group("/uscc/invalid") {
            let code = case["code"].as_str().unwrap();
            if case["reason"] == "category_not_defined_for_authority" {
                assert!(Uscc::parse(code).unwrap().category_is_unlisted(), "{case}"); // a warning, not a fault
                continue;
            }
            let expected = match case["reason"].as_str().unwrap() {
                "wrong_check_character" if code.ends_with('Z') => "uscc-alphabet",
                "wrong_check_character" | "adjacent_characters_swapped" | "one_digit_changed" => "uscc-check",
                "lower_case" | "non_ascii_character" => "uscc-alphabet",
                "full_width_characters" if code.chars().count() == 18 => "uscc-alphabet",
                reason if reason.starts_with("letter_") => "uscc-alphabet",
                "division_part_not_numeric" => "uscc-division",
                "authority_not_defined" => "uscc-authority",
                _ => "uscc-length",
            };
            assert_eq!(Uscc::parse(code), Err(expected), "{case}");
        }
    }

    #[test]
    fn categories_that_our_list_lacks_are_accepted_and_told() {
        for category in ["54", "55", "N9"] {
            let body = format!("{category}510100MJ0000001");
            let code = format!("{body}{}", char::from(check_character(&body).unwrap()));
            assert!(Uscc::parse(&code).unwrap().category_is_unlisted(), "{code}");
        }
        assert_eq!(Uscc::parse("B1510100MJ00000018").unwrap_err(), "uscc-check");
    }

    #[test]
    fn the_worked_examples_come_out_step_by_step() {
        for case in group("/uscc/step_by_step") {
            let code = case["code"].as_str().unwrap();
            let sum = weighted_sum(code).unwrap();
            assert_eq!(u64::from(sum), case["weighted_sum"].as_u64().unwrap());
            assert_eq!(u64::from(sum % 31), case["sum_mod_31"].as_u64().unwrap());
            let check = check_character(code).unwrap();
            assert_eq!(char::from(check).to_string(), case["check_character"].as_str().unwrap());
            assert_eq!(ALPHABET[case["check_value"].as_u64().unwrap() as usize], check);
        }
    }

    proptest! {
        #[test]
        fn any_single_changed_character_is_caught(at in 0usize..18, to in 0usize..31) {
            let good = "9150000020286320X6";
            let mut bad = good.as_bytes().to_vec();
            bad[at] = ALPHABET[to];
            let bad = String::from_utf8(bad).unwrap();
            prop_assert_eq!(Uscc::parse(&bad).is_ok(), bad == good);
        }

        #[test]
        fn no_text_makes_it_panic(raw in ".{0,40}") {
            let _ = Uscc::parse(&raw);
            let _ = inner_code_is_odd(&raw);
        }
    }
}
