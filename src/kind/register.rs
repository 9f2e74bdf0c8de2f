//! The kinds of this register, each with its check.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use crate::kind::schema::{Checker, Requests};
use crate::kind::{Kind, components, pointers};

/// All kinds, and the component schemas made from them.
pub struct Register {
    kinds: Vec<Registered>,
    /// Component schemas of the contents and their merge patches, in the contract's form.
    pub components: Arc<Map<String, Value>>,
    /// The checks of the bodies that all kinds share.
    pub requests: Later<Requests>,
}

/// A kind with its check.
pub struct Registered {
    pub kind: &'static Kind,
    pub checker: Later<Checker>,
    /// Top-level members of its answers, for `fields`.
    pub answer_members: Vec<String>,
}

/// Compiled when it is first used: compiling the checks of all kinds would be most of what a start takes.
pub type Later<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

fn later<T>(compile: impl FnOnce() -> Result<T, String> + Send + 'static) -> Later<T> {
    LazyLock::new(Box::new(|| compile().expect("the kinds are declared rightly: tested")))
}

impl Deref for Registered {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        self.kind
    }
}

impl Register {
    pub fn new(kinds: &[&'static Kind]) -> Register {
        let components = Arc::new(components::of(kinds.iter().copied()));
        let registered = |kind: &&'static Kind| {
            let (kind, components) = (*kind, components.clone());
            let checker = later(move || Checker::compile(kind, &components));
            Registered { kind, checker, answer_members: pointers::answer_members(kind) }
        };
        let kinds = kinds.iter().map(registered).collect();
        let shared = components.clone();
        Register { kinds, components, requests: later(move || Requests::compile(&shared)) }
    }

    pub fn kinds(&self) -> &[Registered] {
        &self.kinds
    }

    pub fn kind(&self, name: &str) -> Option<&Registered> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}
