//! Valid contents: the examples of the contract with what must be unique made so. A test mentions only what it is about.

use std::sync::atomic::{AtomicU64, Ordering};

use chuanyu::kinds::register;
use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

/// The content of a record, to be changed before it is sent.
#[derive(Debug, Clone)]
pub struct Content(pub Value);

/// An organization of Chongqing that is a legal person.
pub fn organization() -> Content {
    let number = next();
    content("organizations")
        .without("ror_id")
        .with("/name", json!({"zh": format!("示例单位{number}"), "en": format!("Example organization {number}")}))
}

/// A lab of 重庆大学 and 西南交通大学.
pub fn joint_lab() -> Content {
    content_of("joint-labs")
}

/// An alliance of five universities.
pub fn alliance() -> Content {
    content_of("alliances")
}

/// An instrument of 重庆大学.
pub fn instrument() -> Content {
    content_of("instruments")
}

/// A project of 重庆大学 and a unit of Sichuan.
pub fn project() -> Content {
    content_of("projects")
}

/// An achievement of 重庆大学 and a unit of Sichuan, licensed to an enterprise.
pub fn achievement() -> Content {
    content_of("achievements")
}

/// A document of both agencies.
pub fn policy() -> Content {
    content_of("policies")
}

/// A document of 重庆市科学技术局 alone.
pub fn policy_of_chongqing() -> Content {
    let issuer = json!({"org_id": demo_org_id(53), "province": "500000", "role": "issuer"});
    policy().with("/policy_kind", "chongqing").with("/parties", json!([issuer]))
}

/// A demand of an enterprise of Chongqing, which is named.
pub fn demand() -> Content {
    content_of("demands")
}

/// A capability of 重庆大学.
pub fn capability() -> Content {
    content_of("capabilities")
}

/// A valid content of any kind, other than every one before at the place that the kind names.
pub fn content_of(kind: &str) -> Content {
    let kind = register().kind(kind).expect("a kind");
    if kind.name == "organizations" {
        return organization();
    }
    let content = content(kind.name);
    let text = content.0.pointer(kind.vary).and_then(Value::as_str).expect("a text");
    let varied = varied(text, next());
    content.with(kind.vary, varied)
}

/// The text with another number: in place of the last one in it, or at its end.
fn varied(text: &str, number: u64) -> String {
    let Some(end) = text.rfind(|c: char| c.is_ascii_digit()) else { return format!("{text}{number}") };
    let start = text[..end].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    format!("{}{number}{}", &text[..start], &text[end + 1..])
}

/// A valid content in this state of its kind's lifecycle.
pub fn in_lifecycle(kind: &str, state: &str, successor: &Value) -> Content {
    let content = content_of(kind).with("/lifecycle", state);
    match (kind, state) {
        ("joint-labs", "reorganised") => content.with("/successor", json!({"id": successor})),
        ("organizations", "merged") => {
            content.with("/successor", json!({"id": successor})).with("/ended_on", "2026-01-31")
        }
        ("organizations", "ended") => content.with("/ended_on", "2026-01-31"),
        ("instruments", "retired") => content.with("/decommissioned_on", "2026-01-31"),
        ("projects", "completed") => content
            .with("/end_actual_on", "2026-01-31")
            .with("/acceptance", json!({"accepted_on": "2026-01-31", "result": "pass"})),
        ("projects", "terminated") => content.with("/end_actual_on", "2026-01-31"),
        ("policies", "expired") => content.with("/effective_to", "2026-01-31"),
        ("policies", "repealed") => content.with("/replaced_by", json!({"id": successor})),
        ("demands", "expired") => content.with("/deadline_on", "2026-01-31"),
        ("capabilities", "expired") => content.with("/valid_until", "2026-01-31"),
        _ => content,
    }
}

/// A number that no other content of this run has.
pub fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1000);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

fn content(kind: &str) -> Content {
    Content((register().kind(kind).expect("a kind").example)())
}

impl Content {
    /// Sets the member at a pointer; its parents must be there.
    pub fn with(mut self, pointer: &str, value: impl Into<Value>) -> Content {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let name = name.replace("~1", "/").replace("~0", "~");
        match self.0.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")) {
            Value::Array(items) if name == "-" => items.push(value.into()),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.into(),
            parent => parent[name] = value.into(),
        }
        self
    }

    /// Takes a top-level member away.
    pub fn without(mut self, name: &str) -> Content {
        self.0.as_object_mut().unwrap().remove(name);
        self
    }
}

impl From<Content> for Value {
    fn from(content: Content) -> Value {
        content.0
    }
}
