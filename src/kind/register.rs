//! The kinds of this register, with the check of each compiled.

use std::ops::Deref;
use std::panic::resume_unwind;
use std::thread;

use serde_json::{Map, Value};

use crate::kind::schema::{Checker, Requests};
use crate::kind::{Kind, components, pointers};

/// All kinds, and the component schemas made from them.
pub struct Register {
    kinds: Vec<Registered>,
    /// Component schemas of the contents and their merge patches, in the contract's form.
    pub components: Map<String, Value>,
    /// The checks of the bodies that all kinds share.
    pub requests: Requests,
}

/// A kind whose check is compiled.
pub struct Registered {
    pub kind: &'static Kind,
    pub checker: Checker,
    /// Top-level members of its answers, for `fields`.
    pub answer_members: Vec<String>,
}

impl Deref for Registered {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        self.kind
    }
}

impl Register {
    /// Compiles the checks; fails when a kind's declaration is wrong, which a test would have shown before.
    pub fn new(kinds: &[&'static Kind]) -> Result<Register, String> {
        let components = components::of(kinds.iter().copied());
        // On as many threads as there are kinds: compiling them is most of what a start takes.
        let (kinds, requests) = thread::scope(|scope| {
            let compile = |kind: &'static Kind| {
                let (checker, answer_members) = (Checker::compile(kind, &components)?, pointers::answer_members(kind));
                Ok(Registered { kind, checker, answer_members })
            };
            let compiling: Vec<_> = kinds.iter().map(|kind| scope.spawn(move || compile(kind))).collect();
            let requests = Requests::compile(&components)?;
            let compiled = compiling.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
            Ok::<_, String>((compiled.collect::<Result<Vec<_>, String>>()?, requests))
        })?;
        Ok(Register { kinds, components, requests })
    }

    pub fn kinds(&self) -> &[Registered] {
        &self.kinds
    }

    pub fn kind(&self, name: &str) -> Option<&Registered> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}
