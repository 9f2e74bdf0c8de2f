//! What the Reconciliation Service API 0.2 sends and answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A batch of queries, each under a name of the caller's.
#[derive(Debug, Deserialize)]
pub struct Queries(pub BTreeMap<String, Query>);

/// One query. What a tool sends besides is left alone.
#[derive(Debug, Deserialize)]
pub struct Query {
    #[serde(default)]
    pub query: String,
    #[serde(default, deserialize_with = "one_or_many")]
    pub r#type: Vec<String>,
    #[serde(default)]
    pub limit: Option<f64>,
    #[serde(default)]
    pub properties: Vec<Property>,
}

#[derive(Debug, Deserialize)]
pub struct Property {
    #[serde(default)]
    pub pid: String,
    #[serde(default)]
    pub v: Value,
}

/// Candidates of a query when it does not say how many, and at most.
const CANDIDATES: f64 = 5.0;
const MOST: f64 = 20.0;

impl Query {
    pub fn most(&self) -> usize {
        self.limit.unwrap_or(CANDIDATES).clamp(1.0, MOST) as usize
    }

    /// The text of a property, or the first of several.
    pub fn property(&self, pid: &str) -> Option<&str> {
        let values = self.properties.iter().filter(|one| one.pid == pid).map(|one| &one.v);
        values.flat_map(|value| value.as_str().or_else(|| value.as_array()?.first()?.as_str())).next()
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
        Nothing(()),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
        OneOrMany::Nothing(()) => Vec::new(),
    })
}

/// What each query found, under its name.
#[derive(Serialize)]
pub struct Results(pub BTreeMap<String, QueryResult>);

/// What a query found.
#[derive(Serialize)]
pub struct QueryResult {
    /// Candidates, the most likely first.
    pub result: Vec<Entity>,
}

/// A candidate.
#[derive(Clone, Serialize)]
pub struct Entity {
    /// The record's code, or the code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its English name, or what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How sure that is, from 0 to 100.
    pub score: u8,
    /// Whether it was chosen.
    pub r#match: bool,
    /// What it is.
    pub r#type: Vec<EntityType>,
}

/// A type of entities.
#[derive(Clone, Serialize)]
pub struct EntityType {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What may be meant by what was typed.
#[derive(Serialize)]
pub struct Suggestions {
    /// The items.
    pub result: Vec<Suggestion>,
}

/// One that may be meant.
#[derive(Serialize)]
pub struct Suggestion {
    /// The record's code, or the code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its English name, or what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is.
    pub notable: Vec<EntityType>,
}

/// What a reconciliation service offers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Versions of the specification.
    pub versions: Vec<SpecificationVersion>,
    /// Name of the service.
    pub name: String,
    /// What the identifiers belong to.
    pub identifier_space: String,
    /// What types and properties belong to.
    pub schema_space: String,
    /// Types to begin with.
    pub default_types: Vec<EntityType>,
    /// Where this is described.
    pub documentation: String,
    /// Version of the program.
    pub service_version: &'static str,
    /// Where an entity is seen.
    pub view: ViewTemplate,
    /// Previews.
    pub preview: PreviewTemplate,
    /// Suggestions.
    pub suggest: SuggestServices,
}

/// A version of the specification.
#[derive(Serialize)]
pub struct SpecificationVersion(pub &'static str);

/// A template of addresses, with `{{id}}` for the identifier.
#[derive(Serialize)]
pub struct ViewTemplate {
    /// The template.
    pub url: String,
}

/// Template of previews, and their size in pixels.
#[derive(Serialize)]
pub struct PreviewTemplate {
    /// The template.
    pub url: String,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

/// Services that suggest.
#[derive(Serialize)]
pub struct SuggestServices {
    /// Of entities.
    pub entity: SuggestService,
}

/// Where a service is that suggests.
#[derive(Serialize)]
pub struct SuggestService {
    /// Base address.
    pub service_url: String,
    /// Path.
    pub service_path: &'static str,
}

impl Manifest {
    /// Of the service at `place` below the public address; `view` is where its entities are seen, with `{{id}}` in it.
    pub fn new(name: String, base: &str, place: &str, view: &str, default_types: Vec<EntityType>) -> Manifest {
        let service = format!("{base}/reconciliation/{place}");
        Manifest {
            versions: vec![SpecificationVersion("0.2")],
            name,
            identifier_space: format!("{base}{}", view.split("{{id}}").next().unwrap_or_default()),
            schema_space: format!("{base}/api/v1/vocabularies"),
            default_types,
            documentation: format!("{base}/docs/"),
            service_version: env!("CARGO_PKG_VERSION"),
            view: ViewTemplate { url: format!("{base}{view}") },
            preview: PreviewTemplate { url: format!("{service}/preview?id={{{{id}}}}"), width: 430, height: 220 },
            suggest: SuggestServices {
                entity: SuggestService { service_url: service, service_path: "/suggest/entity" },
            },
        }
    }
}
