//! Formats of the published JSON schema, and what every text must be.
//!
//! The body validator hands `check` to the schema library for every `format` it meets, and `text_is_clean` to every string.
//! Both only judge: nothing is trimmed, folded or repaired.

use chrono::DateTime;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use uuid::Uuid;

use crate::reference::characters::{
    is_blank, is_control, is_invisible, is_noncharacter, is_odd_space, turns_direction,
};
use crate::reference::values::{Day, Month, Orcid, RecordCode, Ror, Uscc, division};

/// The names [`check`] knows.
pub const FORMATS: &[&str] =
    &["uscc", "orcid", "ror", "record-code", "division", "date", "month", "date-time", "uuid", "uri", "email", "phone"];

/// Judges a value of one of the [`FORMATS`]; the error is a fault code.
///
/// `division` accepts every code that was ever an address, and of the two provinces whatever may have been one; whether it
/// was one on the day of the record is for the rules of the kind (`division::check`). A name that is not in [`FORMATS`] is refused with `unknown-format`, so that a slip in a
/// schema cannot let everything through.
pub fn check(format: &str, value: &str) -> Result<(), &'static str> {
    match format {
        "uscc" => Uscc::parse(value).map(drop),
        "orcid" => Orcid::parse(value).map(drop),
        "ror" => Ror::parse(value).map(drop),
        "record-code" => RecordCode::parse(value).map(drop),
        "division" => match division::known(value) {
            Err(fault) if !division::is_of_the_two_provinces(value) => Err(fault),
            _ => Ok(()),
        },
        "date" => Day::parse(value).map(drop),
        "month" => Month::parse(value).map(drop),
        "date-time" => instant(value).then_some(()).ok_or("instant-shape"),
        "uuid" => uuid(value).then_some(()).ok_or("uuid-shape"),
        "uri" => uri(value).then_some(()).ok_or("uri-shape"),
        "email" => email(value).then_some(()).ok_or("email-shape"),
        "phone" => phone(value).then_some(()).ok_or("phone-shape"),
        _ => Err("unknown-format"),
    }
}

/// What every text of a request must be: normalised (`not-nfc`), without control characters other than line feed and tab
/// (`control-character`), without those that turn the direction of writing (`bidi-control`), without code points that are no
/// characters (`noncharacter`), and with something to be seen (`blank`).
///
/// NFC because both provinces sign a digest of the same characters; the rest because it cannot be stored or shown safely, or
/// shows something else than what is signed (Unicode UAX #9, Unicode TR #36 §3.2).
pub fn text_is_clean(text: &str) -> Result<(), &'static str> {
    for c in text.chars() {
        if is_control(c) {
            return Err("control-character");
        }
        if turns_direction(c) {
            return Err("bidi-control");
        }
        if is_noncharacter(c) {
            return Err("noncharacter");
        }
    }
    if !text.is_empty() && text.chars().all(is_blank) {
        return Err("blank");
    }
    let normalized = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => text.nfc().eq(text.chars()),
    };
    if normalized { Ok(()) } else { Err("not-nfc") }
}

/// What a text of one line must be besides: without characters that nobody sees (`invisible-character`), and without spaces
/// other than the plain and the full-width one, tabs and line breaks among them (`odd-space`). Two names that look the same
/// are then the same, for uniqueness, searches and signatures.
pub fn line_is_clean(text: &str) -> Result<(), &'static str> {
    text_is_clean(text)?;
    match text.chars().find(|c| is_odd_in_line(*c)) {
        None => Ok(()),
        Some(c) if is_invisible(c) => Err("invisible-character"),
        Some(_) => Err("odd-space"),
    }
}

/// The first character for which [`text_is_clean`] or [`line_is_clean`] may refuse a text: to be named, because it cannot be seen.
pub fn odd_character(text: &str) -> Option<char> {
    text.chars()
        .find(|c| is_control(*c) || turns_direction(*c) || is_invisible(*c))
        .or_else(|| text.chars().find(|c| is_odd_in_line(*c)))
}

