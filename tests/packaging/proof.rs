//! Proofs as a third party sees them: `chuanyu verify`, and the recipe of `docs/proof.md`, word for word.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::process::{Place, Service, words};

/// The first joint lab of the demo data.
const LAB: &str = "LAB-2026-000001-1";

/// The shell blocks of the page: how to fetch, how to check, what else to check of figures.
fn recipe() -> [String; 3] {
    let page = super::text("docs/proof.md");
    let blocks: Vec<&str> = page.split("```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    let [fetch, check, figures] = blocks[..] else { panic!("docs/proof.md has three blocks, not {}", blocks.len()) };
    [fetch, check, figures].map(str::to_owned)
}

fn need_tools() {
    for tool in ["openssl", "jq", "curl", "sha256sum", "base64"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        assert!(
            found.status.success(),
            "{tool} is missing, which the recipe of docs/proof.md needs: apt-get install openssl jq curl coreutils"
        );
    }
}

/// Runs a script in a folder, stopping at the first failure.
fn shell(folder: &Path, script: &str, environment: &[(&str, &str)]) -> Output {
    let arguments = ["-eu", "-c", script];
    Command::new("sh").args(arguments).current_dir(folder).envs(environment.iter().copied()).output().unwrap()
}

/// A folder with `proof.json` and `proof-keys.json` of a demo service, fetched as the page says, and the keys it signs with.
fn fetched() -> Place {
    need_tools();
    let place = Place::new();
    let service = Service::start(&place, "--demo --drain-seconds 0");
    let base = format!("http://{}", service.address);
    let token = words(&place.run(&format!("token reader --public-url {base}")).stdout);
    let environment = [("BASE", base.as_str()), ("TOKEN", token.trim()), ("LAB", LAB)];
    let output = shell(&place.0, &recipe()[0], &environment);
    assert!(output.status.success(), "{}", words(&output.stderr));
    place
}

fn proof(place: &Place) -> Value {
    serde_json::from_str(&std::fs::read_to_string(place.0.join("proof.json")).unwrap()).unwrap()
}

fn write(place: &Place, name: &str, value: &Value) {
    std::fs::write(place.0.join(name), value.to_string()).unwrap();
}

#[test]
fn the_recipe_of_the_page_accepts_a_proof_and_refuses_changed_ones() {
    let place = fetched();
    let [_, check, _] = recipe();
    let output = shell(&place.0, &check, &[]);
    assert!(output.status.success(), "{}{}", words(&output.stdout), words(&output.stderr));
    assert!(words(&output.stdout).ends_with("The proof holds.\n"));
    let whole = proof(&place);
    for (name, change) in CHANGES {
        let mut changed = whole.clone();
        change(&mut changed);
        write(&place, "proof.json", &changed);
        assert!(!shell(&place.0, &check, &[]).status.success(), "{name}");
    }
    // The right proof, and another service's keys.
    write(&place, "proof.json", &whole);
    write(&place, "proof-keys.json", &json!({"keys": []}));
    assert!(!shell(&place.0, &check, &[]).status.success());
}

type Change = fn(&mut Value);

/// Ways to change a proof.
const CHANGES: [(&str, Change); 7] = [
    ("another content", |proof| {
        proof["content"] = json!(proof["content"].as_str().unwrap().replace("58000000", "98000000"))
    }),
    ("another digest", |proof| proof["digest"] = json!(format!("sha-256:{}", "0".repeat(64)))),
    ("another office", |proof| proof["confirmations"][0]["signatory"]["zh"] = json!("示例单位")),
    ("a confirmation less", |proof| drop(proof["confirmations"].as_array_mut().unwrap().pop())),
    ("another time", |proof| proof["issued_at"] = json!("2020-01-01T00:00:00.000Z")),
    ("a member more", |proof| proof["remarks"] = json!("x")),
    ("another signature", |proof| {
        let jws = proof["jws"].as_str().unwrap();
        let (message, signature) = jws.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        proof["jws"] = json!(format!("{message}.{other}{}", &signature[1..]));
    }),
];

#[test]
fn signed_figures_are_verified_by_the_recipe_and_by_the_program() {
    let [fetch, check, figures] = recipe();
    let place = Place::new();
    let service = Service::start(&place, "--demo --drain-seconds 0");
    let base = format!("http://{}", service.address);
    let token = words(&place.run(&format!("token reader --public-url {base}")).stdout);
    let fetch = fetch.replace(
        "/api/v1/joint-labs/$LAB/proof",
        "/api/v1/statistics/instruments/proof?query=state%3Dactive%26group_by%3Dprovince",
    );
    let output = shell(&place.0, &fetch, &[("BASE", base.as_str()), ("TOKEN", token.trim())]);
    assert!(output.status.success(), "{}", words(&output.stderr));
    // The steps that are of every document, then those of figures.
    let steps = check.split("# 4.").next().unwrap().replace("proof+jws", "figures+jws");
    let recipe = format!("{steps}\n{figures}");
    let output = shell(&place.0, &recipe, &[]);
    assert!(output.status.success(), "{}{}", words(&output.stdout), words(&output.stderr));
    let verified = place.run("verify proof.json --keys proof-keys.json");
    assert_eq!(verified.status.code(), Some(0), "{}", words(&verified.stderr));
    assert!(words(&verified.stdout).contains("group_by=province"));
    let whole = proof(&place);
    for (member, value) in [("query", json!("")), ("as_of_seq", json!(1)), ("figures", json!("{}"))] {
        let mut changed = whole.clone();
        changed[member] = value;
        write(&place, "proof.json", &changed);
        assert!(!shell(&place.0, &recipe, &[]).status.success(), "{member}");
        assert_eq!(place.run("verify proof.json --keys proof-keys.json").status.code(), Some(1), "{member}");
    }
}

#[test]
fn the_program_verifies_offline_and_says_what_it_verified() {
    let place = fetched();
    // With the keys of the installation, and with a copy of the published ones elsewhere.
    for arguments in ["verify proof.json", "verify proof.json --keys proof-keys.json --keys-dir nowhere"] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", words(&output.stderr));
        let text = words(&output.stdout);
        for word in ["The proof holds.", LAB, "Chongqing (500000)", "Sichuan (510000)", "四川省科学技术厅", "sha-256:"]
        {
            assert!(text.contains(word), "no {word} in {text}");
        }
    }
    assert!(!place.0.join("nowhere").exists(), "verifying makes nothing");
}

