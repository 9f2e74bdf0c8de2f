//! The published schema is the check of every body.
//!
//! The component schemas of all kinds are made once from their Rust types, brought into the form that the contract
//! promises (`docs/rules.md` §24), and compiled into validators: what the document says and what the service accepts
//! cannot differ. Only null is removed before (`Outline::tidy`), and the document says so (`components::allow_null`).
//! Every fault of a body is reported, each with its pointer.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind as Broken;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::api::query::shown;
use crate::forms::bodies::{ConfirmationRequest, TransitionRequest};
use crate::forms::envelope;
use crate::forms::introduction_requests::{CapabilityIntroductionRequest, DemandIntroductionRequest, IntroductionMove};
use crate::forms::matching::{AcceptedSpellingRequest, MatchRequest};
use crate::forms::proposals::{self, ChangeProposal, RecallRequest, RestorationRequest};
use crate::kind::Kind;
use crate::kind::findings::{Findings, MOST_FAULTS};
use crate::kind::outline::Outline;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::formats;
use crate::reference::guess::closest;

/// Number of unknown members of an object that get a suggestion.
const GUESSES: usize = 20;

/// First-level members that the schema refused, as they were sent; `None` for those that are missing.
pub type Refused = BTreeMap<String, Option<Value>>;

/// A kind with its validators compiled.
pub struct Checker {
    full: Schema,
    patch: Schema,
    outline: Outline,
    /// Every member name of the kind at any depth, for `did_you_mean`.
    names: Vec<String>,
}

/// A component schema, compiled.
struct Schema {
    name: String,
    validator: Validator,
}

impl Checker {
    /// Compiles the checks of a kind against the component schemas.
    pub fn compile(kind: &Kind, components: &Map<String, Value>) -> Result<Checker, String> {
        Checker::of(kind.schema, &format!("{}Patch", kind.schema), components)
    }

    fn of(full: &str, patch: &str, components: &Map<String, Value>) -> Result<Checker, String> {
        let compile = |name: &str| {
            // Only the components it refers to: every validator keeps a copy of its whole input.
            let mut needed = Vec::new();
            property_names(name, components, &mut needed, &mut Vec::new());
            let needed = needed.iter().filter_map(|name| Some((name.clone(), components.get(name)?.clone())));
            let root = json!({
                "$ref": format!("#/components/schemas/{name}"),
                "components": {"schemas": needed.collect::<Map<_, _>>()},
            });
            let mut options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            for format in formats::FORMATS {
                options = options.with_format(*format, move |text: &str| formats::check(format, text).is_ok());
            }
            let validator = options.build(&root).map_err(|error| format!("schema {name}: {error}"))?;
            Ok::<_, String>(Schema { name: name.to_owned(), validator })
        };
        let mut names = Vec::new();
        property_names(full, components, &mut Vec::new(), &mut names);
        let outline = Outline::of([full, patch], components);
        Ok(Checker { full: compile(full)?, patch: compile(patch)?, outline, names })
    }

    /// Reads a body that is judged by this schema alone.
    fn read<T: serde::de::DeserializeOwned>(&self, body: &Value) -> Outcome<T> {
        let mut findings = Findings::new(crate::kind::today());
        let mut body = body.clone();
        self.outline.tidy(&self.full.name, &mut body);
        self.report(&self.full, &body, &mut findings);
        if findings.has_faults() {
            return Err(Problem::invalid(findings.into_faults()));
        }
        write_whole(&mut body);
        serde_json::from_value(body).map_err(Problem::internal)
    }

    /// Normalizes a whole content, reports every fault and removes the faulty members, so that the rules can check the
    /// rest; returns the removed members, missing ones included.
    pub fn check(&self, content: &mut Value, findings: &mut Findings) -> Refused {
        self.outline.tidy(&self.full.name, content);
        self.report(&self.full, content, findings);
        prune(content, findings)
    }

    /// Reports every fault of a merge patch by itself (unknown members, wrong types). A removal by null is no fault
    /// here: whether the member may be absent is checked in the merged content.
    pub fn check_patch(&self, patch: &Value, findings: &mut Findings) {
        let mut rest = patch.clone();
        self.outline.tidy(&self.patch.name, &mut rest);
        let only_removes = rest != *patch && rest.as_object().is_some_and(Map::is_empty);
        if !only_removes {
            self.report(&self.patch, &rest, findings);
        }
    }

