//! Which of the organizations found is meant, how sure that is, and why.

use std::ops::Range;

use actix_web::web::Bytes;

use crate::db::Id;
pub use crate::forms::matching::{MatchOutcome as Settled, MatchReason as Reason};
use crate::kind::search::keys::{Likeness, likeness};
use crate::kind::search::{normal_name, sounds};
use crate::matching::asked::{Asked, How, PLACE, SEPARATORS, Span};
use crate::matching::known::{Found, Known, Names};
use crate::matching::rest::{Rest, Side};

/// An organization that may be meant.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: Id,
    pub summary: Bytes,
    pub r#type: String,
    /// In hundredths.
    pub score: u8,
    pub reason: Reason,
    /// The name of it that was found.
    pub matched: String,
    /// What is left of the text.
    pub rest: Option<String>,
}

/// What a name means.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    pub settled: Settled,
    /// The best first.
    pub candidates: Vec<Candidate>,
}

/// The least score of one that is chosen; and how much less the next must have.
const CHOSEN: u8 = 90;
const APART: u8 = 5;

/// Scores in hundredths.
const CERTAIN: u8 = 100;
const SPELLED: u8 = 98;
const ADDRESSED: u8 = 97;
const SHORTENED: u8 = 95;
const PART: u8 = 93;
const MISTYPED: u8 = 92;
const BESIDE_A_NAME: u8 = CHOSEN - APART;
/// The words in another order: of an address that is free, of a name it makes another one.
const REORDERED: [u8; 2] = [85, 90];
const SEVERAL: u8 = 80;
const SIMILAR: u8 = 70;
const DOUBTFUL: u8 = 60;
const ANOTHER: u8 = 50;

/// A name that was found in a text.
struct Hit<'k> {
    span: &'k Span,
    found: Found<'k>,
    likeness: Likeness,
}

impl Verdict {
    /// Of a name that an identifier or an accepted spelling decides.
    pub fn named(asked: &Asked, known: &Known, reason: Reason) -> Verdict {
        let candidate = Candidate::new(known, CERTAIN, reason, &asked.text);
        Verdict { settled: Settled::Chosen, candidates: vec![candidate] }
    }

    /// Of a name, by the organizations that have one of its keys.
    pub fn of(asked: &Asked, names: &Names) -> Verdict {
        let hits = hits(asked, names);
        let whole = of_whole(asked, names, &hits);
        let candidates = match whole.iter().any(|one| one.score >= CHOSEN) {
            true => whole,
            false => of_inside(asked, names, &hits),
        };
        Verdict::settle(candidates)
    }

    /// Whether none is chosen, and none as likely as another.
    pub fn is_open(&self) -> bool {
        self.settled == Settled::None
    }

    /// Adds organizations whose names are the text but for one character.
    pub fn add_near(&mut self, asked: &Asked, near: Vec<(Known, Vec<String>)>) {
        let normal = normal_name(&asked.text);
        for (known, names) in near {
            let is_slip = |name: &&String| sounds_alike(&normal, name) && !known.is_enterprise();
            let slip = names.iter().find(is_slip);
            let (score, name, reason) = match (slip, names.first()) {
                (Some(name), _) => (MISTYPED, name, Reason::Mistyped),
                (None, Some(name)) => (SIMILAR, name, Reason::Similar),
                (None, None) => continue,
            };
            if self.candidates.iter().any(|one| one.id == known.id && one.score >= score) {
                continue;
            }
            self.candidates.retain(|one| one.id != known.id);
            let matched = known.names.iter().find(|one| one.normal == *name).map_or(name, |one| &one.text).clone();
            self.candidates.push(Candidate::new(&known, score, reason, &matched));
        }
        *self = Verdict::settle(std::mem::take(&mut self.candidates));
    }