#[test]
fn what_was_verified_is_told_in_chinese_where_the_terminal_is() {
    let place = fetched();
    let said = |command: &str| {
        let output = place.command(command).env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
        words(&output.stderr) + &words(&output.stdout)
    };
    let text = said("verify proof.json");
    for word in
        ["证明有效。", LAB, "共建实验室", "生效", "重庆市（500000）", "四川省（510000）", "内容相同", "sha-256:"]
    {
        assert!(text.contains(word), "no {word} in {text}");
    }
    let mut changed = proof(&place);
    changed["digest"] = json!(format!("sha-256:{}", "0".repeat(64)));
    write(&place, "changed.json", &changed);
    let text = said("verify changed.json");
    assert!(text.contains("证明无效") && text.contains("成员 /digest 被改动"), "{text}");
}

#[test]
fn the_program_names_what_is_wrong_with_a_proof() {
    let place = fetched();
    let whole = proof(&place);
    let pointers = ["/content", "/digest", "/confirmations/0/signatory/zh", "/confirmations", "/issued_at", "/remarks"];
    let named = pointers.map(|pointer| format!("the member {pointer} was "));
    let named = named.iter().map(String::as_str).chain(["the signature does not hold"]);
    for ((name, change), expected) in CHANGES.iter().zip(named) {
        let mut changed = whole.clone();
        change(&mut changed);
        write(&place, "changed.json", &changed);
        let output = place.run("verify changed.json");
        assert_eq!(output.status.code(), Some(1), "{name}");
        let message = words(&output.stderr);
        assert!(message.contains("the proof does NOT hold") && message.contains(expected), "{name}: {message}");
        assert!(output.stdout.is_empty(), "{name}");
    }
}

#[test]
fn what_cannot_be_read_ends_with_2_and_is_named() {
    let place = Place::new();
    std::fs::write(place.0.join("proof.json"), "{}").unwrap();
    std::fs::write(place.0.join("keys.json"), r#"{"keys":[{"kty":"RSA","kid":"mine","n":"AQAB","e":"AQAB"}]}"#)
        .unwrap();
    for (arguments, expected) in [
        ("verify missing.json", "missing.json: "),
        ("verify proof.json", "var/keys: there are no keys; give a copy of /.well-known/proof-keys.json with --keys"),
        ("verify proof.json --keys missing.json", "missing.json: "),
        ("verify proof.json --keys proof.json", "proof.json: missing field `keys`"),
        ("verify proof.json --keys keys.json", "key mine: its kid is not the RFC 7638 thumbprint of an RSA key"),
    ] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(words(&output.stderr).contains(expected), "{arguments}: {}", words(&output.stderr));
    }
    assert_eq!(place.run("verify").status.code(), Some(2));
    assert!(!place.0.join("var").exists(), "verifying makes nothing");
}
