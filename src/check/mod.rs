//! `chuanyu check`: data in the register that breaks a rule which came later.
//!
//! Rules become stricter while records, clients and grants live on. A migration never fails on them, and nothing
//! granted before is silently revoked: whatever breaks a rule of today is listed here, in sentences, for those who can
//! put it right. The service may be running meanwhile; nothing is changed.
//!
//! A new check is a [`Check`] in a file of its own beside this one, one line in [`ALL`], and its sentences in `locales/`:
//! `check-{name}` for the heading, `finding-{code}` for each thing found.

mod confirmers;
mod duplicates;
mod introductions;
mod loops;
mod provinces;
mod records;
mod rules;
mod waiting;

pub use records::each_record;

use crate::api::Language;
use crate::db::Db;
use crate::kind::register::Register;
use crate::problem::Outcome;

/// Every check, in the order in which they run.
pub const ALL: &[Check] = &[
    rules::CHECK,
    confirmers::CONFIRMERS,
    loops::LOOPS,
    waiting::WAITING,
    duplicates::DUPLICATES,
    provinces::PROVINCES,
    introductions::INTRODUCTIONS,
];

/// One check over the whole register.
#[derive(Debug)]
pub struct Check {
    /// Its name on the command line, kebab-case; `check-{name}` is its heading.
    pub name: &'static str,
    /// Runs it and reports what it finds.
    pub run: fn(&Look, &mut Found) -> Outcome<()>,
}

/// What a check works on. It reads in batches of its own ([`each_record`]): the register need not fit into memory.
pub struct Look<'a> {
    pub db: &'a Db,
    pub register: &'static Register,
}

/// One thing that breaks a rule of today. Its sentence is the message `finding-{code}` of the locales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about: the code of a record, the name of a client.
    pub about: String,
    pub code: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    pub fn of(about: impl Into<String>, code: &'static str) -> Finding {
        Finding { about: about.into(), code, args: Vec::new() }
    }

    /// Adds an argument of its sentence.
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Finding {
        self.args.push((name, value.to_string()));
        self
    }

    /// Its sentence.
    pub fn say(&self, language: Language) -> String {
        language.say(&format!("finding-{}", self.code), &self.args).unwrap_or_else(|| self.code.to_owned())
    }
}

/// Where a check reports to: each finding is printed at once, so that memory does not grow with their number.
pub struct Found<'a> {
    tell: &'a mut dyn FnMut(&Finding),
    count: usize,
}

impl<'a> Found<'a> {
    pub fn new(tell: &'a mut dyn FnMut(&Finding)) -> Found<'a> {
        Found { tell, count: 0 }
    }

    pub fn report(&mut self, finding: Finding) {
        self.count += 1;
        (self.tell)(&finding);
    }

    /// How many were reported.
    pub fn count(&self) -> usize {
        self.count
    }
}

/// The check of this name.
pub fn named(name: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.name == name)
}

/// Runs checks and prints what they find, line by line; returns the number of findings.
pub fn run(look: &Look, checks: &[&Check], language: Language, line: &mut dyn FnMut(String)) -> Outcome<usize> {
    let mut total = 0;
    for check in checks {
        let heading = language.say(&format!("check-{}", check.name), &[]).unwrap_or_else(|| check.name.to_owned());
        let mut headed = false;
        let mut tell = |finding: &Finding| {
            if !std::mem::replace(&mut headed, true) {
                line(format!("{}: {heading}", check.name));
            }
            line(format!("- {}: {}", finding.about, finding.say(language)));
        };
        let mut found = Found::new(&mut tell);
        (check.run)(look, &mut found)?;
        total += found.count();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_a_heading_in_both_languages() {
        for check in ALL {
            assert_eq!(ALL.iter().filter(|other| other.name == check.name).count(), 1, "{}", check.name);
            for language in Language::ALL {
                let heading = language.say(&format!("check-{}", check.name), &[]);
                assert!(heading.is_some_and(|text| !text.is_empty()), "{} {language:?}", check.name);
            }
        }
    }

    #[test]
    fn a_finding_is_told_in_the_readers_words() {
        let finding = Finding::of("cq-clerk", "confirms-without-agency").arg("scope", "records:confirm");
        for language in Language::ALL {
            assert!(finding.say(language).contains("--for-province"), "{language:?}");
        }
    }
}