    fn settle(mut candidates: Vec<Candidate>) -> Verdict {
        candidates.sort_by_key(|one| (std::cmp::Reverse(one.score), one.id));
        let settled = match candidates.as_slice() {
            [first, second, ..] if first.score >= SEVERAL && first.score - second.score <= APART => Settled::Ambiguous,
            [first, ..] if first.score >= CHOSEN => Settled::Chosen,
            _ => Settled::None,
        };
        Verdict { settled, candidates }
    }
}

impl Candidate {
    /// Whether it was named by an identifier.
    pub fn is_identified(&self) -> bool {
        self.reason == Reason::Identifier
    }

    fn new(known: &Known, score: u8, reason: Reason, matched: &str) -> Candidate {
        let (id, summary) = (known.id, known.summary.clone());
        let r#type = known.r#type.clone();
        Candidate { id, summary, r#type, score, reason, matched: matched.to_owned(), rest: None }
    }
}

/// The names that have a key of the text, those of letters compared word by word.
fn hits<'k>(asked: &'k Asked, names: &'k Names) -> Vec<Hit<'k>> {
    let mut hits = Vec::new();
    for span in &asked.spans {
        let is_joined = asked.is_joined(&span.place);
        for found in names.with_key(&span.key) {
            // `Education, Chongqing University` is no other university; the parts of a hospital's name stand like this.
            if is_joined && !span.words.is_empty() && !names.known[found.at].is_written_in_parts(found.name) {
                continue;
            }
            let likeness = match span.words.is_empty() {
                true => found.name.words.is_empty().then_some(Likeness::Same),
                false => likeness(&span.words, &found.name.words),
            };
            if let Some(likeness) = likeness {
                hits.push(Hit { span, found: *found, likeness });
            }
        }
    }
    hits
}

/// Those whose name the whole text is.
fn of_whole(asked: &Asked, names: &Names, hits: &[Hit]) -> Vec<Candidate> {
    let normal = normal_name(&asked.text);
    let mut best: Vec<Candidate> = Vec::new();
    for hit in hits {
        let Found { at, name, is_short } = hit.found;
        let (score, reason) = match (hit.span.how, is_short) {
            (How::Whole, _) if hit.likeness == Likeness::Mistyped => (MISTYPED, Reason::Mistyped),
            (How::Whole, _) if hit.likeness == Likeness::Reordered => (reordered(asked, hit.span), Reason::Spelling),
            (How::Whole, _) if name.normal == normal => (CERTAIN, name.reason),
            (How::Whole, false) => (SPELLED, Reason::Spelling),
            (How::Whole, true) | (How::Shortened, false) => (SHORTENED, Reason::ShortForm),
            (How::Mistyped, false) if names.known[at].is_company(name) => (SIMILAR, Reason::Similar),
            (How::Mistyped, false) => (MISTYPED, Reason::Mistyped),
            _ => continue,
        };
        let candidate = Candidate::new(names.known[at], score, reason, &name.text);
        match best.iter_mut().find(|one| one.id == candidate.id) {
            Some(one) if one.score >= score => {}
            Some(one) => *one = candidate,
            None => best.push(candidate),
        }
    }
    // What it is called today comes before what others are or were called besides.
    let is_name = |one: &Candidate| one.score == CERTAIN && one.reason == Reason::Name;
    if best.iter().any(is_name) {
        for other in best.iter_mut().filter(|one| !is_name(one)) {
            other.score = other.score.min(BESIDE_A_NAME);
        }
    }
    best
}

/// Those whose name stands in the text.
fn of_inside(asked: &Asked, names: &Names, hits: &[Hit]) -> Vec<Candidate> {
    let inside: Vec<&Hit> = hits.iter().filter(|hit| hit.span.how == How::Inside).collect();
    let is_longest = |hit: &&&Hit| !inside.iter().any(|other| holds(&other.span.place, &hit.span.place));
    let longest: Vec<&Hit> = inside.iter().filter(is_longest).copied().collect();
    let mut all: Vec<usize> = longest.iter().map(|hit| hit.found.at).collect();
    all.sort_unstable();
    all.dedup();
    let places: Vec<&Range<u32>> = longest.iter().map(|hit| &hit.span.place).collect();
    let meant = most_special(&all, asked.is_list(&places), names);
    let pieces = pieces(asked, places);
    let left: Vec<&str> = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
    let left = Some(left.join(" ")).filter(|rest| !rest.is_empty());
    let mut candidates = Vec::new();
    for at in &all {
        let Some(hit) = longest.iter().find(|hit| hit.found.at == *at) else { continue };
        let known = names.known[*at];
        let rest = pieces.iter().map(|(piece, side)| known.rest(piece, *side)).min();
        let is_short = hit.found.is_short;
        let score = match (meant, rest.unwrap_or(Rest::Nothing)) {
            (Some(one), _) if one != *at => DOUBTFUL,
            (None, _) => SEVERAL,
            (_, Rest::Nothing) => ADDRESSED,
            // 重庆理工职业学院 is no part of 重庆理工大学.
            (_, Rest::Part) if is_short => DOUBTFUL,
            (_, Rest::Part) => PART,
            (_, Rest::Unknown) => DOUBTFUL,
            (_, Rest::Other) => ANOTHER,
        };
        let score = match hit.likeness {
            Likeness::Same if !is_short => score,
            Likeness::Same | Likeness::Mistyped => score.min(MISTYPED),
            Likeness::Reordered => score.min(reordered(asked, hit.span)),
        };
        let candidate = Candidate::new(known, score, Reason::NameInside, &hit.found.name.text);
        candidates.push(Candidate { rest: left.clone(), ..candidate });
    }
    candidates
}

fn reordered(asked: &Asked, span: &Span) -> u8 {
    REORDERED[usize::from(asked.is_joined(&span.place))]
}

fn holds(one: &Range<u32>, other: &Range<u32>) -> bool {
    one.start <= other.start && other.end <= one.end && one != other
}

/// Of several organizations that are named in one text the one that is part of the others, or named for them: the laboratory of a
/// university, the hospital. In a list of names only one whose parent is another.
fn most_special(all: &[usize], is_list: bool, names: &Names) -> Option<usize> {
    let level = |at: &usize| match names.known[*at].r#type.as_str() {
        "laboratory" => 2,
        "hospital" => 1,
        _ => 0,
    };
    let is_parent = |at: &usize| all.iter().any(|other| names.known[*other].parent == Some(names.known[*at].id));
    let own: Vec<usize> = all.iter().filter(|at| !is_parent(at)).copied().collect();
    if is_list && own.len() > 1 {
        return None;
    }
    let highest = own.iter().map(level).max()?;
    let mut highest = own.iter().filter(|at| level(at) == highest);
    match (highest.next(), highest.next()) {
        (Some(one), None) => Some(*one),
        _ => None,
    }
}

