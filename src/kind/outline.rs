//! The outline of a body: which objects it is made of, which of their members are objects in turn, and which are texts of
//! one line.
//!
//! Bodies are normalized by it before they are validated: null counts as absent for every member that the schema knows
//! (so a required one is missing, which is one fault), and the line ends that forms send (CRLF) become LF.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::kind::findings::Findings;
use crate::kind::schema::escape;
use crate::problem::Fault;
use crate::reference::formats;
use crate::reference::term::VOCABULARY;

/// The objects of some component schemas, by name, with what their members are.
pub struct Outline(BTreeMap<String, BTreeMap<String, Inner>>);

/// What a member is, or an item of it where it is a list.
enum Inner {
    Value,
    /// A text that has no line breaks: the schema gives it a pattern.
    Line,
    Object(String),
    /// A code of the vocabulary with this name.
    Code(String),
}

impl Outline {
    /// The outline of these components and of all inside them.
    pub fn of<'n>(roots: impl IntoIterator<Item = &'n str>, components: &Map<String, Value>) -> Outline {
        let mut outline = Outline(BTreeMap::new());
        roots.into_iter().for_each(|root| outline.add(root, components));
        outline
    }

    fn add(&mut self, name: &str, components: &Map<String, Value>) {
        let properties = components.get(name).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let Some(properties) = properties.filter(|_| !self.0.contains_key(name)) else { return };
        let members = properties.iter().map(|(member, schema)| (member.clone(), inner(schema, components)));
        let members: BTreeMap<String, Inner> = members.collect();
        let objects: Vec<String> = members.values().filter_map(Inner::object).map(str::to_owned).collect();
        self.0.insert(name.to_owned(), members);
        objects.iter().for_each(|object| self.add(object, components));
    }

    /// Normalizes a body of the component `root`.
    pub fn tidy(&self, root: &str, body: &mut Value) {
        match body {
            Value::Object(members) => {
                if let Some(known) = self.0.get(root) {
                    members.retain(|name, member| !member.is_null() || !known.contains_key(name));
                }
                for (name, member) in members {
                    self.tidy(self.member(root, name).and_then(Inner::object).unwrap_or_default(), member);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.tidy(root, item)),
            Value::String(text) if text.contains("\r\n") => *text = text.replace("\r\n", "\n"),
            _ => {}
        }
    }

    fn member(&self, root: &str, name: &str) -> Option<&Inner> {
        self.0.get(root)?.get(name)
    }

    /// The vocabulary of the codes at a place of a body.
    pub fn vocabulary(&self, root: &str, pointer: &str) -> Option<&str> {
        let is_index = |token: &&str| token.bytes().all(|byte| byte.is_ascii_digit());
        let names = pointer.split('/').filter(|token| !is_index(token));
        let last = names.fold((root, None), |(object, _), name| {
            let inner = self.member(object, name);
            (inner.and_then(Inner::object).unwrap_or_default(), inner)
        });
        match last.1 {
            Some(Inner::Code(list)) => Some(list),
            _ => None,
        }
    }

    /// Whether every text of a body is allowed.
    pub fn texts_are_clean(&self, root: &str, body: &Value) -> bool {
        match body {
            Value::Object(members) => members.iter().all(|(name, member)| match self.member(root, name) {
                Some(Inner::Line) => lines_are_clean(member),
                Some(Inner::Object(object)) => self.texts_are_clean(object, member),
                Some(Inner::Value | Inner::Code(_)) | None => self.texts_are_clean("", member),
            }),
            Value::Array(items) => items.iter().all(|item| self.texts_are_clean(root, item)),
            Value::String(text) => formats::text_is_clean(text).is_ok(),
            _ => true,
        }
    }

    /// Reports the texts of a body that are not allowed.
    pub fn report_texts(&self, root: &str, body: &Value, findings: &mut Findings) {
        Reading { outline: self, pointer: String::new(), findings }.read(&Inner::Object(root.to_owned()), body);
    }
}

impl Inner {
    fn object(&self) -> Option<&str> {
        match self {
            Inner::Object(name) => Some(name),
            Inner::Value | Inner::Line | Inner::Code(_) => None,
        }
    }
}

fn inner(schema: &Value, components: &Map<String, Value>) -> Inner {
    if let Some(items) = schema.get("items") {
        return inner(items, components);
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return match components.get(name) {
            Some(target) if target.get("properties").is_some() => Inner::Object(name.to_owned()),
            Some(target) => inner(target, components),
            None => Inner::Value,
        };
    }
    match schema.get(VOCABULARY).and_then(Value::as_str) {
        Some(list) => Inner::Code(list.to_owned()),
        None if schema.get("pattern").is_some() => Inner::Line,
        None => Inner::Value,
    }
}

