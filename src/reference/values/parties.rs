//! The two-province rule: cooperation needs a participant on each side (`docs/domain.md` §d1).

use crate::reference::values::division::{CHONGQING, SICHUAN, province_of};

/// Checks that the seats of the participants lie in both Chongqing and Sichuan; partners from elsewhere may join.
///
/// Takes division or province codes and nothing else: a name never tells the province (四川外国语大学 sits in Chongqing).
/// Fails with `no-chongqing-participant` or `no-sichuan-participant`; without either, Chongqing is named first.
pub fn two_provinces<'a>(seats: impl IntoIterator<Item = &'a str>) -> Result<(), &'static str> {
    let (mut chongqing, mut sichuan) = (false, false);
    for seat in seats {
        let province = province_of(seat);
        chongqing |= province == Some(CHONGQING);
        sichuan |= province == Some(SICHUAN);
    }
    match (chongqing, sichuan) {
        (false, _) => Err("no-chongqing-participant"),
        (_, false) => Err("no-sichuan-participant"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::vectors::group;

    #[test]
    fn the_published_cases_are_judged_right() {
        for case in group("/two_province_rule") {
            let seats: Vec<&str> =
                case["participants"].as_array().unwrap().iter().flat_map(|seat| seat.as_str()).collect();
            let answer = two_provinces(seats.iter().copied());
            assert_eq!(answer.is_ok(), case["expect"] == "ok", "{case}");
            match case["reason"].as_str() {
                Some("no Sichuan participant") => assert_eq!(answer, Err("no-sichuan-participant")),
                Some("no Chongqing participant") => assert_eq!(answer, Err("no-chongqing-participant")),
                _ => {}
            }
        }
    }

    #[test]
    fn nobody_is_not_enough() {
        assert!(two_provinces([]).is_err());
        assert!(two_provinces(["四川", "重庆"]).is_err());
    }
}
