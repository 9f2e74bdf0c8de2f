//! Comments cite the project's own rules and its description of the domain: `docs/rules.md` §3, `docs/domain.md` §b2, §d4.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 2] = ["docs/rules.md", "docs/domain.md"];
const FOLDERS: [&str; 5] = ["src", "tests", "examples", "scripts", "migrations"];

/// The sections of a document: `§` and a name at the beginning of a heading or of a list item.
fn sections(document: &str) -> BTreeSet<String> {
    let starts = |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || "#.-*` ".contains(c)).to_owned();
    super::text(document).lines().map(starts).filter_map(|line| Some(name(line.strip_prefix('§')?))).collect()
}

/// The name of a section at the beginning of a text: `b11.5` of `b11.5, §d4).`
fn name(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

/// The sections that a text cites of a document, each citation being a list such as `§b2, §c and §d4`.
fn cited(text: &str, document: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mut rest in text.split(&format!("`{document}` §")).skip(1) {
        loop {
            let section = name(rest);
            rest = rest[section.len()..].trim_start_matches([',', ' ']);
            found.push(section);
            rest = rest.strip_prefix("and ").unwrap_or(rest);
            let Some(next) = rest.strip_prefix('§') else { break };
            rest = next;
        }
    }
    found
}

/// The comments of a file as one text, without the marks that begin their lines.
fn comments(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(|line| line.trim().trim_start_matches(['/', '!', '#', '-']).trim());
    lines.collect::<Vec<_>>().join(" ")
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true if entry.ends_with("node_modules") => {}
            true => files(&entry, all),
            false => all.push(entry),
        }
    }
}

#[test]
fn every_section_that_a_comment_cites_stands_in_its_document() {
    let mut all = Vec::new();
    FOLDERS.iter().for_each(|folder| files(&super::path(folder), &mut all));
    for document in DOCUMENTS {
        let sections = sections(document);
        let mut count = 0;
        for file in &all {
            for section in cited(&comments(file), document) {
                count += 1;
                assert!(
                    sections.contains(&section),
                    "{} cites {document} §{section}, which is not there",
                    file.display()
                );
            }
        }
        assert!(count > 20, "{document} is cited {count} times only: are citations still found?");
    }
}

#[test]
fn a_list_of_sections_is_read_to_its_end() {
    let cited = |text: &str| super::citations::cited(text, "docs/domain.md");
    assert_eq!(cited("(`docs/domain.md` §b2, §c, §d1 and §d4; §x)"), ["b2", "c", "d1", "d4"]);
    assert_eq!(cited("see `docs/domain.md` §b11.5. Then `docs/domain.md` §c"), ["b11.5", "c"]);
    assert!(cited("`docs/rules.md` §3").is_empty());
}
