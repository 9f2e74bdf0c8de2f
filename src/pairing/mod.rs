//! The two lists matched (两张清单对接, `docs/matching.md`): which capabilities and instruments may help a demand, and which demands a
//! capability may serve.
//!
//! - `profile`: what of a record is compared;
//! - `score`: how well two go together, and what keeps them apart;
//! - `pool`: the records that are looked at;
//! - `answer`, `routes`: the published form.

pub mod answer;
pub mod pool;
mod profile;
pub mod routes;
mod score;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::db::{Connection, Id};
use crate::kind::Kind;
use crate::pairing::answer::{PairingExclusion, PairingHelp, PairingItem, PairingWeights};
use crate::pairing::pool::Pool;
use crate::pairing::profile::{Profile, Side, shared_terms};
use crate::pairing::score::{Part, Score, excluded, score, serves, what_would_help};
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Kept;
use crate::reading::expand::Lens;

pub use score::FORMULA;

/// Words in common that are told.
const MOST_WORDS: usize = 50;

/// What is asked for.
pub struct Wish {
    /// Kinds that may match.
    pub kinds: Vec<&'static Kind>,
    pub most: usize,
    /// The least score, in hundredths.
    pub least: u32,
    /// Whether those are shown too that cannot be brought together.
    pub with_excluded: bool,
    pub today: NaiveDate,
}

/// One that may match, and how well.
struct Found {
    profile: Arc<Profile>,
    score: Score,
    excluded: BTreeSet<PairingExclusion>,
}

/// What matches a record, the best first. Only outside a transaction.
pub fn matches(
    side: Side,
    record: &Value,
    wish: &Wish,
    (pool, lens): (&Pool, &Lens),
    conn: &mut Connection,
) -> Outcome<Vec<PairingItem>> {
    let own = Profile::of(side, record)?;
    let mut found: Vec<Found> = Vec::new();
    for kind in &wish.kinds {
        let compared = |profile: &Arc<Profile>| {
            let (score, excluded) = (score(&own, profile), excluded(&own, profile, wish.today));
            let is_shown = score.rounded() >= wish.least && (wish.with_excluded || excluded.is_empty());
            is_shown.then(|| Found { profile: profile.clone(), score, excluded })
        };
        match Side::of(kind.name) {
            Some(Side::Instrument) => {
                found.extend(pool::instruments(kind, record, lens, conn)?.iter().filter_map(compared));
            }
            _ => found.extend(pool.all(kind, lens, conn)?.values().filter_map(compared)),
        }
    }
    found.sort_unstable_by_key(|one| (std::cmp::Reverse(one.score.exact), one.profile.id));
    found.truncate(wish.most);
    let ids: Vec<Id> = found.iter().map(|one| one.profile.id).collect();
    let records = pool::in_full(&ids, lens, conn)?;
    let shown = found.iter().filter_map(|one| Some((one, records.get(&one.profile.id)?)));
    shown.map(|(one, kept)| item((&own, record), one, kept, lens)).collect()
}

fn item((own, record): (&Profile, &Value), found: &Found, kept: &Kept, lens: &Lens) -> Outcome<PairingItem> {
    let Found { profile, score, excluded } = found;
    let other: Value = serde_json::from_slice(&kept.text(lens.sight)).map_err(Problem::internal)?;
    let summary = kept.extras.summary.get().ok_or_else(|| Problem::internal("a record without its summary"))?;
    let (demand, offer) = if own.side == Side::Demand { (own, &**profile) } else { (&**profile, own) };
    let help = what_would_help(demand, offer).into_iter().map(|help| PairingHelp {
        member: help.member,
        value: help.value,
        gain: decimal(help.gain),
    });
    let words = shared_terms((own.side, record), (profile.side, &other));
    let mut evidence: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (part, _) in &score.parts {
        let facts = match part {
            Part::Keywords => words.iter().take(MOST_WORDS).cloned().collect(),
            part => facts(*part, demand, offer),
        };
        evidence.insert(part.name(), facts);
    }
    Ok(PairingItem {
        record: serde_json::from_slice::<Box<RawValue>>(summary).map_err(Problem::internal)?,
        score: decimal(score.rounded()),
        parts: score.parts.iter().map(|(part, value)| (part.name(), decimal(*value))).collect(),
        evidence,
        what_would_help: help.collect(),
        excluded_by: excluded.iter().copied().collect(),
    })
}

/// What a part rests on, as codes and days.
fn facts(part: Part, demand: &Profile, offer: &Profile) -> Vec<String> {
    let days = || [demand.until, offer.until].into_iter().flatten().map(|day| day.to_string());
    match part {
        Part::Field => demand.fields.intersection(&offer.fields).cloned().collect(),
        Part::Industry => {
            demand.industry.iter().zip(&offer.industry).flat_map(|(one, other)| [one, other]).cloned().collect()
        }
        Part::Keywords => Vec::new(),
        Part::Region => {
            let place = demand.places.first();
            let there = match offer.side {
                Side::Capability => place.and_then(|place| serves(place, offer)),
                _ => offer.places.first(),
            };
            place.into_iter().chain(there).map(|place| place.code.clone()).collect()
        }
        Part::Availability if offer.side == Side::Instrument => {
            vec![if offer.works { "normal" } else { "faults" }.to_owned()]
        }
        Part::Availability => demand.modes.intersection(&offer.modes).cloned().chain(days()).collect(),
    }
}

/// The published weights.
pub fn weights() -> PairingWeights {
    let of = |with_instrument: bool| {
        let parts = Part::ALL.into_iter().filter(|part| part.weight(with_instrument) > 0);
        parts.map(|part| (part.name(), decimal(part.weight(with_instrument)))).collect()
    };
    PairingWeights { capabilities: of(false), instruments: of(true) }
}

/// Hundredths as a decimal.
fn decimal(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
