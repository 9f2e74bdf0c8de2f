//! Examples of answers. Each stands once, at the schema that it is of: a record looks the same in every answer that has it.

use serde_json::{Value, json};

use crate::demo::examples;

/// Gives every schema of an answer the one that was recorded; what shows a thing comes before what makes or changes it.
pub fn exemplify(document: &mut Value) {
    let mut answers = successes(document);
    answers.sort_by_key(|(operation, ..)| (operation.starts_with("list_"), !operation.starts_with("show_")));
    for (operation, status, schema) in answers {
        let Some(example) = examples::answer(&operation, &status) else { continue };
        let schemas = &mut document["components"]["schemas"];
        // A page is shown by what stands on it.
        let item = schemas[&schema]["properties"]["items"]["items"]["$ref"].as_str().and_then(name).map(str::to_owned);
        let is_page = example["page"].is_object();
        if is_page && item.is_some_and(|item| schemas[&item].get("examples").is_some()) {
            give(&mut schemas["PageInfo"], &example["page"]);
        } else {
            give(&mut schemas[&schema], &example);
        }
    }
}

fn give(schema: &mut Value, example: &Value) {
    if schema.is_object() && schema.get("examples").is_none() {
        schema["examples"] = json!([example]);
    }
}

/// Operation, status and schema of every successful answer.
fn successes(document: &Value) -> Vec<(String, String, String)> {
    let operations = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = operations.filter_map(Value::as_object).flat_map(|methods| methods.values());
    let answers = operations.flat_map(|operation| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let responses = operation["responses"].as_object().into_iter().flatten();
        responses.filter(|(status, _)| status.starts_with('2')).filter_map(move |(status, response)| {
            let schema = response["content"]["application/json"]["schema"]["$ref"].as_str().and_then(name)?;
            Some((id.to_owned(), status.clone(), schema.to_owned()))
        })
    });
    answers.collect()
}

/// The component that a reference names.
fn name(path: &str) -> Option<&str> {
    path.rsplit('/').next()
}
