//! What every kind promises of its declaration: references, members and lifecycles that exist, tables that fit.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::db::{Cell, Target, migrate};
use crate::kind::{Kind, Member, Ownership};
use crate::kinds::ALL;
use crate::kinds::tests::components;
use crate::reference::vocabulary;

/// The pointers (with `*`) of everything that is a reference to another record.
fn references(schema: &Value, at: &str, all: &Map<String, Value>, found: &mut BTreeSet<String>) {
    let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if name == "Reference" {
            found.insert(at.to_owned());
        } else {
            references(&all[name], at, all, found);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        references(member, &format!("{at}/{name}"), all, found);
    }
    if let Some(items) = schema.get("items") {
        references(items, &format!("{at}/*"), all, found);
    }
}

#[test]
fn every_reference_inside_a_content_is_a_declared_member() {
    for kind in ALL {
        let all = components(kind);
        let mut found = BTreeSet::new();
        references(&all[kind.schema], "", &all, &mut found);
        // Parties are named by their ids alone, not by references.
        let is_reference = |member: &&Member| member.shape.expands_as(member) == Some(member.name);
        let members = kind.members.iter().filter(is_reference);
        let declared: BTreeSet<String> =
            members.flat_map(|member| member.at.iter().map(|at| (*at).to_owned())).collect();
        assert_eq!(declared, found, "{}", kind.name);
    }
}

/// Whether a pointer with `*` leads somewhere in the schema.
fn leads_somewhere(schema: &Value, pointer: &str, all: &Map<String, Value>) -> bool {
    let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return leads_somewhere(&all[name], pointer, all);
    }
    let Some(rest) = pointer.strip_prefix('/') else { return pointer.is_empty() };
    let (name, rest) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match name {
        "*" => schema.get("items").is_some_and(|items| leads_somewhere(items, rest, all)),
        name => schema.pointer(&format!("/properties/{name}")).is_some_and(|member| leads_somewhere(member, rest, all)),
    }
}

#[test]
fn members_uniques_and_lifecycles_point_at_what_exists() {
    for kind in ALL {
        let all = components(kind);
        let pointers = kind.members.iter().flat_map(|member| member.at).chain(kind.uniques.iter().flat_map(|it| it.at));
        for pointer in pointers {
            assert!(leads_somewhere(&all[kind.schema], pointer, &all), "{} {pointer}", kind.name);
        }
        for member in kind.members {
            assert!(member.shape.vocabulary().is_none_or(|name| vocabulary(name).is_some()), "{}", member.name);
        }
        for name in kind.unsigned.iter().chain(kind.private) {
            assert!(all[kind.schema]["properties"].get(name).is_some(), "{} {name}", kind.name);
        }
        let states = vocabulary(kind.lifecycle.vocabulary).unwrap();
        let named = kind.lifecycle.steps.iter().flat_map(|(from, to)| [from, to]).chain(kind.lifecycle.ended);
        assert!(named.into_iter().all(|state| states.contains(state)), "{}", kind.name);
        for entry in &states.entries {
            let left_or_reached =
                kind.lifecycle.steps.iter().any(|(from, to)| [*from, *to].contains(&entry.code.as_str()));
            assert!(left_or_reached, "{} never reaches {}", kind.name, entry.code);
        }
        let takes_parties = |member: &Member| member.shape.expands_as(member) == Some("parties");
        assert_eq!(kind.members.iter().any(takes_parties), kind.has_parties());
        if let Ownership::ByContent(name, _) = kind.ownership {
            assert!(all[kind.schema]["properties"].get(name).is_some(), "{} {name}", kind.name);
        }
    }
}

/// A list of plain values without its own order is a set; so is a list of references, unless its order ranks them.
#[test]
fn every_list_of_plain_values_is_a_set_and_every_set_is_a_list() {
    fn lists(schema: &Value, at: &str, all: &Map<String, Value>, found: &mut BTreeMap<String, bool>) {
        let schema = schema.pointer("/oneOf/0").unwrap_or(schema);
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            lists(&all[name], at, all, found);
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            lists(member, &format!("{at}/{name}"), all, found);
        }
        if let Some(items) = schema.get("items") {
            found.insert(at.to_owned(), schema["uniqueItems"] == true);
            lists(items, &format!("{at}/*"), all, found);
        }
    }
    for kind in ALL {
        let all = components(kind);
        let mut found = BTreeMap::new();
        lists(&all[kind.schema], "", &all, &mut found);
        for (at, _) in found.iter().filter(|(_, plain)| **plain) {
            assert!(kind.sets.contains(&at.as_str()), "{} {at} is no set", kind.name);
        }
        for at in kind.sets {
            assert!(found.contains_key(*at), "{} {at} is no list", kind.name);
        }
    }
}

