//! The readable code of a record, `{KIND}-{YEAR}-{serial}-{check}` (`docs/rules.md` §2): the serial has six digits, and
//! a seventh from 1,000,000 on.
//!
//! The check digit is Luhn's (ISO/IEC 7812-1 annex B) over year and serial, so that a code read out on the telephone
//! and typed wrong is answered with 400 instead of another record. The code says nothing of owner or place.

use std::fmt;

use crate::reference::kind_names;
use crate::reference::values::{text_schema, with_format};

/// A record code whose check digit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RecordCode {
    prefix: &'static str,
    year: u16,
    serial: u32,
}

impl RecordCode {
    /// The last serial of a kind and year.
    pub const LAST_SERIAL: u32 = 9_999_999;

    /// The code of this kind, year (1000 to 9999) and serial (1 to 9999999); `None` outside of these.
    pub fn new(prefix: &str, year: u16, serial: u32) -> Option<RecordCode> {
        let prefix = kind_names::all().iter().find(|kind| kind.prefix == prefix)?.prefix;
        RecordCode::within(prefix, year, serial)
    }

    fn within(prefix: &'static str, year: u16, serial: u32) -> Option<RecordCode> {
        let fits = (1000..=9999).contains(&year) && (1..=RecordCode::LAST_SERIAL).contains(&serial);
        fits.then_some(RecordCode { prefix, year, serial })
    }

    /// A code of this form for what is no record; the prefix is no kind's.
    pub fn of_other(prefix: &'static str, year: u16, serial: u32) -> String {
        RecordCode { prefix, year, serial }.to_string()
    }

    /// Fails with `record-code-shape`, `record-code-kind` or `record-code-check`.
    pub fn parse(raw: &str) -> Result<RecordCode, &'static str> {
        let known = |prefix: &str| kind_names::all().iter().find(|kind| kind.prefix == prefix).map(|kind| kind.prefix);
        RecordCode::read(raw, known)
    }

    /// The same of what is no record: a code of this prefix.
    pub fn parse_other(prefix: &'static str, raw: &str) -> Result<RecordCode, &'static str> {
        RecordCode::read(raw, |given| (given == prefix).then_some(prefix))
    }

    fn read(raw: &str, known: impl Fn(&str) -> Option<&'static str>) -> Result<RecordCode, &'static str> {
        let parts: Vec<&str> = raw.splitn(5, '-').collect();
        let [prefix, year, serial, check] = parts[..] else {
            return Err("record-code-shape");
        };
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        let shaped = prefix.len() == 3 && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        // A seventh digit comes with the millionth record only, so that each code is written one way.
        let counted = digits(serial, 6) || (digits(serial, 7) && !serial.starts_with('0'));
        if !shaped || !digits(year, 4) || !counted || !digits(check, 1) {
            return Err("record-code-shape");
        }
        let prefix = known(prefix).ok_or("record-code-kind")?;
        let (year, serial) = (year.parse().unwrap_or(0), serial.parse().unwrap_or(0));
        let code = RecordCode::within(prefix, year, serial).ok_or("record-code-shape")?;
        if check != code.check().to_string() { Err("record-code-check") } else { Ok(code) }
    }

    /// Three capital letters naming the kind, such as `LAB`.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    pub fn year(&self) -> u16 {
        self.year
    }

    pub fn serial(&self) -> u32 {
        self.serial
    }

    /// Luhn: from the right every other digit is doubled, and the check digit fills the sum up to a multiple of ten.
    fn check(&self) -> u32 {
        let width = if self.serial < 1_000_000 { 1_000_000 } else { 10_000_000 };
        let mut rest = u64::from(self.year) * width + u64::from(self.serial);
        let (mut sum, mut doubled) = (0, true);
        while rest > 0 {
            let digit = (rest % 10) as u32;
            let weighted = if doubled { digit * 2 } else { digit };
            sum += weighted / 10 + weighted % 10;
            (rest, doubled) = (rest / 10, !doubled);
        }
        (10 - sum % 10) % 10
    }
}

impl fmt::Display for RecordCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:06}-{}", self.prefix, self.year, self.serial, self.check())
    }
}

