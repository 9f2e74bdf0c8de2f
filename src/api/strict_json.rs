//! Strict JSON (RFC 8259 with the limits of I-JSON, RFC 7493): what two parsers could read differently is refused.
//!
//! Refused with 400 `malformed-body`: duplicate member names, nesting deeper than 32, NUL characters, lone surrogates,
//! text that is not UTF-8, numbers beyond the range of a double, anything after the value, a value that is no object.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Code, Fault, Outcome, Problem};

/// How deep arrays and objects may be nested.
pub const DEEPEST: usize = 32;

/// Maximum number of faults reported of one body; further ones would be of the same cause.
const MOST_FAULTS: usize = 20;

/// Reads a body that must be one JSON object.
pub fn object(bytes: &[u8]) -> Outcome<Value> {
    let value = parse(bytes)?;
    if value.is_object() {
        return Ok(value);
    }
    Err(malformed(vec![Fault::at("", "wrong-type").arg("expected", "object")]))
}

/// Reads a body that may be any JSON value.
pub fn parse(bytes: &[u8]) -> Outcome<Value> {
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    if text.trim_ascii().is_empty() {
        return Err(malformed(vec![Fault::at("", "required")]));
    }
    let mut reading = Reading::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let result = Strict(&mut reading).deserialize(&mut deserializer).and_then(|value| {
        deserializer.end()?;
        Ok(value)
    });
    match result {
        Ok(value) if reading.faults.is_empty() => Ok(value),
        Err(error) if reading.faults.is_empty() => Err(syntax(&error, &reading.path)),
        _ => Err(malformed(reading.faults)),
    }
}

fn malformed(faults: Vec<Fault>) -> Problem {
    Problem::of_faults(Code::MalformedBody, faults)
}

fn not_utf8(bytes: &[u8], place: usize) -> Problem {
    let before = &bytes[..place];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    located(malformed(vec![Fault::at("", "invalid-utf8")]), line, column)
}

fn syntax(error: &serde_json::Error, path: &[Step]) -> Problem {
    let message = error.to_string();
    let code = if message.contains("surrogate") || message.contains("end of hex escape") {
        "lone-surrogate"
    } else if message.contains("out of range") {
        "number-out-of-range"
    } else {
        "syntax"
    };
    located(malformed(vec![Fault::at(pointer(path), code)]), error.line(), error.column())
}

fn located(problem: Problem, line: usize, column: usize) -> Problem {
    problem.arg("line", line).arg("column", column).member("line", line).member("column", column)
}

/// The reader's position, and the faults found.
#[derive(Default)]
struct Reading {
    path: Vec<Step>,
    faults: Vec<Fault>,
}

enum Step {
    Member(String),
    Item(usize),
}

impl Reading {
    fn note(&mut self, code: &'static str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault::at(pointer(&self.path), code));
        }
    }
}

/// RFC 6901 §6: the path as a URI fragment, percent-encoded, without its `#`.
fn pointer(path: &[Step]) -> String {
    path.iter().fold(String::new(), |mut text, step| {
        text.push('/');
        match step {
            Step::Member(name) => escape(name, &mut text),
            Step::Item(number) => text.push_str(&number.to_string()),
        }
        text
    })
}

/// One reference token, escaped for a pointer in a URI fragment. Letters of any script stay readable.
fn escape(name: &str, text: &mut String) {
    const LONGEST: usize = 200;
    for c in name.chars().take(LONGEST) {
        match c {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            '%' | '"' | '#' | '<' | '>' | '[' | '\\' | ']' | '^' | '`' | '{' | '|' | '}' | '\0'..=' ' | '\x7f' => {
                text.push_str(&format!("%{:02X}", u32::from(c)));
            }
            other => text.push(other),
        }
    }
}

