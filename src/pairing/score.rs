//! How well a demand and what may help it go together: published weights, exact decimals, the same from both sides
//! (`docs/matching.md`).

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::pairing::answer::PairingExclusion;
use crate::pairing::profile::{Place, Profile, Side};
use crate::reference::vocabulary;

/// The formula that scores are made by; another one gets another name.
pub const FORMULA: &str = "pairing-1";

/// A record that was not changed for so long is no longer counted on, in days.
pub const FRESH_DAYS: u64 = 730;

/// The parts of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Field,
    Industry,
    Keywords,
    Region,
    Availability,
}

impl Part {
    pub const ALL: [Part; 5] = [Part::Field, Part::Industry, Part::Keywords, Part::Region, Part::Availability];

    pub fn name(self) -> &'static str {
        match self {
            Part::Field => "field",
            Part::Industry => "industry",
            Part::Keywords => "keywords",
            Part::Region => "region",
            Part::Availability => "availability",
        }
    }

    /// In hundredths. Instruments have neither field nor industry.
    pub fn weight(self, with_instrument: bool) -> u32 {
        match (self, with_instrument) {
            (Part::Field, false) => 25,
            (Part::Industry, false) => 20,
            (Part::Keywords, false) => 35,
            (Part::Region | Part::Availability, false) => 10,
            (Part::Field | Part::Industry, true) => 0,
            (Part::Keywords, true) => 70,
            (Part::Region | Part::Availability, true) => 15,
        }
    }
}

/// A score with its parts, in hundredths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// In ten-thousandths, by which the best are found.
    pub exact: u32,
    pub parts: Vec<(Part, u32)>,
}

impl Score {
    /// In hundredths, half up.
    pub fn rounded(&self) -> u32 {
        (self.exact + 50) / 100
    }
}

/// How well these two go together; in whichever order they are given.
pub fn score(one: &Profile, other: &Profile) -> Score {
    let (demand, offer) = if one.side == Side::Demand { (one, other) } else { (other, one) };
    let with_instrument = offer.side == Side::Instrument;
    let parts: Vec<(Part, u32)> = Part::ALL
        .into_iter()
        .filter(|part| part.weight(with_instrument) > 0)
        .map(|part| (part, of_part(part, demand, offer)))
        .collect();
    let exact = parts.iter().map(|(part, value)| part.weight(with_instrument) * value).sum();
    Score { exact, parts }
}

fn of_part(part: Part, demand: &Profile, offer: &Profile) -> u32 {
    match part {
        Part::Field => {
            share(2 * demand.fields.intersection(&offer.fields).count(), demand.fields.len() + offer.fields.len())
        }
        Part::Industry => industry(demand, offer),
        Part::Keywords => {
            let both = common(&demand.named, &offer.all) + common(&offer.named, &demand.all);
            share(both, demand.named.len() + offer.named.len())
        }
        Part::Region => region(demand, offer),
        Part::Availability => availability(demand, offer),
    }
}

/// Hundredths, half up; nothing of nothing.
fn share(count: usize, of: usize) -> u32 {
    if of == 0 { 0 } else { ((200 * count + of) / (2 * of)) as u32 }
}

/// How many values two sorted lists have in common.
fn common(one: &[u64], other: &[u64]) -> usize {
    let (mut count, mut at, mut with) = (0, 0, 0);
    while at < one.len() && with < other.len() {
        match one[at].cmp(&other[with]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => with += 1,
            std::cmp::Ordering::Equal => (count, at, with) = (count + 1, at + 1, with + 1),
        }
    }
    count
}

/// The same division of GB/T 4754 is all, the same section half.
fn industry(demand: &Profile, offer: &Profile) -> u32 {
    let (Some(one), Some(other)) = (&demand.industry, &offer.industry) else { return 0 };
    let section = |code: &str| vocabulary("industries")?.get(code)?.parent.clone();
    match one == other {
        true => 100,
        false if section(one).is_some() && section(one) == section(other) => 50,
        false => 0,
    }
}

