//! Division codes of GB/T 2260 as addresses: which may be written, on which day, in which province.
//!
//! The table with its history is the vocabulary `divisions`. Districts outside Sichuan and Chongqing are not in it; a
//! partner from elsewhere is registered with the code of its province (domain reference, organisations list).

use chrono::NaiveDate;

use crate::reference::vocabularies::{Entry, Vocabulary, vocabulary};

/// 重庆市, the municipality.
pub const CHONGQING: &str = "500000";
/// 四川省, the province.
pub const SICHUAN: &str = "510000";

/// The entry of a code that may stand as an address on this day.
///
/// Fails with `division-unknown`; `division-outside` for a district of another province, where the province's own code is
/// used; `division-aggregation` for a group such as 500100 市辖区, which the standard lists but nobody lives in;
/// `division-withdrawn` for a code not valid on that day. [`suggestion`] then names the code to use.
pub fn check(code: &str, on: NaiveDate) -> Result<&'static Entry, &'static str> {
    let entry = known(code)?;
    if entry.valid_on(on) { Ok(entry) } else { Err("division-withdrawn") }
}

/// The entry of a code that was an address at any time: `check` without a day and without `division-withdrawn`.
pub fn known(code: &str) -> Result<&'static Entry, &'static str> {
    let table = table().ok_or("division-unknown")?;
    match table.get(code) {
        Some(entry) if entry.attribute("level") == Some("group") => Err("division-aggregation"),
        Some(entry) => Ok(entry),
        None => Err(refusal(table, code)),
    }
}

/// The code probably meant by a refused one: its successor, the province it lies in, or the most similar code.
pub fn suggestion(code: &str) -> Option<&'static str> {
    let table = table()?;
    match table.get(code) {
        Some(entry) => entry.successor.as_deref(),
        None if refusal(table, code) == "division-outside" => province_of(code),
        None => table.suggest(code),
    }
}

/// The province of a division: its first two digits and four zeros, if that is a province. Withdrawn and unlisted divisions
/// have one too.
pub fn province_of(code: &str) -> Option<&'static str> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let province = table()?.get(&format!("{}0000", &code[..2]))?;
    Some(province.code.as_str())
}

fn table() -> Option<&'static Vocabulary> {
    vocabulary("divisions")
}

/// Why a code that is not in the table is refused.
fn refusal(table: &Vocabulary, code: &str) -> &'static str {
    match province_of(code) {
        None => "division-unknown",
        Some(CHONGQING | SICHUAN) => {
            // Every prefecture has a group …01 市辖区; only those of Chongqing are listed one by one.
            let prefecture = table.get(&format!("{}00", &code[..4]));
            let in_prefecture = prefecture.is_some_and(|entry| entry.attribute("level") == Some("prefecture"));
            if in_prefecture && code.ends_with("01") { "division-aggregation" } else { "division-unknown" }
        }
        Some(_) => "division-outside",
    }
}

/// A division code and all divisions it lies in: `500106` gives itself and `500000`; `510107` also `510100`.
///
/// Lists filter by any of them, so that a prefecture selects its counties. Codes of the aggregation level (`500100`) are
/// no divisions and are left out.
pub fn with_parents(code: &str) -> Vec<String> {
    let mut codes = vec![code.to_owned()];
    if code.len() == 6 && code.is_ascii() {
        let prefecture = format!("{}00", &code[..4]);
        if known(&prefecture).is_ok() {
            codes.push(prefecture);
        }
        codes.push(format!("{}0000", &code[..2]));
    }
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::super::vectors::group;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The day a case speaks of; the vectors were made from the table of 2023-06-30.
    fn day_of(case: &serde_json::Value) -> NaiveDate {
        day(case["date"].as_str().unwrap_or("2023-06-30"))
    }

    #[test]
    fn the_published_codes_are_addresses() {
        for case in group("/division/valid") {
            let code = case["code"].as_str().unwrap();
            let entry = check(code, day_of(&case)).unwrap_or_else(|fault| panic!("{case}: {fault}"));
            assert_eq!(entry.attribute("level"), case["level"].as_str(), "{case}");
            assert_eq!(entry.zh, case["name_zh"].as_str().unwrap(), "{case}");
            assert_eq!(province_of(code), case["province"].as_str(), "{case}");
        }
    }

    #[test]
    fn the_published_errors_are_refused_for_their_reason() {
        for case in group("/division/invalid") {
            let code = case["code"].as_str().unwrap();
            let expected = match case["reason"].as_str().unwrap() {
                "aggregation_code" => "division-aggregation",
                "withdrawn" if code == "510200" => "division-unknown", // gone before our tables begin
                "withdrawn" => "division-withdrawn",
                "outside_the_two_provinces" => "division-outside",
                _ => "division-unknown",
            };
            assert_eq!(check(code, day_of(&case)), Err(expected), "{case}");
        }
    }

    #[test]
    fn codes_are_good_on_their_days_only() {
        assert!(check("500234", day("2015-06-01")).is_ok());
        assert_eq!(check("500154", day("2015-12-31")), Err("division-withdrawn"));
        assert!(check("500234", day("2016-12-31")).is_ok() && check("500154", day("2016-01-01")).is_ok());
        assert_eq!(check("500234", day("2017-01-01")), Err("division-withdrawn"));
        assert_eq!(suggestion("500234"), Some("500154"));
        assert!(check("500112", day("2025-11-05")).is_ok());
        assert_eq!(check("500112", day("2025-11-06")), Err("division-withdrawn"));
        assert_eq!(suggestion("500112"), None);
        assert!(check("500109", day("2026-01-01")).is_ok());
        assert_eq!(known("500234").map(|entry| entry.parent.as_deref()), Ok(Some("500100")));
        assert_eq!(known("512081").map(|entry| entry.successor.as_deref()), Ok(Some("510185")));
    }

    #[test]
    fn elsewhere_counts_by_province() {
        assert!(check("110000", day("2023-06-30")).is_ok());
        assert_eq!(suggestion("110108"), Some("110000"));
        assert_eq!(province_of("110108"), Some("110000"));
        assert_eq!(province_of("990000"), None);
        assert_eq!(province_of("５０"), None);
    }
}
