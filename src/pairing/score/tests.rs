use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::kinds;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn of_example(kind: &str, side: Side, patch: Value) -> Profile {
    let mut answer = (kinds::register().kind(kind).unwrap().example)();
    json_patch::merge(
        &mut answer,
        &json!({"id": crate::kinds::shared::demo_org_id(1), "revision": 1, "updated_at": "2026-09-01T00:00:00Z"}),
    );
    json_patch::merge(&mut answer, &patch);
    Profile::of(side, &answer).unwrap()
}

fn demand(patch: Value) -> Profile {
    of_example("demands", Side::Demand, patch)
}

fn capability(patch: Value) -> Profile {
    of_example("capabilities", Side::Capability, patch)
}

fn part(score: &Score, wanted: Part) -> u32 {
    score.parts.iter().find(|(part, _)| *part == wanted).unwrap().1
}

#[test]
fn weights_are_a_whole() {
    for with_instrument in [false, true] {
        assert_eq!(Part::ALL.iter().map(|part| part.weight(with_instrument)).sum::<u32>(), 100);
    }
}

#[test]
fn each_part_is_what_its_members_say() {
    let wanted = demand(
        json!({"name": {"zh": "电驱轴承材料"}, "problem_text": "高温轴承寿命不足", "technical_targets": [],
        "fields": ["F1", "F2"], "industry": "36", "division": "500106", "cooperation_modes": ["commissioned"], "deadline_on": "2027-06-30"}),
    );
    let offer = |patch: Value| {
        let all = json!({"name": {"zh": "轴承失效评估"}, "description": "轴承材料", "fields": ["F2"], "industry": "36",
            "divisions_served": ["500000"], "cooperation_modes": ["commissioned"], "valid_until": "2027-12-31"});
        let mut whole = all;
        for (member, value) in patch.as_object().unwrap() {
            whole[member] = value.clone();
        }
        capability(whole)
    };
    let best = score(&wanted, &offer(json!({})));
    assert_eq!((part(&best, Part::Field), part(&best, Part::Industry), part(&best, Part::Region)), (67, 100, 100));
    assert_eq!(part(&best, Part::Availability), 100);
    // 轴承 承材 材料 of five pairs, and 轴承 of five with two English words each.
    let with = |patch: Value, wanted_part: Part| part(&score(&wanted, &offer(patch)), wanted_part);
    assert!(part(&best, Part::Keywords) > 20, "{best:?}");
    assert_eq!(with(json!({"industry": "37"}), Part::Industry), 50);
    assert_eq!(with(json!({"industry": "73"}), Part::Industry), 0);
    assert_eq!(with(json!({"industry": null}), Part::Industry), 0);
    assert_eq!(with(json!({"divisions_served": null}), Part::Region), 50);
    assert_eq!(with(json!({"divisions_served": ["510100"]}), Part::Region), 0);
    assert_eq!(with(json!({"valid_until": "2027-06-29"}), Part::Availability), 50);
    assert_eq!(with(json!({"cooperation_modes": ["consulting"]}), Part::Availability), 50);
}

#[test]
fn conditions_stand_apart_from_the_score() {
    let (wanted, today) = (demand(json!({"division": "500106"})), day("2026-11-30"));
    let why = |patch: Value| json!(excluded(&wanted, &capability(patch), today));
    assert_eq!(why(json!({})), json!([]));
    assert_eq!(why(json!({"lifecycle": "paused"})), json!(["state"]));
    assert_eq!(why(json!({"valid_until": "2026-11-29"})), json!(["deadline"]));
    assert_eq!(why(json!({"updated_at": "2024-11-01T00:00:00Z"})), json!(["freshness"]));
    assert_eq!(why(json!({"divisions_served": ["510100"], "lifecycle": "closed"})), json!(["state", "region"]));
    let microscope = |patch: Value| of_example("instruments", Side::Instrument, patch);
    assert!(excluded(&wanted, &microscope(json!({"updated_at": "2010-01-01T00:00:00Z"})), today).is_empty());
    for patch in [
        json!({"share_mode": "1"}),
        json!({"running_status": "6"}),
        json!({"running_status": "7"}),
        json!({"state": "closed"}),
    ] {
        assert_eq!(json!(excluded(&wanted, &microscope(patch.clone()), today)), json!(["state"]), "{patch}");
    }
    assert!(excluded(&wanted, &microscope(json!({"running_status": "4"})), today).is_empty());
    let without_limits = capability(json!({"divisions_served": null}));
    assert!(what_would_help(&wanted, &without_limits).iter().all(|help| help.member != "divisions_served"));
}

#[test]
fn what_would_help_raises_the_score_by_what_it_says() {
    let wanted = demand(json!({"fields": ["F2"], "industry": "36", "division": "500106"}));
    let offer = capability(json!({"fields": ["F3"], "industry": "73", "divisions_served": ["510100"]}));
    let help = what_would_help(&wanted, &offer);
    let members: Vec<(&str, &str)> = help.iter().map(|one| (one.member, one.value.as_str())).collect();
    assert_eq!(members, [("industry", "36"), ("fields", "F2")]);
    let mut changed = offer.clone();
    changed.industry = Some("36".to_owned());
    assert_eq!(score(&wanted, &changed).rounded() - score(&wanted, &offer).rounded(), help[0].gain);
}

fn any_profile(side: Side) -> impl Strategy<Value = Profile> {
    let codes = |all: &'static [&'static str]| prop::collection::btree_set(prop::sample::select(all), 0..4);
    let division = prop::sample::select(vec!["500000", "500106", "510000", "510100", "510104", "510700"]);
    let terms = || prop::collection::btree_set(0_u64..30, 0..12);
    let days = 0_u64..1500;
    (
        codes(&["F1", "F2", "F3"]),
        prop::option::of(prop::sample::select(vec!["36", "37", "65", "73"])),
        codes(&["a", "b", "c"]),
        prop::collection::vec(division, 1..3),
        terms(),
        terms(),
        days,
    )
        .prop_map(move |(fields, industry, modes, divisions, named, more, days)| {
            let owned = |codes: BTreeSet<&str>| codes.into_iter().map(str::to_owned).collect();
            let mut profile = demand(json!({}));
            profile.side = side;
            (profile.fields, profile.modes) = (owned(fields), owned(modes));
            profile.industry = industry.map(str::to_owned);
            profile.places = divisions.into_iter().map(|code| Place::of(code.to_owned())).collect();
            profile.until = day("2025-01-01").checked_add_days(Days::new(days));
            profile.all = named.union(&more).copied().collect();
            profile.named = named.into_iter().collect();
            profile
        })
}

proptest! {
    #[test]
    fn a_score_is_the_same_from_both_sides_and_between_nothing_and_all(
        one in any_profile(Side::Demand), other in any_profile(Side::Capability), microscope in any_profile(Side::Instrument),
    ) {
        for offer in [&other, &microscope] {
            prop_assert_eq!(score(&one, offer), score(offer, &one));
            prop_assert_eq!(excluded(&one, offer, day("2026-11-30")), excluded(offer, &one, day("2026-11-30")));
            prop_assert!(score(&one, offer).exact <= 10_000);
            prop_assert!(score(&one, offer).parts.iter().all(|(_, value)| *value <= 100));
        }
        for help in what_would_help(&one, &other) {
            prop_assert!(help.gain > 0);
        }
    }
}