/// A place that is served by name is all; a capability without limits half, and so is an instrument in the same province, while
/// one in the same city is all and one elsewhere a quarter.
fn region(demand: &Profile, offer: &Profile) -> u32 {
    let Some(place) = demand.places.first() else { return 0 };
    match (offer.side, offer.places.first()) {
        (Side::Instrument, Some(there)) if there.city() == place.city() => 100,
        (Side::Instrument, Some(there)) if there.province() == place.province() => 50,
        (Side::Instrument, _) => 25,
        (_, None) => 50,
        _ if serves(place, offer).is_some() => 100,
        _ => 0,
    }
}

/// The served division that a place lies in, or that lies in it.
pub fn serves<'o>(place: &Place, offer: &'o Profile) -> Option<&'o Place> {
    offer.places.iter().find(|served| served.meets(place))
}

/// Half for a mode of cooperation that both want, half for lasting until the deadline; an instrument that works is all, one with faults
/// half.
fn availability(demand: &Profile, offer: &Profile) -> u32 {
    if offer.side == Side::Instrument {
        return if offer.works { 100 } else { 50 };
    }
    let lasts = demand.until.zip(offer.until).is_some_and(|(deadline, until)| until >= deadline);
    50 * u32::from(!demand.modes.is_disjoint(&offer.modes)) + 50 * u32::from(lasts)
}

/// The conditions that these two break today.
pub fn excluded(one: &Profile, other: &Profile, today: NaiveDate) -> BTreeSet<PairingExclusion> {
    let (demand, offer) = if one.side == Side::Demand { (one, other) } else { (other, one) };
    let fresh_from = today.checked_sub_days(Days::new(FRESH_DAYS)).unwrap_or(today);
    let is_on = |profile: &Profile| match profile.side {
        Side::Demand => ["open", "matching"].contains(&profile.lifecycle.as_str()),
        Side::Capability => profile.lifecycle == "available",
        Side::Instrument => profile.lifecycle == "open" && profile.is_shared && !profile.is_broken,
    };
    let is_past = |profile: &Profile| profile.until.is_some_and(|until| until < today);
    let both = [demand, offer];
    let elsewhere = offer.side == Side::Capability
        && !offer.places.is_empty()
        && demand.places.first().is_some_and(|place| serves(place, offer).is_none());
    [
        (!both.into_iter().all(|one| one.stands && is_on(one)), PairingExclusion::State),
        (both.into_iter().any(is_past), PairingExclusion::Deadline),
        // Instruments are kept for decades as they are.
        (
            both.iter().any(|one| one.side != Side::Instrument && one.changed_on < fresh_from),
            PairingExclusion::Freshness,
        ),
        (elsewhere, PairingExclusion::Region),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

/// A change of one member of the capability that would raise the score, and by how much, in hundredths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    pub member: &'static str,
    pub value: String,
    pub gain: u32,
}

/// The two changes of one member that would raise the score most; none where an instrument is offered.
pub fn what_would_help(demand: &Profile, offer: &Profile) -> Vec<Help> {
    if offer.side != Side::Capability {
        return Vec::new();
    }
    let now = score(demand, offer).rounded();
    let mut all = Vec::new();
    let mut try_out = |member: &'static str, value: &str, change: &dyn Fn(&mut Profile)| {
        let mut changed = offer.clone();
        change(&mut changed);
        let gain = score(demand, &changed).rounded().saturating_sub(now);
        if gain > 0 {
            all.push(Help { member, value: value.to_owned(), gain });
        }
    };
    if let Some(field) = demand.fields.difference(&offer.fields).next() {
        try_out("fields", field, &|offer| offer.fields.extend([field.clone()]));
    }
    if let Some(industry) = demand.industry.as_ref() {
        try_out("industry", industry, &|offer| offer.industry = Some(industry.clone()));
    }
    // One without limits serves every place already.
    if let Some(place) = demand.places.first().filter(|_| !offer.places.is_empty()) {
        try_out("divisions_served", &place.code, &|offer| offer.places.push(place.clone()));
    }
    if let Some(mode) = demand.modes.difference(&offer.modes).next() {
        try_out("cooperation_modes", mode, &|offer| offer.modes.extend([mode.clone()]));
    }
    if let Some(deadline) = demand.until {
        try_out("valid_until", &deadline.to_string(), &|offer| offer.until = offer.until.max(Some(deadline)));
    }
    all.sort_by_key(|help| (std::cmp::Reverse(help.gain), help.member));
    all.truncate(2);
    all
}

#[cfg(test)]
mod tests;