fn is_odd_in_line(c: char) -> bool {
    is_odd_space(c) || is_invisible(c)
}

/// RFC 3339 §5.6 with any offset; years as in [`Day`]. `T` and `Z` in capitals.
fn instant(value: &str) -> bool {
    let shaped =
        value.is_ascii() && value.len() <= 40 && value.as_bytes().get(10) == Some(&b'T') && !value.contains('z');
    shaped && Day::parse(&value[..10]).is_ok() && DateTime::parse_from_rfc3339(value).is_ok()
}

/// RFC 9562 §4: 36 characters with hyphens; braces, `urn:` and bare digits are refused.
fn uuid(value: &str) -> bool {
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}

/// RFC 3986: an absolute http or https address with a host and without user information, at most 2048 characters.
fn uri(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")) else {
        return false;
    };
    let allowed = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if value.len() > 2048 || !value.chars().all(allowed) || !percent_encoded(value) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host_fits = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => domain(host),
    };
    host_fits && port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

/// RFC 3986 §2.1: every percent sign begins a pair of hexadecimal digits.
fn percent_encoded(value: &str) -> bool {
    let pair = |rest: &str| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    value.split('%').skip(1).all(pair)
}

/// RFC 1123 §2.1: labels of letters, digits and hyphens, at most 63 characters each and 253 together.
fn domain(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// RFC 5321 §4.1.2 without quoted names and address literals; the domain has at least two labels.
fn email(value: &str) -> bool {
    let Some((local, host)) = value.rsplit_once('@') else {
        return false;
    };
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let dots = local.split('.').all(|part| !part.is_empty());
    value.len() <= 254 && local.len() <= 64 && dots && local.chars().all(atom) && host.contains('.') && domain(host)
}

/// Digits, hyphens, parentheses and spaces with an optional leading plus, 5 to 32 characters and at least five digits.
fn phone(value: &str) -> bool {
    let rest = value.strip_prefix('+').unwrap_or(value);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let ends = |c: char| c.is_ascii_digit() || c == '(' || c == ')';
    (5..=32).contains(&value.len())
        && digits >= 5
        && rest.chars().all(|c| c.is_ascii_digit() || "-() ".contains(c))
        && rest.starts_with(ends)
        && rest.ends_with(ends)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_format(format: &str, good: &[&str], bad: &[&str]) {
        for value in good {
            assert_eq!(check(format, value), Ok(()), "{format} {value}");
        }
        for value in bad {
            assert!(check(format, value).is_err(), "{format} {value}");
        }
    }

    #[test]
    fn formats_accept_the_right_and_refuse_the_rest() {
        assert_format("uscc", &["12100000400000624D"], &["12100000400000624d"]);
        assert_format("division", &["500106", "500234", "110000"], &["500100", "110108", "50010", ""]);
        assert_format("date", &["2024-06-01"], &["2024-6-1", "2024-06-31"]);
        assert_format("month", &["2024-06"], &["2024-6", "2024-13", "2024-06-01"]);
        let (good, bad) = (
            ["2023-04-01T01:00:00Z", "2023-04-01T09:00:00.123+08:00"],
            [
                "2023-04-01 01:00:00Z",
                "2023-04-01T01:00:00",
                "2023-04-01t01:00:00z",
                "2023-02-30T01:00:00Z",
                "甲甲甲甲T",
            ],
        );
        assert_format("date-time", &good, &bad);
        let id = "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11";
        assert_format(
            "uuid",
            &[id, &id.to_uppercase()],
            &[&id.replace('-', ""), &format!("{{{id}}}"), &format!("urn:uuid:{id}"), ""],
        );
        assert_format(
            "email",
            &["a.b+c@kjj.cq.gov.cn"],
            &["a@b", "@b.cn", "a b@c.cn", "a@b@c.cn", "a..b@c.cn", ".a@b.cn", "a@-b.cn", "甲@b.cn"],
        );
        assert_format(
            "phone",
            &["023-67513900", "(028) 8666 1234", "+86 23 67513900"],
            &["1234", "+", "-----", "023–67513900", "67513900 ", "tel:67513900"],
        );
        assert_eq!(check("nonsense", "x"), Err("unknown-format"));
    }

    #[test]
    fn addresses_are_http_with_a_host() {
        let long = format!("https://a.cn/{}", "a".repeat(2048));
        assert_format(
            "uri",
            &[
                "https://kjj.cq.gov.cn/a?b=c#d",
                "http://localhost:8080",
                "https://[2001:db8::1]:443/",
                "https://a.cn/%E7%94%B2",
            ],
            &[
                "ftp://a.cn",
                "https://",
                "https:///a",
                "https://user@a.cn",
                "https://a.cn:x",
                "https://a.cn:99999",
                "https://a cn",
                "javascript:alert(1)",
                "HTTPS://a.cn",
                "https://a.cn/\n",
                "https://a.cn/%zz",
                "https://甲.cn",
                "https://[::1",
                &long,
            ],
        );
    }

    #[test]
    fn every_listed_format_is_known() {
        for format in FORMATS {
            assert_ne!(check(format, ""), Err("unknown-format"), "{format}");
            assert_ne!(check(format, ""), Ok(()), "{format}");
        }
    }

    #[test]
    fn texts_are_clean_or_refused() {
        assert_eq!(text_is_clean("重庆\n\té 𠮷"), Ok(()));
        assert_eq!(text_is_clean("e\u{301}"), Err("not-nfc"));
        for control in ["\0", "\r", "\u{7f}", "\u{85}"] {
            assert_eq!(text_is_clean(control), Err("control-character"), "{control:?}");
        }
        for point in ["\u{FDD0}", "\u{FFFE}", "\u{1FFFF}"] {
            assert_eq!(text_is_clean(point), Err("noncharacter"), "{point:?}");
        }
    }

    #[test]
    fn a_text_that_shows_nothing_or_turns_the_direction_is_refused() {
        for nothing in [" ", "\u{200b}", "\u{3164}", "\u{3000}\n", "\u{2060}\u{feff}\t"] {
            assert_eq!(text_is_clean(nothing), Err("blank"), "{nothing:?}");
        }
        for turned in ["甲\u{202e}乙", "a\u{200f}b", "a\u{2066}b\u{2069}"] {
            assert_eq!(text_is_clean(turned), Err("bidi-control"), "{turned:?}");
        }
        assert_eq!(text_is_clean(""), Ok(()));
        assert_eq!(text_is_clean("甲\u{200b}乙\u{a0}丙"), Ok(()));
    }

    #[test]
    fn a_line_has_no_spaces_and_characters_that_look_like_others_or_like_nothing() {
        assert_eq!(line_is_clean("中共四川省委\u{3000}四川省人民政府 A"), Ok(()));
        assert_eq!(line_is_clean("葛\u{e0100}城"), Ok(()));
        for (line, code, point) in [
            ("甲\t乙", "odd-space", '\t'),
            ("甲\u{200b}乙", "invisible-character", '\u{200b}'),
            ("甲\u{ad}乙", "invisible-character", '\u{ad}'),
            ("甲\u{a0}乙", "odd-space", '\u{a0}'),
            ("甲\u{2003}乙", "odd-space", '\u{2003}'),
            ("甲\u{202e}乙", "bidi-control", '\u{202e}'),
        ] {
            assert_eq!((line_is_clean(line), odd_character(line)), (Err(code), Some(point)), "{line:?}");
        }
        assert_eq!(odd_character("甲 乙"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_format_panic(value in any::<String>(), at in 0..FORMATS.len()) {
            let _ = check(FORMATS[at], &value);
            let _ = line_is_clean(&value);
            prop_assert!(text_is_clean(&value).is_ok() || line_is_clean(&value).is_err());
        }
    }
}
