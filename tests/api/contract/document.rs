//! The document as tests walk it: operations with their examples, and validators of its schemas.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use chuanyu::contract;
use chuanyu::reference::formats;
use serde_json::{Value, json};

use crate::support::{Answer, Caller};

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub path: String,
    pub method: String,
    pub value: Value,
}

/// All operations of a document, by path and method.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().expect("methods").iter().map(move |(method, value)| Operation {
            path: path.clone(),
            method: method.clone(),
            value: value.clone(),
        })
    });
    all.collect()
}

/// What a reference points to, or the value itself.
pub fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => value,
    }
}

impl Operation {
    pub fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    pub fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.value["parameters"].as_array().into_iter().flatten()
    }

    /// The scope it needs, and whether it goes without a token as well.
    pub fn scope(&self) -> Option<(&str, bool)> {
        let choices = self.value["security"].as_array()?;
        let scope = choices.iter().find_map(|choice| choice["oauth2"][0].as_str())?;
        Some((scope, choices.contains(&json!({}))))
    }

    /// The response object of a status.
    pub fn response<'d>(&'d self, document: &'d Value, status: u16) -> Option<&'d Value> {
        Some(resolved(document, self.value["responses"].get(status.to_string())?))
    }

    pub fn statuses(&self) -> Vec<u16> {
        self.value["responses"].as_object().into_iter().flatten().filter_map(|(code, _)| code.parse().ok()).collect()
    }

    /// The path with the examples of its parameters, and of those that a query must have.
    pub fn example_path(&self) -> String {
        let required = self.parameters().filter(|one| one["in"] == "query" && one["required"] == true);
        let written = |example: &Value| example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        let pairs: Vec<(&str, String)> =
            required.map(|one| (one["name"].as_str().unwrap(), written(&one["example"]))).collect();
        let mut url = reqwest::Url::parse("http://path/").unwrap();
        url.query_pairs_mut().extend_pairs(&pairs);
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", url.query().unwrap()) };
        let places = self.parameters().filter(|parameter| parameter["in"] == "path");
        places.fold(self.path.clone(), |path, parameter| {
            let example = match &parameter["example"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &example)
        }) + &query
    }

    /// Media type and example of the body.
    pub fn example_body(&self, document: &Value) -> Option<(String, Value)> {
        let (media_type, media) = self.value["requestBody"]["content"].as_object()?.iter().next()?;
        let example = media.get("example").or_else(|| resolved(document, &media["schema"]).get("example"));
        Some((media_type.clone(), example.cloned().unwrap_or_default()))
    }

    /// Sends the operation's example; `change` may spoil it.
    pub async fn send(&self, document: &Value, caller: &Caller, change: impl FnOnce(&mut Sent)) -> Answer {
        let required = self.parameters().filter(|one| one["in"] == "header" && one["required"] == true);
        let headers = required.map(|one| {
            (one["name"].as_str().unwrap().to_owned(), one["example"].as_str().unwrap_or_default().to_owned())
        });
        let mut sent = Sent {
            method: self.method.to_uppercase(),
            path: self.example_path(),
            headers: headers.collect(),
            body: None,
        };
        if let Some((media_type, example)) = self.example_body(document) {
            sent.body = Some(match media_type.as_str() {
                "application/x-www-form-urlencoded" => form(&example),
                _ => example.to_string().into_bytes(),
            });
            sent.headers.insert("Content-Type".into(), media_type);
        }
        change(&mut sent);
        let mut request = caller.request(sent.method.parse().unwrap(), &sent.path);
        for (name, value) in &sent.headers {
            request = request.header(name, value);
        }
        match sent.body {
            Some(body) => request.text(body).send().await,
            None => request.send().await,
        }
    }
}

fn form(example: &Value) -> Vec<u8> {
    let pairs = example.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let mut url = reqwest::Url::parse("http://form/").unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap().as_bytes().to_vec()
}

/// A request before it is sent.
pub struct Sent {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Option<Vec<u8>>,
}

/// Compiles a schema of the document, with our formats.
pub fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let mut options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    for format in formats::FORMATS {
        options = options.with_format(*format, move |text: &str| formats::check(format, text).is_ok());
    }
    options.build(&root).unwrap_or_else(|error| panic!("{error} in {schema}"))
}

/// What a schema of the served document has against a value. Each schema is compiled once.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<jsonschema::Validator>>>> = LazyLock::new(Mutex::default);
    let key = schema.to_string();
    let known = COMPILED.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let made = Arc::new(validator(document, schema));
        COMPILED.lock().unwrap().insert(key, made.clone());
        made
    });
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Checks an answer against what the document says of its status: media type, schema, header fields.
#[track_caller]
pub fn assert_documented(document: &Value, operation: &Operation, answer: &Answer) {
    let (id, status) = (operation.id(), answer.status());
    let Some(response) = operation.response(document, status) else {
        panic!("{id} answers {status}, which is not documented: {}", String::from_utf8_lossy(answer.bytes()));
    };
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let header = resolved(document, header);
        // A page may be the last one, a record is asked for by id or expanded, a request not repeated, a quota switched off.
        let sometimes = ["Link", "Content-Location", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy"]
            .contains(&name.as_str())
            || (name == "ETag" && status == 200) // with `fields` or `expand`
            || (status >= 400 && ["Content-Language", "Accept-Patch"].contains(&name.as_str()));
        if !answer.has_header(name) {
            assert!(sometimes, "{id} {status} lacks the documented header {name}");
            continue;
        }
        let text = answer.header(name);
        let value = match header["schema"]["type"] == "integer" {
            true => json!(text.parse::<i64>().unwrap()),
            false => json!(text),
        };
        assert_eq!(faults(document, &header["schema"], &value), [""; 0], "{id} {status} {name}: {text}");
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.bytes().is_empty(), "{id} {status} has an undocumented body");
        return;
    };
    let (media_type, media) = content.iter().next().unwrap();
    assert_eq!(answer.header("content-type"), media_type, "{id} {status}");
    let found = faults(document, &media["schema"], &answer.json());
    assert!(found.is_empty(), "{id} {status}: {found:?} in {}", answer.text());
}

/// The `number`th of many identifiers with the right check characters.
pub fn identifier(format: &str, number: usize) -> String {
    let (stem, ends): (String, Vec<String>) = match format {
        "uscc" => {
            (format!("12510000{number:09}"), "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(String::from).collect())
        }
        "ror" => (format!("https://ror.org/0{number:06}"), (0..100).map(|check| format!("{check:02}")).collect()),
        _ => panic!("no identifiers of the format {format}"),
    };
    let whole = ends.iter().map(|end| format!("{stem}{end}"));
    whole.into_iter().find(|whole| formats::check(format, whole).is_ok()).expect("one end fits")
}

/// The document, made once.
pub fn document() -> Value {
    contract::document()
}