/// What of the text stands between these places.
fn pieces(asked: &Asked, mut places: Vec<&Range<u32>>) -> Vec<(String, Side)> {
    places.sort_by_key(|place| (place.start, place.end));
    let chars: Vec<char> = asked.text.chars().collect();
    let mut pieces = Vec::new();
    let mut add = |from: u32, to: u32, side: Side| {
        let piece: String = chars.get(from as usize..to as usize).unwrap_or_default().iter().collect();
        let parts = piece.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
        pieces.extend(parts.map(|part| (part.to_owned(), side)));
    };
    let mut from = 0;
    for (index, place) in places.iter().enumerate() {
        if place.start > from {
            add(from, place.start, if index == 0 { Side::Before } else { Side::After });
        }
        from = from.max(place.end);
    }
    add(from, asked.length(), Side::After);
    pieces
}

/// Whether two names of equal length differ in one character that sounds like the other, and not in what tells where they are.
fn sounds_alike(one: &str, other: &str) -> bool {
    if one.chars().count() != other.chars().count() {
        return false;
    }
    let mut differing = one.chars().zip(other.chars()).enumerate().filter(|(_, (one, other))| one != other);
    match (differing.next(), differing.next()) {
        (Some((at, (one, other))), None) => at >= PLACE && sounds::alike(one, other),
        _ => false,
    }
}
