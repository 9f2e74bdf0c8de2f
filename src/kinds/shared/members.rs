//! Short forms for the declarations of the kinds.

use serde_json::Value;

use crate::kind::{Label, Owner};

pub const fn label(zh: &'static str, en: &'static str) -> Label {
    Label { zh, en }
}

/// The organization that a content refers to at `pointer`, as the owner of its record.
pub fn owned_by(content: &Value, pointer: &str) -> Owner {
    let id = content.pointer(pointer).and_then(|reference| reference.get("id")?.as_str()?.parse().ok());
    id.map_or(Owner::Unknown, Owner::Organization)
}
