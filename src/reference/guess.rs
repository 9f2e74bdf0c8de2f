//! What a client probably meant: the name or code most like one that does not exist.

/// The candidate most like `word`, if one is like it at all.
///
/// Likeness is the share of characters left alone by the fewest insertions, deletions, changes and swaps of neighbours
/// (Damerau-Levenshtein); from 0.66 on a guess helps more than it misleads. For longer words a common beginning counts
/// too (Jaro-Winkler from 0.9), so that `evaluation` finds `evaluation-grades`; and the first words of a name mean that
/// name, the shortest of several: `division` finds `division_located`. Case is ignored and `-` equals `_`, here and
/// nowhere else. Words of more than 64 characters are not compared: the cost grows with the square of the length.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    let word = plain(word);
    let likeness = |candidate: &str| {
        let candidate = plain(candidate);
        let edits = strsim::normalized_damerau_levenshtein(&word, &candidate);
        let prefix = strsim::jaro_winkler(&word, &candidate);
        let goes_on = candidate.strip_prefix(&word).is_some_and(|rest| rest.starts_with('_'));
        match word.chars().count() {
            4.. if goes_on => edits.max(0.9),
            5.. if prefix >= 0.9 => edits.max(prefix - 0.2),
            _ => edits,
        }
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.66)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.len().cmp(&a.1.len())))
        .map(|(_, candidate)| candidate)
}