/// What lists look at so as not to tell an owner who wishes not to be named.
#[test]
fn a_wish_not_to_be_named_is_a_code_that_lists_can_see_and_hides_members_that_nothing_is_sorted_by() {
    let mut wishes = 0;
    for kind in ALL {
        let Some(wish) = kind.anonymity else { continue };
        wishes += 1;
        let member = kind.members.iter().find(|member| member.name == wish.member).unwrap();
        let list = member.shape.vocabulary().filter(|_| member.column().is_some()).expect("it is one code of a list");
        assert!(vocabulary(list).unwrap().contains(wish.code) && member.at == [format!("/{}", wish.member)]);
        for name in wish.hides {
            let place = format!("/{name}");
            assert!(components(kind)[kind.schema]["properties"].get(name).is_some(), "{name}");
            let telling = kind.members.iter().filter(|member| member.at.iter().any(|at| at.starts_with(&place)));
            assert!(telling.into_iter().all(|member| !member.sort), "{name}");
        }
    }
    assert!(wishes > 0);
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    r#type: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    notnull: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Column → (type, NOT NULL) as the kind's members ask for.
fn wanted(kind: &Kind) -> BTreeMap<String, &'static str> {
    let column = |member: &Member| match member.shape.cell(None) {
        Cell::Flag(_) => "boolean",
        Cell::Integer(_) => "bigint",
        Cell::Day(_) => "date",
        Cell::Id(_) => "blob",
        _ => "text",
    };
    kind.members.iter().filter_map(|member| Some((member.column()?, column(member)))).collect()
}

#[test]
fn the_tables_have_exactly_the_columns_of_the_members() {
    let path = std::env::temp_dir().join(format!("kinds-{}.db", uuid::Uuid::now_v7()));
    let target = Target::Sqlite(path.clone());
    migrate::run(&target).unwrap();
    let mut conn = target.open(crate::db::connection::Purpose::Read).unwrap();
    for kind in ALL {
        let query = format!("SELECT name, lower(type) AS type, \"notnull\" FROM pragma_table_info('{}')", kind.table);
        let columns: Vec<Column> = match &mut conn {
            crate::db::Connection::Sqlite(conn) => diesel::sql_query(query).load(conn).unwrap(),
            crate::db::Connection::Postgres(_) => unreachable!(),
        };
        let found: BTreeMap<String, &str> = columns
            .iter()
            .filter(|column| column.name != "record_id")
            .map(|column| (column.name.clone(), column.r#type.as_str()))
            .collect();
        assert_eq!(found, wanted(kind), "{}", kind.table);
        for member in kind.members.iter().filter(|member| member.sort) {
            assert!(columns.iter().any(|column| column.name == member.name && column.notnull == 1), "{}", member.name);
        }
    }
    for kind in ALL {
        for (filter, key) in kind.orders {
            let sorts = |member: &&Member| member.sort && member.name == *key;
            assert!(kind.members.iter().any(|member| member.column().as_deref() == Some(filter)), "{filter}");
            assert!(kind.members.iter().find(sorts).is_some(), "{key}");
            let index = format!("{}_{filter}_{key}", kind.table);
            let columns: Vec<Name> = match &mut conn {
                crate::db::Connection::Sqlite(conn) => {
                    diesel::sql_query(format!("SELECT name FROM pragma_index_info('{index}')")).load(conn).unwrap()
                }
                crate::db::Connection::Postgres(_) => unreachable!(),
            };
            let columns: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(columns, [filter, key, "record_id"], "{index}");
        }
    }
    drop(conn);
    let _ = std::fs::remove_file(path);
}

#[test]
fn both_engines_get_the_same_tables() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folders: Vec<String> = std::fs::read_dir(root.join("sqlite"))
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    for kind in ALL {
        let folder = folders.iter().find(|folder| folder.split_once('_').is_some_and(|(_, table)| table == kind.table));
        let folder = folder.unwrap_or_else(|| panic!("no migration of {}", kind.table));
        let read = |engine: &str| std::fs::read_to_string(root.join(engine).join(folder).join("up.sql")).unwrap();
        let common = read("sqlite")
            .replace(" WITHOUT ROWID", "")
            .replace("PRIMARY KEY NOT NULL", "PRIMARY KEY")
            .replace(" blob ", " uuid ");
        assert_eq!(common, read("postgres"), "{folder}");
    }
}
