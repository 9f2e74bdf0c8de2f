//! Post-processing of a content's schema: adds what the derive cannot express and removes what it should not publish.

use std::collections::HashMap;

use utoipa::openapi::schema::{ArrayItems, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::kind::{self, Content};

/// Component schemas of a content: without the defaults that `#[serde(default)]` would publish (an absent member is absent,
/// not empty), and with every list of plain values marked as a set.
pub fn schemas<C: Content>() -> Vec<(String, RefOr<Schema>)> {
    let mut all = kind::schemas::<C>();
    let scalar: HashMap<String, bool> = all.iter().map(|(name, schema)| (name.clone(), is_plain(schema))).collect();
    for (_, schema) in &mut all {
        finish(schema, &|name| scalar.get(name).copied().unwrap_or(false));
    }
    all
}

fn is_plain(schema: &RefOr<Schema>) -> bool {
    let text = SchemaType::Type(Type::String);
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == text)
}

fn finish(schema: &mut RefOr<Schema>, plain: &dyn Fn(&str) -> bool) {
    let schema = match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(reference) => {
            reference.default = None;
            return;
        }
    };
    match schema {
        Schema::Object(object) => {
            object.default = None;
            object.properties.values_mut().for_each(|member| finish(member, plain));
        }
        Schema::Array(array) => {
            array.default = None;
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                array.unique_items = match items.as_ref() {
                    RefOr::Ref(reference) => plain(reference.ref_location.rsplit('/').next().unwrap_or_default()),
                    inline => is_plain(inline),
                };
                finish(items, plain);
            }
        }
        Schema::OneOf(one) => {
            one.default = None;
            one.items.iter_mut().for_each(|item| finish(item, plain));
        }
        Schema::AllOf(all) => {
            all.default = None;
            all.items.iter_mut().for_each(|item| finish(item, plain));
        }
        Schema::AnyOf(any) => {
            any.default = None;
            any.items.iter_mut().for_each(|item| finish(item, plain));
        }
        _ => {}
    }
}
