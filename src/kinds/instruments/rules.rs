//! What must hold between the members of an instrument (`docs/domain.md` §b4, §c, §d4, §d7, §d10).

use serde_json::{Value, json};

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::instruments::content::{Instrument, Price};
use crate::kinds::shared::rules::{check_division, date};

const NOT_SHARED: &str = "3";
const NOT_AFFILIATED: &str = "4";

/// Fills in the rated hours of the instrument's class where none are given: 1,400 general (7 × 5 × 40), 800 special purpose
/// (4 × 5 × 40); Ministry of Education, 教高司条函〔2000〕010号.
pub fn with_rated_hours(mut content: Value) -> Value {
    let hours = match content.get("instrument_class").and_then(Value::as_str) {
        Some("2") => 1400,
        Some("1") => 800,
        _ => return content,
    };
    if content.get("rated_hours").is_none_or(Value::is_null)
        && let Some(members) = content.as_object_mut()
    {
        members.insert("rated_hours".to_owned(), json!(hours));
    }
    content
}

impl Content for Instrument {
    fn check(&self, findings: &mut Findings) {
        self.check_sharing(findings);
        self.check_days(findings);
        self.check_blocks(findings);
        self.check_prices(findings);
        if self.original_value.is_some_and(|value| value.fen() == 0) {
            findings.fault("/original_value", "not-positive");
        }
        let last_day = date(self.decommissioned_on).filter(|day| *day <= findings.today);
        check_division(findings, "/division", &self.division.0, last_day.or(Some(findings.today)));
    }
}

impl Instrument {
    fn check_sharing(&self, findings: &mut Findings) {
        if self.share_mode.is(NOT_SHARED) && self.lifecycle.is("open") {
            findings.fault("/lifecycle", "not-shared-but-open");
        }
    }

    fn check_days(&self, findings: &mut Findings) {
        let (commissioned, decommissioned) = (date(self.commissioned_on), date(self.decommissioned_on));
        findings.not_in_future("/commissioned_on", commissioned);
        findings.in_order(("/commissioned_on", commissioned), ("/decommissioned_on", decommissioned));
        let retired = self.lifecycle.is("retired");
        findings.required_if(retired, decommissioned.is_some(), "/decommissioned_on", "instrument-lifecycles=retired");
        if retired {
            findings.not_in_future("/decommissioned_on", decommissioned);
        } else if decommissioned.is_some_and(|day| day <= findings.today) {
            findings.warn("/lifecycle", "decommissioned-but-not-retired");
        }
    }

    fn check_blocks(&self, findings: &mut Findings) {
        let affiliated = !self.affiliation.is(NOT_AFFILIATED) && !findings.is_broken("/affiliation");
        findings.required_if(affiliated, self.affiliation_name.is_some(), "/affiliation_name", "affiliation!=4");
        let supervised = self.customs_supervised == Some(true);
        findings.required_if(supervised, self.customs.is_some(), "/customs", "customs_supervised=true");
        if let Some(customs) = &self.customs {
            findings.not_in_future("/customs/imported_on", date(customs.imported_on));
            if self.customs_supervised == Some(false) {
                findings.fault("/customs", "not-customs-supervised");
            }
        }
    }

