//! Characters that texts may not have. Each class is declared once, for the checks of [`formats`](crate::reference::formats)
//! and for the patterns that the document publishes.

use std::sync::LazyLock;

type Class = &'static [(char, char)];

macro_rules! classes {
    ($($(#[$doc:meta])* $check:ident $class:ident [$($from:literal $to:literal),+ $(,)?];)+) => {$(
        $(#[$doc])*
        pub(super) fn $check(c: char) -> bool {
            matches!(c, $($from..=$to)|+)
        }

        const $class: Class = &[$(($from, $to)),+];
    )+};
}

classes! {
    /// Control characters other than line feed and tab.
    is_control CONTROLS ['\0' '\u{8}', '\u{B}' '\u{1F}', '\u{7F}' '\u{9F}'];

    /// Marks, embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX #9 §2).
    turns_direction TURNING [
        '\u{61C}' '\u{61C}', '\u{200E}' '\u{200F}', '\u{202A}' '\u{202E}', '\u{2066}' '\u{2069}',
    ];

    /// Code points that are no characters, of the first plane; every other plane ends with two of them.
    is_noncharacter_of_first_plane NONCHARACTERS ['\u{FDD0}' '\u{FDEF}', '\u{FFFE}' '\u{FFFF}'];

    /// Characters without any shape: joiners, fillers, invisible operators and tags (Unicode `Default_Ignorable_Code_Point`
    /// without the variation selectors, which rare Chinese characters need).
    is_invisible INVISIBLE [
        '\u{AD}' '\u{AD}', '\u{34F}' '\u{34F}', '\u{115F}' '\u{1160}', '\u{17B4}' '\u{17B5}', '\u{180E}' '\u{180E}',
        '\u{200B}' '\u{200D}', '\u{2060}' '\u{2065}', '\u{206A}' '\u{206F}', '\u{3164}' '\u{3164}', '\u{FEFF}' '\u{FEFF}',
        '\u{FFA0}' '\u{FFA0}', '\u{FFF0}' '\u{FFF8}', '\u{1BCA0}' '\u{1BCA3}', '\u{1D173}' '\u{1D17A}',
        '\u{E0000}' '\u{E007F}',
    ];

    /// Spaces other than the plain and the full-width one, tab and line feed among them.
    is_odd_space ODD_SPACES [
        '\t' '\n', '\u{A0}' '\u{A0}', '\u{1680}' '\u{1680}', '\u{2000}' '\u{200A}', '\u{2028}' '\u{2029}',
        '\u{202F}' '\u{202F}', '\u{205F}' '\u{205F}',
    ];

    /// The plain and the full-width space.
    is_plain_space PLAIN_SPACES [' ' ' ', '\u{3000}' '\u{3000}'];
}

pub(super) fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xFFFE == 0xFFFE || is_noncharacter_of_first_plane(c)
}

/// A character that only changes how others look, or nothing at all: variation selectors among them.
pub fn is_shapeless(c: char) -> bool {
    is_invisible(c) || turns_direction(c) || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A character of which nothing is seen.
pub(super) fn is_blank(c: char) -> bool {
    is_plain_space(c) || is_odd_space(c) || is_invisible(c)
}

const FORBIDDEN: [Class; 3] = [CONTROLS, TURNING, NONCHARACTERS];
const BLANK: [Class; 3] = [PLAIN_SPACES, ODD_SPACES, INVISIBLE];

/// What [`text_is_clean`](crate::reference::formats::text_is_clean) accepts, as a pattern that ECMA-262 (`u`), Python, Java and
/// Rust read alike; CRLF stands for LF. A pattern cannot express that a text is normalised, and none of these languages has
/// one spelling for what lies beyond the first plane: invisible and non-characters there are left to the check.
pub static TEXT: LazyLock<String> = LazyLock::new(|| {
    let (forbidden, blank) = (class(&FORBIDDEN), class(&BLANK));
    let either = class(&[FORBIDDEN, BLANK].concat());
    format!(r"^((\r\n|[{blank}])*[^{either}](\r\n|[^{forbidden}])*)?$")
});

/// The same of a text of one line without spaces at its ends ([`line_is_clean`](crate::reference::formats::line_is_clean)).
pub static LINE: LazyLock<String> = LazyLock::new(|| {
    let inside: Vec<Class> = FORBIDDEN.into_iter().chain([ODD_SPACES, INVISIBLE]).collect();
    let ends: Vec<Class> = inside.iter().copied().chain([PLAIN_SPACES]).collect();
    let (inside, ends) = (class(&inside), class(&ends));
    format!("^[^{ends}]([^{inside}]*[^{ends}])?$")
});

/// The inside of a bracket expression with these characters of the first plane.
fn class(classes: &[Class]) -> String {
    let all = classes.iter().copied().flatten().map(|&(from, to)| (u32::from(from), u32::from(to)));
    let mut ranges: Vec<(u32, u32)> = all.filter(|(from, _)| *from <= 0xFFFF).collect();
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, end)) if from <= *end + 1 => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    let written = |point: u32| if point <= 0xFF { format!(r"\x{point:02x}") } else { format!(r"\u{point:04x}") };
    let range = |(from, to): (u32, u32)| match to - from {
        0 => written(from),
        _ => format!("{}-{}", written(from), written(to)),
    };
    merged.into_iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reference::formats::{line_is_clean, text_is_clean};

    /// Every character of the first plane alone, inside a text, at its end and twice.
    fn samples() -> impl Iterator<Item = String> {
        let characters = (0..=0xFFFF).filter_map(char::from_u32);
        characters.flat_map(|c| [format!("{c}"), format!("字{c}字"), format!("字{c}"), format!("{c}{c}")])
    }

    #[test]
    fn the_published_patterns_accept_exactly_what_the_checks_accept() {
        let pattern = |pattern: &str| jsonschema::validator_for(&json!({"pattern": pattern})).unwrap();
        let (text, line) = (pattern(&TEXT), pattern(&LINE));
        let trimmed = |text: &str| text.trim() == text && !text.is_empty();
        let mut seen = 0;
        for sample in samples().chain(["", "\r\n", "\r\n字", "字\r\n", "字\r字", "𠮷\u{E0100}"].map(str::to_owned))
        {
            let sent = sample.replace("\r\n", "\n");
            let fits = text_is_clean(&sent);
            if fits == Err("not-nfc") {
                continue;
            }
            assert_eq!(text.is_valid(&json!(sample)), fits.is_ok(), "{sample:?}: {fits:?}");
            let fits = line_is_clean(&sent).is_ok() && trimmed(&sent);
            assert_eq!(line.is_valid(&json!(sample)), fits, "a line: {sample:?}");
            seen += 1;
        }
        assert!(seen > 240_000, "{seen}");
    }

    #[test]
    fn names_of_nothing_and_texts_that_turn_are_refused() {
        for bad in ["\u{85}", "a\u{85}", "\u{200B}", "\u{3164}", " \u{3000}\n", "a\u{202E}b", "\u{FFFF}"] {
            assert!(text_is_clean(bad).is_err(), "{bad:?}");
        }
        for bad in ["a\tb", "a\u{A0}b", "a\u{200B}b"] {
            assert!(line_is_clean(bad).is_err() && text_is_clean(bad).is_ok(), "{bad:?}");
        }
    }
}
