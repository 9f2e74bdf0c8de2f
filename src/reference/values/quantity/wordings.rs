//! Which words of a Chinese policy text say which relation to a number: the table is `data/reference/quantity-wordings.csv`,
//! with an example and the source of each.

use std::sync::LazyLock;

use crate::reference::sources::rows;

/// On which side of a number words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    /// Without anything in between.
    After,
    /// The same behind the unit.
    Behind,
    /// Before the number in the same part of the sentence, with other words in between.
    Apart,
}

/// One line of the table.
struct Wording {
    wording: &'static str,
    /// `before` the number with at most one of [`BETWEEN`] in between, `after` it without anything in between, or `behind` its unit;
    /// `anywhere` for a commitment. `itself` is for readers: such words are a number, which `reading` knows.
    place: &'static str,
    /// `comparator`, `commitment`, `unclear` where the number is not the amount itself, or `nothing`: a word that only looks like another.
    says: &'static str,
    code: &'static str,
}

/// What may stand between a word and its number.
const BETWEEN: [&str; 7] = ["了", "到", "达到", "达", "为", "至", "有"];

/// How far before a number a word may stand that is perhaps about it, in characters.
const REACH: usize = 12;

/// Before a word: what denies it.
const DENIES: [&str; 8] = ["不", "未", "没", "没有", "非", "勿", "无", "莫"];

const FILE: &str = include_str!("../../../../data/reference/quantity-wordings.csv");

/// Longest first, so that 不超过 is not read as 超过.
static TABLE: LazyLock<Vec<Wording>> = LazyLock::new(|| {
    let mut table: Vec<Wording> = rows(FILE)
        .into_iter()
        .map(|row| {
            // Read once, and needed as long as the process lives.
            let text = |column: &str| -> &'static str { row[column].clone().leak() };
            Wording { wording: text("wording"), place: text("place"), says: text("says"), code: text("code") }
        })
        .collect();
    table.sort_by_key(|line| std::cmp::Reverse(line.wording.chars().count()));
    table
});

/// What the words on one side of a number say of the relation to it, if anything: `unclear` where they deny it.
pub(super) fn said(side: Side, text: &str) -> Option<&'static str> {
    let line = match side {
        Side::Before => {
            let between = BETWEEN.iter().filter_map(|word| text.strip_suffix(word));
            let ends: Vec<&str> = [text].into_iter().chain(between).collect();
            let found = of_place("before")
                .find_map(|line| Some((line, ends.iter().find_map(|text| text.strip_suffix(line.wording))?)));
            let (line, rest) = found?;
            if line.says == "comparator" && DENIES.iter().any(|word| rest.ends_with(word)) {
                return Some("unclear");
            }
            line
        }
        Side::After => of_place("after").find(|line| text.starts_with(line.wording))?,
        Side::Behind => of_place("behind").find(|line| text.starts_with(line.wording))?,
        Side::Apart => {
            let end = text.char_indices().rev().nth(REACH - 1).map_or(0, |(at, _)| at);
            of_place("before")
                .filter(|line| line.says == "comparator")
                .find(|line| text[end..].contains(line.wording))?
        }
    };
    if line.says == "unclear" {
        return Some("unclear");
    }
    (line.says == "comparator").then_some(line.code)
}

/// Whether a text only aspires to what it says.
pub(super) fn aspired(text: &str) -> bool {
    let mut rest = text.to_owned();
    for line in of_place("anywhere") {
        match line.says {
            "nothing" => rest = rest.replace(line.wording, "。"),
            _ if rest.contains(line.wording) => return true,
            _ => {}
        }
    }
    false
}

fn of_place(place: &'static str) -> impl Iterator<Item = &'static Wording> {
    TABLE.iter().filter(move |line| line.place == place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::values::quantity::reading::read;
    use crate::reference::vocabulary;

    #[test]
    fn every_word_says_what_the_table_has_of_it_in_its_own_example() {
        for line in TABLE.iter().filter(|line| !["nothing", "unclear"].contains(&line.says)) {
            let list = format!("quantity-{}s", line.says);
            assert!(vocabulary(&list).unwrap().contains(line.code), "{list} {}", line.code);
        }
        let mut places: Vec<&str> = TABLE.iter().map(|line| line.place).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places, ["after", "anywhere", "before", "behind", "itself"]);
        for row in rows(FILE) {
            let readings = read(&row["example"]);
            let says =
                |code: &str| readings.iter().any(|one| one.comparators.contains(&code) || one.commitment == code);
            match row["says"].as_str() {
                "nothing" => assert!(says("eq"), "{row:?}: {readings:?}"),
                "unclear" => assert!(readings[0].comparators.is_empty(), "{row:?}: {readings:?}"),
                _ => assert!(says(&row["code"]), "{row:?}: {readings:?}"),
            }
            assert!(!row["basis"].is_empty(), "{row:?}");
        }
    }
}