    /// One price for a type of user and a unit; two would be ambiguous.
    fn check_prices(&self, findings: &mut Findings) {
        for (at, price) in self.prices.iter().enumerate() {
            let same = |other: &Price| other.user_type == price.user_type && other.unit == price.unit;
            if self.prices[..at].iter().any(same) {
                findings.fault(format!("/prices/{at}"), "price-repeated");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::instruments::{Customs, PriceUnit};
    use crate::kinds::shared::DivisionCode;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::reference::{Money, Term};

    fn found(change: impl FnOnce(&mut Instrument)) -> (Vec<String>, Vec<String>) {
        let mut instrument: Instrument = serde_json::from_value((crate::kinds::instruments::KIND.example)()).unwrap();
        change(&mut instrument);
        found_by(|findings| instrument.check(findings))
    }

    fn faults(change: impl FnOnce(&mut Instrument)) -> Vec<String> {
        found(change).0
    }

    #[test]
    fn an_instrument_that_is_not_shared_is_not_open() {
        let mode = |state: &'static str| {
            faults(move |it| {
                it.share_mode = Term::parse("3").unwrap();
                it.lifecycle = Term::parse(state).unwrap();
            })
        };
        assert_eq!(mode("open"), ["#/lifecycle not-shared-but-open"]);
        assert!(mode("registered").is_empty());
        assert!(faults(|it| it.share_mode = Term::parse("1").unwrap()).is_empty());
    }

    #[test]
    fn a_retired_instrument_says_when() {
        let retired = |on: Option<&'static str>| {
            faults(move |it| {
                it.lifecycle = Term::parse("retired").unwrap();
                it.decommissioned_on = on.map(day);
            })
        };
        assert!(retired(Some("2026-01-01")).is_empty());
        assert_eq!(retired(None), ["#/decommissioned_on required-here"]);
        assert_eq!(retired(Some("2012-01-01")), ["#/decommissioned_on before-other-date"]);
        assert_eq!(retired(Some("2027-01-01")), ["#/decommissioned_on in-the-future"]);
        assert_eq!(
            found(|it| it.decommissioned_on = Some(day("2026-01-01"))).1,
            ["#/lifecycle decommissioned-but-not-retired"]
        );
        assert_eq!(faults(|it| it.commissioned_on = Some(day("2027-01-01"))), ["#/commissioned_on in-the-future"]);
    }

    #[test]
    fn customs_data_come_with_supervision_and_not_without() {
        assert_eq!(faults(|it| it.customs_supervised = Some(true)), ["#/customs required-here"]);
        let customs = |supervised: bool, on: &'static str| {
            faults(move |it| {
                it.customs_supervised = Some(supervised);
                it.customs = Some(Customs { imported_on: Some(day(on)), ..Customs::default() });
            })
        };
        assert!(customs(true, "2012-01-01").is_empty());
        assert_eq!(customs(false, "2012-01-01"), ["#/customs not-customs-supervised"]);
        assert_eq!(customs(true, "2027-01-01"), ["#/customs/imported_on in-the-future"]);
    }

    #[test]
    fn an_affiliated_instrument_names_what_it_is_part_of() {
        assert_eq!(faults(|it| it.affiliation_name = None), ["#/affiliation_name required-here"]);
        let alone = |it: &mut Instrument| {
            it.affiliation_name = None;
            it.affiliation = Term::parse("4").unwrap();
        };
        assert!(faults(alone).is_empty());
    }

    #[test]
    fn the_original_value_is_above_zero() {
        assert_eq!(faults(|it| it.original_value = Money::from_fen(0)), ["#/original_value not-positive"]);
        assert!(faults(|it| it.original_value = Money::from_fen(1)).is_empty());
    }

    #[test]
    fn a_price_is_given_once() {
        let with = |unit: PriceUnit| {
            faults(move |it| {
                it.prices.truncate(1);
                let again = Price { unit, ..it.prices[0].clone() };
                it.prices.push(again);
            })
        };
        assert_eq!(with(PriceUnit::Hour), ["#/prices/1 price-repeated"]);
        assert!(with(PriceUnit::Sample).is_empty());
    }

    #[test]
    fn the_address_has_a_code_of_today_or_of_its_last_day() {
        let old = |it: &mut Instrument| it.division = DivisionCode("500227".into());
        assert_eq!(faults(old), ["#/division division-withdrawn"]);
        let retired = |it: &mut Instrument| {
            old(it);
            it.lifecycle = Term::parse("retired").unwrap();
            it.decommissioned_on = Some(day("2013-01-01"));
        };
        assert!(faults(retired).is_empty());
    }

    #[test]
    fn rated_hours_follow_the_class_unless_given() {
        let hours = |content: Value| with_rated_hours(content)["rated_hours"].clone();
        assert_eq!(hours(json!({"instrument_class": "2"})), 1400);
        assert_eq!(hours(json!({"instrument_class": "1"})), 800);
        assert_eq!(hours(json!({"instrument_class": "1", "rated_hours": null})), 800);
        assert_eq!(hours(json!({"instrument_class": "2", "rated_hours": 1000})), 1000);
        assert_eq!(hours(json!({})), Value::Null);
        let normal = (crate::kinds::instruments::KIND.check)(
            (crate::kinds::instruments::KIND.example)(),
            &mut Findings::new(day("2026-11-22").date()),
        );
        assert_eq!(normal["rated_hours"], 1400);
    }
}