fn lines_are_clean(value: &Value) -> bool {
    match value {
        Value::String(text) => formats::line_is_clean(text).is_ok(),
        Value::Array(items) => items.iter().all(lines_are_clean),
        _ => true,
    }
}

/// The texts of a body being read, with the place where the reader stands.
struct Reading<'a> {
    outline: &'a Outline,
    pointer: String,
    findings: &'a mut Findings,
}

impl Reading<'_> {
    fn read(&mut self, inner: &Inner, value: &Value) {
        match value {
            Value::String(text) => self.judge(matches!(inner, Inner::Line), text),
            _ if self.findings.is_full() => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), inner, item);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let known = inner.object().and_then(|object| self.outline.member(object, name));
                    self.below(&escape(name), known.unwrap_or(&Inner::Value), member);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, name: &str, inner: &Inner, value: &Value) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(name);
        self.read(inner, value);
        self.pointer.truncate(length);
    }

    fn judge(&mut self, is_line: bool, text: &str) {
        let judged = if is_line { formats::line_is_clean(text) } else { formats::text_is_clean(text) };
        let Err(code) = judged else { return };
        let mut fault = Fault::at(&self.pointer, code);
        if let Some(point) = formats::odd_character(text) {
            fault = fault.arg("point", format!("U+{:04X}", u32::from(point)));
        }
        self.findings.refuse(&self.pointer, fault);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outline() -> (Map<String, Value>, Outline) {
        let components = json!({
            "Lab": {"properties": {
                "name": {"$ref": "#/components/schemas/Name"},
                "people": {"type": "array", "items": {"$ref": "#/components/schemas/Name"}},
                "code": {"$ref": "#/components/schemas/Code"},
                "remarks": {"type": "string"},
                "kinds": {"type": "array", "items": {"type": "string", "x-vocabulary": "lab-kinds"}},
            }},
            "Name": {"properties": {"zh": {"type": "string", "pattern": "^\\S(.*\\S)?$"}}},
            "Code": {"type": "string", "pattern": "^[0-9]$"},
        });
        let Value::Object(components) = components else { unreachable!() };
        let outline = Outline::of(["Lab"], &components);
        (components, outline)
    }

    fn tidied(mut body: Value) -> Value {
        outline().1.tidy("Lab", &mut body);
        body
    }

    #[test]
    fn null_counts_as_absent_where_the_member_is_known() {
        assert_eq!(
            tidied(json!({"code": null, "name": {"zh": null}, "people": [{"zh": null}]})),
            json!({"name": {}, "people": [{}]})
        );
        let unknown = json!({"zh": null, "name": {"code": null}, "people": [null]});
        assert_eq!(tidied(unknown.clone()), unknown);
    }

    #[test]
    fn the_list_of_a_code_is_known_at_its_place() {
        let (_, outline) = outline();
        assert_eq!(outline.vocabulary("Lab", "/kinds/7"), Some("lab-kinds"));
        for other in ["", "/name/zh", "/nonsense", "/name/kinds"] {
            assert_eq!(outline.vocabulary("Lab", other), None, "{other}");
        }
    }

    #[test]
    fn line_ends_of_forms_become_line_feeds_and_a_lone_carriage_return_stays() {
        assert_eq!(tidied(json!({"remarks": "a\r\nb\rc", "x": ["\r\n"]})), json!({"remarks": "a\nb\rc", "x": ["\n"]}));
    }

    #[test]
    fn a_tab_is_refused_in_a_line_and_not_in_a_text() {
        let (_, outline) = outline();
        let found = |body: Value| {
            let mut findings = Findings::new(chrono::NaiveDate::MIN);
            outline.report_texts("Lab", &body, &mut findings);
            assert_eq!(findings.has_faults(), !outline.texts_are_clean("Lab", &body), "{body}");
            findings
                .into_faults()
                .into_iter()
                .map(|fault| format!("{:?} {}", fault.place, fault.code))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(json!({"remarks": "a\tb", "other": "a\tb"})), [""; 0]);
        assert_eq!(
            found(json!({"people": [{"zh": "a"}, {"zh": "a\tb"}]})),
            [r##"Pointer("#/people/1/zh") odd-space"##]
        );
        assert_eq!(found(json!({"code": "\u{200b}"})), [r##"Pointer("#/code") blank"##]);
    }
}