/// Reads one value at the position of `Reading`.
struct Strict<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        if value.contains('\0') {
            self.0.note("nul-character");
        }
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let reading = self.0;
        enter(reading)?;
        let mut items = Vec::new();
        reading.path.push(Step::Item(0));
        while let Some(item) = access.next_element_seed(Strict(&mut *reading))? {
            items.push(item);
            if let Some(step) = reading.path.last_mut() {
                *step = Step::Item(items.len());
            }
        }
        reading.path.pop();
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let reading = self.0;
        enter(reading)?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            reading.path.push(Step::Member(name.clone()));
            if name.contains('\0') {
                reading.note("nul-character");
            }
            if members.contains_key(&name) {
                reading.note("duplicate-key");
            }
            let value = access.next_value_seed(Strict(&mut *reading))?;
            members.insert(name, value);
            reading.path.pop();
        }
        Ok(Value::Object(members))
    }
}

/// The length of the path is the depth of nesting.
fn enter<E: de::Error>(reading: &mut Reading) -> Result<(), E> {
    if reading.path.len() < DEEPEST {
        return Ok(());
    }
    let fault = Fault::at(pointer(&reading.path), "too-deep").arg("limit", DEEPEST);
    reading.faults.push(fault);
    Err(E::custom("too deep"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;
    use proptest::prelude::*;

    fn fault(text: impl AsRef<[u8]>) -> (String, &'static str) {
        let problem = object(text.as_ref()).expect_err("a problem");
        assert_eq!(problem.code(), Code::MalformedBody);
        let fault = &problem.said().faults[0];
        match &fault.place {
            Place::Pointer(pointer) => (pointer.clone(), fault.code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_is_read_as_it_was_written() {
        let text = r#"{"a":[1,-2,3.5,18446744073709551615],"名":"\ud83d\ude00","n":null,"t":true}"#;
        assert_eq!(object(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_refused_at_its_place() {
        assert_eq!(fault(r#"{"a":{"b":1,"b":2}}"#), ("#/a/b".into(), "duplicate-key"));
        assert_eq!(fault(r#"{"a":1,"\u0061":2}"#), ("#/a".into(), "duplicate-key"));
        assert_eq!(fault(r#"{"a":["x","\u0000"]}"#), ("#/a/1".into(), "nul-character"));
        assert_eq!(fault(r#"{"a/b~ c":"\u0000"}"#), ("#/a~1b~0%20c".into(), "nul-character"));
        assert_eq!(fault(r#"{"a":"\ud800"}"#), ("#/a".into(), "lone-surrogate"));
        assert_eq!(fault(r#"{"a":"\udc00"}"#), ("#/a".into(), "lone-surrogate"));
        assert_eq!(fault(r#"{"a":"\ud800\u0041"}"#), ("#/a".into(), "lone-surrogate"));
        assert_eq!(fault(r#"{"a":1e400}"#), ("#/a".into(), "number-out-of-range"));
        assert_eq!(fault(b"{\"a\":\"\xff\"}"), ("#".into(), "invalid-utf8"));
        assert_eq!(fault(r#"{"a":1} x"#), ("#".into(), "syntax"));
        assert_eq!(fault(r#"{"a":}"#), ("#/a".into(), "syntax"));
        assert_eq!(fault("[]"), ("#".into(), "wrong-type"));
        assert_eq!(fault(" "), ("#".into(), "required"));
    }

    #[test]
    fn all_duplicates_are_reported_together() {
        let problem = object(br#"{"a":1,"a":2,"b":3,"b":4}"#).unwrap_err();
        assert_eq!(problem.said().faults.len(), 2);
    }

    #[test]
    fn a_syntax_error_names_line_and_column() {
        let problem = object(b"{\n  \"a\": nil}").unwrap_err();
        assert_eq!(problem.said().members["line"], 2);
        assert!(problem.said().members["column"].as_u64().is_some_and(|column| column > 5));
    }

    #[test]
    fn depth_is_bounded_whatever_the_length() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(object(nested(DEEPEST).as_bytes()).is_ok());
        let (place, code) = fault(nested(DEEPEST + 1));
        assert_eq!((place.matches("/0").count(), code), (DEEPEST - 1, "too-deep"));
        assert_eq!(fault(nested(100_000)).1, "too-deep");
    }

    proptest! {
        #[test]
        fn strict_reading_agrees_with_serde_json_or_refuses(text in "[\\[\\]{}\",:0-9a-e.+\\\\u -]{0,40}") {
            if let Ok(value) = parse(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