    fn report(&self, schema: &Schema, body: &Value, findings: &mut Findings) {
        if schema.validator.is_valid(body) && self.outline.texts_are_clean(&schema.name, body) {
            return;
        }
        let mut found = Findings::new(findings.today);
        self.outline.report_texts(&schema.name, body, &mut found);
        for error in schema.validator.iter_errors(body) {
            for (pointer, mut fault) in faults_of(&error, &self.names) {
                if fault.code == "not-in-list" {
                    let list = self.outline.vocabulary(&schema.name, &pointer);
                    fault = fault.arg("list", list.unwrap_or_default());
                }
                found.refuse(&pointer, fault);
            }
            if found.is_full() {
                break;
            }
        }
        found.keep_causes();
        findings.include(&found);
    }
}

/// JSON Schema accepts `3.0` as an integer; it is rewritten so that every later reader does.
fn write_whole(value: &mut Value) {
    match value {
        Value::Number(number) if !number.is_i64() => {
            let exact =
                number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0);
            if let Some(exact) = exact {
                *value = json!(exact as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_whole),
        Value::Object(members) => members.values_mut().for_each(write_whole),
        _ => {}
    }
}

/// The property names of a component and of all components inside it.
fn property_names(name: &str, components: &Map<String, Value>, seen: &mut Vec<String>, names: &mut Vec<String>) {
    if seen.iter().any(|known| known == name) {
        return;
    }
    seen.push(name.to_owned());
    let Some(schema) = components.get(name) else { return };
    names.extend(
        schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|members| members.keys().cloned()),
    );
    for inner in references(schema) {
        property_names(&inner, components, seen, names);
    }
}