/// The form of a code of one of the kinds there are.
fn pattern() -> String {
    let prefixes: Vec<&str> = kind_names::all().iter().map(|kind| kind.prefix).collect();
    format!("^({})-[1-9][0-9]{{3}}-([0-9]{{6}}|[1-9][0-9]{{6}})-[0-9]$", prefixes.join("|"))
}

text_value!(
    RecordCode,
    with_format(
        text_schema(
            "Readable code of a record: kind, year, serial and Luhn check digit. Made by the server, never reused.",
            &pattern(),
            (17, 18),
            "INS-2026-000123-3",
        ),
        "record-code",
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_codes_of_the_conventions_are_right() {
        let code = RecordCode::parse("INS-2026-000123-3").unwrap();
        assert_eq!((code.prefix(), code.year(), code.serial()), ("INS", 2026, 123));
        assert_eq!(RecordCode::parse("LAB-2023-000007-5").unwrap().to_string(), "LAB-2023-000007-5");
    }

    #[test]
    fn other_shapes_are_refused() {
        for raw in [
            "",
            "INS",
            "INS-2026-000123",
            "ins-2026-000123-3",
            "INS-2026-123-3",
            "INS-2026-000123-3-",
            "INS-2026-000123-３",
        ] {
            assert_eq!(RecordCode::parse(raw), Err("record-code-shape"), "{raw}");
        }
        assert_eq!(RecordCode::parse("XYZ-2026-000123-3"), Err("record-code-kind"));
        assert_eq!(RecordCode::parse("INS-2026-000123-4"), Err("record-code-check"));
        assert_eq!(RecordCode::parse("INS-2026-000000-0"), Err("record-code-shape"));
        assert_eq!(RecordCode::parse("INS-2026-0000123-3"), Err("record-code-shape"));
        assert_eq!(RecordCode::new("INS", 2026, 10_000_000), None);
    }

    #[test]
    fn the_millionth_record_of_a_year_has_a_seventh_digit() {
        let last = RecordCode::new("INS", 2026, 999_999).unwrap().to_string();
        assert_eq!(last, "INS-2026-999999-9");
        let next = RecordCode::new("INS", 2026, 1_000_000).unwrap().to_string();
        assert_eq!(next, "INS-2026-1000000-4");
        assert_eq!(RecordCode::parse(&next).unwrap().serial(), 1_000_000);
        assert_eq!(RecordCode::parse("INS-2026-1000000-5"), Err("record-code-check"));
        assert_eq!(RecordCode::new("INS", 2026, RecordCode::LAST_SERIAL).unwrap().to_string().len(), 18);
    }

    #[test]
    fn the_published_pattern_takes_the_shapes_that_are_read_and_no_others() {
        use utoipa::PartialSchema;

        let schema = serde_json::to_value(RecordCode::schema()).unwrap();
        let published = jsonschema::validator_for(&schema).unwrap();
        for (code, is_one) in [
            ("INS-2026-000123-3", true),
            ("INS-2026-1000000-4", true),
            ("INS-2026-0000123-3", false),
            ("INS-0026-000001-3", false),
            ("INS-2026-00123-3", false),
            ("INS-2026-10000000-4", false),
        ] {
            assert_eq!(published.is_valid(&code.into()), is_one, "{code}");
            assert_eq!(RecordCode::parse(code).is_ok(), is_one, "{code}");
        }
    }

    proptest! {
        #[test]
        fn a_code_comes_back_as_it_was_written(kind in any::<prop::sample::Index>(), year in 1000u16..=9999, serial in 1u32..=9_999_999) {
            let code = RecordCode::new(kind.get(kind_names::all()).prefix, year, serial).unwrap();
            prop_assert_eq!(RecordCode::parse(&code.to_string()), Ok(code));
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<RecordCode>(&json).unwrap(), code);
        }

        #[test]
        fn any_single_wrong_digit_is_caught(year in 1000u16..=9999, serial in 1u32..=9_999_999, at in 4usize..17, to in b'0'..=b'9') {
            let good = RecordCode::new("PRJ", year, serial).unwrap().to_string();
            let mut bad = good.clone().into_bytes();
            prop_assume!(bad[at] != b'-');
            bad[at] = to;
            let bad = String::from_utf8(bad).unwrap();
            prop_assert_eq!(RecordCode::parse(&bad).is_ok(), bad == good);
        }
    }
}
