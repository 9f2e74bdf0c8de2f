//! What the checks of a body found: faults, which refuse it, and warnings, which go with the record's answer.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::problem::{Fault, Place};

/// Maximum number of faults reported of one body; more would help no client.
pub const MOST_FAULTS: usize = 200;

/// Faults of the schema that follow from another one at the same place.
const FOLLOWING: [&str; 4] = ["pattern", "not-decimal", "too-short", "too-long"];

/// Collects faults and warnings of one body; pointers are RFC 6901, without the `#`.
#[derive(Clone)]
pub struct Findings {
    /// Today in Asia/Shanghai: no past event may have a later date.
    pub today: NaiveDate,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
    /// First-level members that are faulty already: what follows from their absence is not reported again.
    broken: BTreeSet<String>,
    unreported: Fault,
}

impl Findings {
    pub fn new(today: NaiveDate) -> Findings {
        let unreported = Fault::at("", "unreported");
        Findings { today, faults: Vec::new(), warnings: Vec::new(), broken: BTreeSet::new(), unreported }
    }

    /// Reports a fault at `pointer`; add arguments to what is returned. Nothing is added where the member is broken already.
    pub fn fault(&mut self, pointer: impl AsRef<str>, code: &'static str) -> &mut Fault {
        let pointer = pointer.as_ref();
        if self.is_broken(pointer) {
            return &mut self.unreported;
        }
        push(&mut self.faults, Fault::at(pointer, code))
    }

    /// Reports what does not block but should be looked at.
    pub fn warn(&mut self, pointer: impl AsRef<str>, code: &'static str) -> &mut Fault {
        let pointer = pointer.as_ref();
        if self.is_broken(pointer) {
            return &mut self.unreported;
        }
        push(&mut self.warnings, Fault::at(pointer, code))
    }

    /// Adds a fault of the schema check and marks its first-level member as broken.
    pub fn refuse(&mut self, pointer: &str, fault: Fault) {
        self.broken.insert(first_level(pointer).to_owned());
        self.faults.push(fault);
    }

    /// Whether the first-level member that `pointer` leads into was refused already.
    pub fn is_broken(&self, pointer: &str) -> bool {
        self.is_full() || self.broken.contains(first_level(pointer))
    }

    /// `earlier` must not be after `later`; the fault stands at `later`, whose name and that of `earlier` are its arguments.
    pub fn in_order(&mut self, earlier: (&str, Option<NaiveDate>), later: (&str, Option<NaiveDate>)) {
        if let (Some(first), Some(second)) = (earlier.1, later.1)
            && first > second
            && !self.is_broken(earlier.0)
        {
            self.fault(later.0, "before-other-date").args.push(("other", format!("#{}", earlier.0)));
        }
    }

    /// The date of a past event must not lie in the future.
    pub fn not_in_future(&mut self, pointer: &str, day: Option<NaiveDate>) {
        if day.is_some_and(|day| day > self.today) {
            self.fault(pointer, "in-the-future");
        }
    }

    /// A member that the condition named in `because` makes necessary.
    pub fn required_if(&mut self, needed: bool, present: bool, pointer: &str, because: &'static str) {
        if needed && !present {
            self.fault(pointer, "required-here").args.push(("because", because.to_owned()));
        }
    }

    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Removes the faults for which `stands` is true because the present content has them too; its second argument is
    /// whether the schema refused the member, so that the rules never saw it. When the limit of faults was reached, all
    /// are kept.
    pub fn forgive(&mut self, stands: impl Fn(&Fault, bool) -> bool) {
        if self.is_full() {
            return;
        }
        let Findings { faults, broken, .. } = self;
        faults.retain(|fault| !stands(fault, broken.contains(first_level(place(fault).trim_start_matches('#')))));
    }

    /// The first-level members that the schema refused.
    pub fn broken(&self) -> impl Iterator<Item = &String> {
        self.broken.iter()
    }

    /// Adds what another check of the same body found.
    pub fn include(&mut self, other: &Findings) {
        self.faults.extend(other.faults.iter().cloned());
        self.broken.extend(other.broken.iter().cloned());
    }

    /// Keeps one fault per cause: a text with wrong characters or format also breaks the pattern and bounds of its
    /// schema, and beside a broken pattern `too-short` adds nothing, unless the text is empty.
    pub fn keep_causes(&mut self) {
        let is_empty = |fault: &Fault| fault.code == "too-short" && fault.args.contains(&("limit", "1".to_owned()));
        let places = |tells: &dyn Fn(&Fault) -> bool| -> BTreeSet<String> {
            self.faults.iter().filter(|fault| tells(fault)).map(|fault| place(fault).to_owned()).collect()
        };
        let told = places(&|fault| !FOLLOWING.contains(&fault.code));
        let empty = places(&is_empty);
        let shaped = places(&|fault| fault.code == "pattern");
        self.faults.retain(|fault| {
            let at = place(fault);
            match fault.code {
                "pattern" | "not-decimal" => !told.contains(at) && !empty.contains(at),
                "too-short" if !is_empty(fault) => !told.contains(at) && !shaped.contains(at),
                code if FOLLOWING.contains(&code) => !told.contains(at),
                _ => true,
            }
        });
    }

    /// Whether the limit of faults is reached.
    pub fn is_full(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    /// The faults in the order of their places, each once.
    pub fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by(|one, other| (place(one), one.code).cmp(&(place(other), other.code)));
        self.faults.dedup_by(|one, other| place(one) == place(other) && one.code == other.code);
        self.faults.truncate(MOST_FAULTS);
        self.faults
    }

    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }
}

/// The place of a fault, as it is reported.
pub fn place(fault: &Fault) -> &str {
    match &fault.place {
        Place::Pointer(text) | Place::Parameter(text) => text,
        Place::Header(name) => name,
    }
}

fn push(list: &mut Vec<Fault>, fault: Fault) -> &mut Fault {
    list.push(fault);
    list.last_mut().expect("just pushed")
}

/// The first-level member that a pointer leads into.
pub fn first_level(pointer: &str) -> &str {
    pointer.trim_start_matches('/').split('/').next().unwrap_or_default()
}