/// The components that a schema refers to, at any depth.
pub fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match (name.as_str(), member) {
                ("$ref", Value::String(path)) => path.rsplit('/').next().map(str::to_owned).into_iter().collect(),
                _ => references(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Takes out the first-level members with faults; the rules then see them as absent and keep quiet about them.
fn prune(content: &mut Value, findings: &Findings) -> Refused {
    let Some(members) = content.as_object_mut() else {
        *content = Value::Object(Map::new());
        return Refused::new();
    };
    let taken = |name: &String| (name.clone(), members.remove(&name.replace("~1", "/").replace("~0", "~")));
    let refused = findings.broken().map(taken).collect();
    if findings.is_full() {
        members.clear();
    }
    refused
}

fn faults_of(error: &ValidationError<'_>, names: &[String]) -> Vec<(String, Fault)> {
    let place = error.instance_path().to_string();
    let one = |fault: Fault| vec![(place.clone(), fault)];
    let at = |code| Fault::at(&place, code);
    match error.kind() {
        Broken::Required { property } => {
            let pointer = format!("{place}/{}", escape(property.as_str().unwrap_or_default()));
            vec![(pointer.clone(), Fault::at(&pointer, "required"))]
        }
        Broken::AdditionalProperties { unexpected } => {
            let unknown = |(place_of_it, name): (usize, &String)| {
                let pointer = format!("{place}/{}", escape(name));
                let fault = if place.is_empty() && envelope::ENVELOPE.contains(&name.as_str()) {
                    Fault::at(&pointer, "read-only-field")
                } else {
                    // A suggestion compares with every known name: only for the first few.
                    let candidates = names.iter().map(String::as_str).filter(|known| known != name);
                    let guess = (place_of_it < GUESSES).then(|| closest(name, candidates)).flatten();
                    Fault::at(&pointer, "unknown-field").arg("name", shown(name)).did_you_mean(guess)
                };
                (pointer, fault)
            };
            unexpected.iter().take(MOST_FAULTS).enumerate().map(unknown).collect()
        }
        Broken::Type { kind } => {
            let expected = match kind {
                jsonschema::error::TypeKind::Single(expected) => expected.to_string(),
                jsonschema::error::TypeKind::Multiple(set) => {
                    set.iter().map(|expected| expected.to_string()).collect::<Vec<_>>().join(" / ")
                }
            };
            one(at("wrong-type").arg("expected", expected))
        }
        // The wrong type is reported instead.
        Broken::Enum { .. } if !error.instance().is_string() => Vec::new(),
        Broken::Enum { options } => {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let value = error.instance().as_str().unwrap_or_default();
            let allowed =
                if options.len() <= 24 { options.join(", ") } else { format!("{}, …", options[..24].join(", ")) };
            let guess = closest(value, options.iter().copied());
            one(at("not-in-list").arg("value", shown(value)).arg("allowed", allowed).did_you_mean(guess))
        }
        Broken::MaxLength { limit } => one(at("too-long").arg("limit", limit)),
        Broken::MinLength { limit } => one(at("too-short").arg("limit", limit)),
        Broken::MaxItems { limit } => one(at("too-many-items").arg("limit", limit)),
        Broken::MinItems { limit } => one(at("too-few-items").arg("limit", limit)),
        Broken::MinProperties { limit } => one(at("too-few-items").arg("limit", limit)),
        Broken::Minimum { limit } | Broken::ExclusiveMinimum { limit } => one(at("minimum").arg("limit", limit)),
        Broken::Maximum { limit } | Broken::ExclusiveMaximum { limit } => one(at("maximum").arg("limit", limit)),
        Broken::UniqueItems => one(at("duplicate-items")),
        Broken::Format { format } => {
            // The format's own fault where it has one: which rule of the standard was broken.
            let value = error.instance().as_str().unwrap_or_default();
            let code = formats::check(format, value).err().unwrap_or("format");
            one(at(code).arg("format", format).arg("value", value))
        }
        Broken::Pattern { .. } if place.ends_with("/amount") => one(at("not-decimal")),
        Broken::Pattern { pattern } => one(at("pattern").arg("pattern", pattern)),
        _ => one(at("invalid-value").arg("value", "")),
    }
}

/// The checks of the small bodies that all kinds share.
pub struct Requests {
    transition: Checker,
    confirmation: Checker,
    proposal: Checker,
    restoration: Checker,
    recall: Checker,
    matching: Checker,
    spelling: Checker,
    of_demand: Checker,
    of_capability: Checker,
    introduction: Checker,
}

impl Requests {
    /// Compiles them against the component schemas.
    pub fn compile(components: &Map<String, Value>) -> Result<Requests, String> {
        // A proposal as it is for all kinds; its patch is checked by the kind.
        let mut components = components.clone();
        components
            .insert("ChangeProposal".into(), proposals::proposal_schema(json!({"type": "object", "minProperties": 1})));
        let checker = |name: &str| Checker::of(name, name, &components);
        Ok(Requests {
            transition: checker("TransitionRequest")?,
            confirmation: checker("ConfirmationRequest")?,
            proposal: checker("ChangeProposal")?,
            restoration: checker("RestorationRequest")?,
            recall: checker("RecallRequest")?,
            matching: checker("MatchRequest")?,
            spelling: checker("AcceptedSpellingRequest")?,
            of_demand: checker("DemandIntroductionRequest")?,
            of_capability: checker("CapabilityIntroductionRequest")?,
            introduction: checker("IntroductionMove")?,
        })
    }

    pub fn transition(&self, body: &Value) -> Outcome<TransitionRequest> {
        self.transition.read(body)
    }

    pub fn proposal(&self, body: &Value) -> Outcome<ChangeProposal> {
        self.proposal.read(body)
    }

    pub fn restoration(&self, body: &Value) -> Outcome<RestorationRequest> {
        self.restoration.read(body)
    }

    pub fn recall(&self, body: &Value) -> Outcome<RecallRequest> {
        self.recall.read(body)
    }

    pub fn matching(&self, body: &Value) -> Outcome<MatchRequest> {
        self.matching.read(body)
    }

    pub fn spelling(&self, body: &Value) -> Outcome<AcceptedSpellingRequest> {
        self.spelling.read(body)
    }

    pub fn introduction_of_demand(&self, body: &Value) -> Outcome<DemandIntroductionRequest> {
        self.of_demand.read(body)
    }

    pub fn introduction_of_capability(&self, body: &Value) -> Outcome<CapabilityIntroductionRequest> {
        self.of_capability.read(body)
    }

    pub fn introduction_move(&self, body: &Value) -> Outcome<IntroductionMove> {
        self.introduction.read(body)
    }

    /// A decision; that declining needs a reason is reported together with every other fault.
    pub fn confirmation(&self, body: &Value) -> Outcome<ConfirmationRequest> {
        let read = self.confirmation.read(body);
        if body["decision"] != "decline" || body.get("reason").is_some_and(|reason| !reason.is_null()) {
            return read;
        }
        let mut faults = match read {
            Ok(_) => Vec::new(),
            Err(problem) if problem.code() == Code::ValidationFailed => problem.said().faults.clone(),
            Err(problem) => return Err(problem),
        };
        faults.push(Fault::at("/reason", "required-here").arg("because", "decisions=decline"));
        Err(Problem::invalid(faults))
    }
}

/// RFC 6901 §3.
pub fn escape(name: &str) -> String {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1") } else { name.to_owned() }
}
