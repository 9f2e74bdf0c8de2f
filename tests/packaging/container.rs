use std::collections::BTreeSet;

use chuanyu::config::{ENVIRONMENT_PREFIX, TABLE};
use serde_json::Value;

use super::text;

fn compose() -> Value {
    serde_saphyr::from_str(&text("docker-compose.yml")).unwrap()
}

#[test]
fn the_compose_file_follows_the_compose_specification() {
    let schema: Value = serde_json::from_str(&text("tests/schemas/compose-spec.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let compose = compose();
    let faults: Vec<String> =
        validator.iter_errors(&compose).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let broken = serde_json::json!({"services": {"db": {"image": 1, "helthcheck": {}}}});
    assert!(!validator.is_valid(&broken), "the schema must refuse what is wrong");
}

#[test]
fn the_service_waits_for_a_healthy_database_and_has_no_privileges() {
    let services = &compose()["services"];
    assert_eq!(services["chuanyu"]["depends_on"]["db"]["condition"], "service_healthy");
    assert!(services["db"]["healthcheck"]["test"].is_array());
    assert_eq!(services["demo"]["profiles"][0], "demo");
    assert_eq!(services["demo"]["command"], serde_json::json!(["serve", "--demo"]));
    for name in ["chuanyu", "demo"] {
        let service = &services[name];
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name}");
    }
}

#[test]
fn databases_of_ours_sort_by_bytes_and_know_chinese_letters() {
    let compose = compose();
    let of_compose = compose["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"].as_str().unwrap().to_owned();
    let script = text("scripts/lib/postgres.sh");
    let of_tests = script.lines().find(|line| line.contains("/initdb\" -D")).unwrap();
    for words in [of_compose.as_str(), of_tests] {
        // The last value counts: a locale for all, then our two.
        let position = |flag: &str| words.find(flag).unwrap_or_else(|| panic!("{flag} is missing: {words}"));
        assert!(position("--locale=C ") < position("--lc-collate=C ").min(position("--lc-ctype=C.UTF-8 ")), "{words}");
    }
}

#[test]
fn no_secret_is_written_into_the_compose_file() {
    for (name, service) in compose()["services"].as_object().unwrap() {
        for (variable, value) in service["environment"].as_object().unwrap() {
            if ["PASSWORD", "SECRET"].iter().any(|word| variable.contains(word)) {
                assert!(value.as_str().unwrap().starts_with("${CHUANYU_"), "{name}: {variable}");
            }
        }
    }
}

#[test]
fn every_named_volume_and_network_is_declared() {
    let compose = compose();
    for (name, service) in compose["services"].as_object().unwrap() {
        for volume in service["volumes"].as_array().unwrap() {
            let source = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(compose["volumes"].get(source).is_some(), "{name}: {source}");
        }
        for network in service["networks"].as_array().unwrap() {
            assert!(compose["networks"].get(network.as_str().unwrap()).is_some(), "{name}: {network}");
        }
    }
}

#[test]
fn every_variable_in_the_compose_file_and_the_image_is_a_setting() {
    let known: BTreeSet<String> = TABLE.iter().map(|setting| setting.variable()).collect();
    for name in ["docker-compose.yml", "Dockerfile"] {
        let text = text(name);
        for (start, _) in text.match_indices(ENVIRONMENT_PREFIX) {
            let word: String =
                text[start..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            // Put together with the database's URL by libpq, which reads PGPASSWORD.
            assert!(known.contains(&word) || word == "CHUANYU_DB_PASSWORD", "{name}: {word}");
        }
    }
}

#[test]
fn the_image_runs_without_root_and_checks_its_own_health() {
    let dockerfile = text("Dockerfile");
    let stages = dockerfile.lines().filter(|line| line.starts_with("FROM ")).count();
    assert_eq!(stages, 2, "a stage that builds and one that runs");
    let last = dockerfile.rsplit_once("\nFROM ").unwrap().1;
    assert!(last.contains("\nUSER 10001:10001\n") && last.contains("CMD [\"chuanyu\", \"healthcheck\"]"));
    assert!(last.contains("COPY --from=build"));
}

#[test]
fn all_that_the_build_reads_is_sent_to_the_builder() {
    let ignored = text(".dockerignore");
    for folder in ["Cargo.toml", "Cargo.lock", "src", "migrations", "locales"] {
        assert!(ignored.lines().any(|line| line == format!("!{folder}")), "{folder}");
    }
}
