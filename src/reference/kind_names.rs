//! The names of the kinds of record, from `data/reference/kinds.csv`, their only source.
//!
//! A kind itself is declared on a higher floor, in `kinds`. Its names are here because record codes and sentences for
//! people need them and nothing else of a kind. The declaration of a kind reads its line at compile time.

use std::sync::LazyLock;

const FILE: &str = include_str!("../../data/reference/kinds.csv");

/// One line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindNames {
    /// Path and feed word, kebab-case plural: `joint-labs`.
    pub name: &'static str,
    /// snake_case singular of operation ids and feed types: `joint_lab`.
    pub singular: &'static str,
    /// Prefix of the codes, three capital letters (`docs/rules.md` §2): `LAB`.
    pub prefix: &'static str,
    /// What people call one of them.
    pub zh: &'static str,
    pub en: &'static str,
}

impl KindNames {
    /// The names of a kind that is declared; one that the file lacks does not compile.
    pub const fn of(name: &str) -> KindNames {
        let mut rest = FILE.as_bytes();
        while !rest.is_empty() {
            let (line, after) = split(rest, b'\n');
            if same(split(line, b',').0, name.as_bytes()) {
                return KindNames::read(line);
            }
            rest = after;
        }
        panic!("data/reference/kinds.csv has no line for this kind")
    }

    const fn read(line: &'static [u8]) -> KindNames {
        let (name, rest) = split(line, b',');
        let (singular, rest) = split(rest, b',');
        let (prefix, rest) = split(rest, b',');
        let (zh, en) = split(rest, b',');
        KindNames { name: text(name), singular: text(singular), prefix: text(prefix), zh: text(zh), en: text(en) }
    }
}

/// The names of every kind, in the order of the file.
pub fn all() -> &'static [KindNames] {
    static ALL: LazyLock<Vec<KindNames>> =
        LazyLock::new(|| FILE.lines().skip(1).map(|line| KindNames::read(line.as_bytes())).collect());
    &ALL
}

/// The text before and after the first `mark`; without one, all of it is before.
const fn split(text: &'static [u8], mark: u8) -> (&'static [u8], &'static [u8]) {
    let mut at = 0;
    while at < text.len() {
        if text[at] == mark {
            return (text.split_at(at).0, text.split_at(at + 1).1);
        }
        at += 1;
    }
    (text, &[])
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("data/reference/kinds.csv is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_names_of_its_own_in_the_form_that_codes_and_paths_have() {
        const LABS: KindNames = KindNames::of("joint-labs");
        assert_eq!((LABS.singular, LABS.prefix, LABS.zh, LABS.en), ("joint_lab", "LAB", "共建实验室", "joint lab"));
        let mut seen = BTreeSet::new();
        for names in all() {
            assert_eq!(KindNames::of(names.name), *names);
            assert!(names.prefix.len() == 3 && names.prefix.bytes().all(|byte| byte.is_ascii_uppercase()), "{names:?}");
            assert!(names.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{names:?}");
            assert!(names.singular.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{names:?}");
            assert!(!names.zh.is_empty() && !names.en.is_empty() && !names.en.contains(','), "{names:?}");
            for name in [names.name, names.singular, names.prefix] {
                assert!(seen.insert(name), "{name} stands for two kinds");
            }
        }
    }

    #[test]
    fn the_file_is_read_as_any_reader_of_csv_reads_it() {
        let rows = super::super::sources::rows(FILE);
        assert_eq!(rows.len(), all().len());
        for (row, names) in rows.iter().zip(all()) {
            let columns = ["name", "singular", "prefix", "name_zh", "name_en"].map(|column| row[column].as_str());
            assert_eq!(columns, [names.name, names.singular, names.prefix, names.zh, names.en]);
        }
    }
}
