//! Division codes of GB/T 2260 as addresses: which may be written, on which day, in which province.
//!
//! The table with its history is the vocabulary `divisions`. Districts outside Sichuan and Chongqing are not in it; a
//! partner from elsewhere is registered with the code of its province (`docs/domain.md` §b11.4).

use chrono::NaiveDate;

use crate::reference::vocabularies::{Entry, Vocabulary, vocabulary};

/// 重庆市, the municipality.
pub const CHONGQING: &str = "500000";
/// 四川省, the province.
pub const SICHUAN: &str = "510000";

/// The day our tables begin: the oldest is that of the end of 2002. Codes that were abolished before are not in them, so of
/// a record that ended before this day an unknown code of the two provinces may be right (`kinds::shared::check_division`).
pub const BEGINS: NaiveDate = NaiveDate::from_ymd_opt(2003, 1, 1).expect("1 January is a day of every year");

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

/// Whether the code has the form of a division of Chongqing or Sichuan, be it in our tables or not. Groups have not.
pub fn is_of_the_two_provinces(code: &str) -> bool {
    matches!(province_of(code), Some(CHONGQING | SICHUAN)) && known(code).err() != Some("division-aggregation")
}

/// The code probably meant by a refused one: its successor, the division it lies in, or the most similar code.
pub fn suggestion(code: &str) -> Option<&'static str> {
    let table = table()?;
    match table.get(code) {
        Some(entry) => entry.successor.as_deref().or_else(|| above(entry)),
        None if refusal(table, code) == "division-outside" => province_of(code),
        None => table.suggest(code),
    }
}

/// The nearest division above that is an address.
fn above(entry: &Entry) -> Option<&'static str> {
    let parent = known(entry.parent.as_deref()?).ok();
    parent.map(|parent| parent.code.as_str()).or_else(|| province_of(&entry.code))
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

/// A division code, the codes that took over from it, and all divisions in which the last of them lies: `500106` gives
/// itself and `500000`; `500112` also `500157`; `512081` itself, `510185`, `510100` and `510000`.
///
/// Lists filter by any of them, so that a prefecture selects its counties and a code of today the records that carry one
/// of before. Codes of the aggregation level (`500100`) are no divisions and are left out.
pub fn with_parents(code: &str) -> Vec<String> {
    let mut codes = vec![code.to_owned()];
    while let Some(next) = successor(&codes[codes.len() - 1]).filter(|next| !codes.iter().any(|code| code == next)) {
        codes.push(next.to_owned());
    }
    let last = codes[codes.len() - 1].clone();
    if last.len() == 6 && last.is_ascii() {
        let prefecture = format!("{}00", &last[..4]);
        if known(&prefecture).is_ok() {
            codes.push(prefecture);
        }
        codes.push(format!("{}0000", &last[..2]));
    }
    codes.dedup();
    codes
}

fn successor(code: &str) -> Option<&'static str> {
    table()?.get(code)?.successor.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::vectors::group;

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
                "withdrawn" if code == "510200" => "division-unknown", // withdrawn before our tables begin
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
        assert_eq!(check("500157", day("2025-11-05")), Err("division-withdrawn"));
        for both in ["2025-11-06", "2026-01-24"] {
            assert!(check("500112", day(both)).is_ok() && check("500157", day(both)).is_ok(), "{both}");
        }
        assert_eq!(check("500105", day("2026-01-25")), Err("division-withdrawn"));
        assert_eq!((suggestion("500105"), suggestion("500112")), (Some("500157"), Some("500157")));
        assert!(check("500109", day("2026-01-01")).is_ok());
        assert_eq!(known("500234").map(|entry| entry.parent.as_deref()), Ok(Some("500100")));
        assert_eq!(known("512081").map(|entry| entry.successor.as_deref()), Ok(Some("510185")));
    }

    #[test]
    fn codes_abolished_before_2013_are_good_for_their_time() {
        assert!(check("500222", day("2011-12-31")).is_ok() && check("500381", day("2005-06-01")).is_ok());
        assert_eq!(check("500222", day("2012-01-01")), Err("division-withdrawn"));
        assert_eq!((suggestion("500222"), suggestion("510902")), (Some("500110"), Some("510900")));
        assert!(check("500110", day("2005-06-01")).is_ok(), "the code was that of 万盛区");
        assert!(is_of_the_two_provinces("510200") && is_of_the_two_provinces("500106"));
        assert!(!["500100", "510101", "110108", "5１0200", ""].into_iter().any(is_of_the_two_provinces));
    }

    #[test]
    fn a_code_lies_in_what_took_over_from_it() {
        assert_eq!(with_parents("500106"), ["500106", "500000"]);
        assert_eq!(with_parents("500112"), ["500112", "500157", "500000"]);
        assert_eq!(with_parents("512081"), ["512081", "510185", "510100", "510000"]);
        assert_eq!(with_parents("510902"), ["510902", "510900", "510000"]);
        assert_eq!(with_parents("510000"), ["510000"]);
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
