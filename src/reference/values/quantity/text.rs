//! Quantities as Chinese reports write them, `3.207亿元` or `1.2万台(套)`, turned into exact numbers (`docs/domain.md` §d5).

/// A number and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Decimal string: two places for `CNY`, a whole number for everything that is counted.
    pub value: String,
    /// `CNY`, `enterprise`, `set`, `count`, `item` or `person`.
    pub unit: &'static str,
}

/// Unit words of the article and what they count.
const UNITS: [(&str, &str); 8] = [
    ("元", "CNY"),
    ("家", "enterprise"),
    ("台(套)", "set"),
    ("台（套）", "set"),
    ("个", "count"),
    ("项", "item"),
    ("人", "person"),
    ("名", "person"),
];

/// Reads digits, an optional 万 (ten thousand) or 亿 (hundred million) and a unit word; nothing else, so that words such as
/// 余 or 约, which change the meaning, are not lost.
///
/// Fails with `quantity-text` for any other text, and with `quantity-inexact` where the result has a part of a fen or of a
/// counted thing.
pub fn from_chinese(text: &str) -> Result<Amount, &'static str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or("quantity-text")?;
    let (number, rest) = text.split_at(end);
    let (zeros, word) = match rest.strip_prefix('亿') {
        Some(word) => (8, word),
        None => rest.strip_prefix('万').map_or((0, rest), |word| (4, word)),
    };
    let unit = UNITS.iter().find(|(known, _)| *known == word).map(|(_, unit)| *unit).ok_or("quantity-text")?;
    if unit == "CNY" {
        let fen = shifted(number, zeros + 2)?;
        return Ok(Amount { value: format!("{}.{:02}", fen / 100, fen % 100), unit });
    }
    Ok(Amount { value: shifted(number, zeros)?.to_string(), unit })
}

/// The decimal `number` times ten to the `zeros`, if that is a whole number.
fn shifted(number: &str, zeros: usize) -> Result<u64, &'static str> {
    let (whole, places) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || places.contains('.') || number.ends_with('.') || number.len() > 20 {
        return Err("quantity-text");
    }
    let places = places.trim_end_matches('0');
    if places.len() > zeros {
        return Err("quantity-inexact");
    }
    format!("{whole}{places:0<zeros$}").parse().map_err(|_| "quantity-text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::vectors::group;

    #[test]
    fn the_published_texts_are_read_exactly() {
        for case in group("/quantity_conversion") {
            let quantity = from_chinese(case["text_zh"].as_str().unwrap()).unwrap();
            assert_eq!(quantity.value, case["value"].as_str().unwrap(), "{case}");
            assert_eq!(quantity.unit, case["unit"].as_str().unwrap(), "{case}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "3",
            "万元",
            "3.万元",
            ".3万元",
            "1.2.3万元",
            "40余个",
            "约3万元",
            "-3万元",
            "3万万元",
            "99999999999999999999亿元",
        ] {
            assert_eq!(from_chinese(text), Err("quantity-text"), "{text}");
        }
        assert_eq!(from_chinese("0.001元"), Err("quantity-inexact"));
        assert_eq!(from_chinese("0.00001万家"), Err("quantity-inexact"));
    }
}
