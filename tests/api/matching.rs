//! Which organization a name means: a labelled set of names as people write them, and the rules one by one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

const MATCH: &str = "/api/v1/organizations/match";
const SPELLINGS: &str = "/api/v1/organizations/match/spellings";

/// A row of a table under `tests/vectors`, by its columns.
type Row = BTreeMap<String, String>;

fn table(name: &str) -> Vec<Row> {
    let file = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(file).unwrap().into_deserialize().collect::<Result<_, _>>().unwrap()
}

/// The names beside the present one, as the register writes them.
fn besides(row: &Row) -> Value {
    let split = |column: &str| -> Vec<String> {
        row[column].split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let language = |name: &str| if name.is_ascii() { "en" } else { "zh" };
    let aliases: Vec<Value> =
        split("aliases").iter().map(|name| json!({"lang": language(name), "value": name})).collect();
    let (mut former, mut latin) = (Vec::new(), Vec::new());
    for name in split("former_names") {
        match name.is_ascii() {
            true => latin.push(name),
            false => former.push(json!({"name": {"zh": name}})),
        }
    }
    // A former name has a Chinese one; English ones stand beside them.
    for (former, en) in former.iter_mut().zip(latin) {
        former["name"]["en"] = json!(en);
    }
    json!({"aliases": aliases, "former_names": former})
}

/// With narrow brackets: the demo data have wide ones.
fn narrow(name: &str) -> String {
    name.replace('（', "(").replace('）', ")")
}

/// The organizations of the table, beside those of the demo data that bear the same names.
async fn fill(app: &TestApp) {
    let agency = app.client("cq-agency");
    let mut standing: BTreeMap<String, Value> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = agency.get(&format!("/api/v1/organizations?limit=200{cursor}")).await.expect(200);
        for item in page["items"].as_array().unwrap() {
            standing.insert(narrow(item["name"]["zh"].as_str().unwrap()), item.clone());
        }
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for row in table("match-organizations.csv") {
        match standing.get(&narrow(&row["name_zh"])) {
            Some(one) => {
                let keeper = if one["province"] == "510000" { "sc-agency" } else { "cq-agency" };
                let mut patch = besides(&row);
                patch["type"] = json!(row["type"]);
                app.client(keeper).patch(&path("organizations", one), patch).if_match(revision(one)).await.expect(200);
            }
            None => {
                let mut content: Value = organization().with("/type", json!(row["type"])).into();
                content["name"] = json!({"zh": row["name_zh"]});
                if !row["name_en"].is_empty() {
                    content["name"]["en"] = json!(row["name_en"]);
                }
                for (member, value) in besides(&row).as_object().unwrap() {
                    content[member] = value.clone();
                }
                app.published("organizations", content).await;
            }
        }
    }
}

fn chosen(answer: &Value) -> Option<&Value> {
    answer["items"].as_array().unwrap().iter().find(|one| one["chosen"] == true)
}

fn chosen_name(answer: &Value) -> String {
    chosen(answer).map_or_else(String::new, |one| one["organization"]["name"]["zh"].as_str().unwrap().to_owned())
}

#[apply(api_test)]
async fn what_is_chosen_is_right_and_little_is_left_open(app: TestApp) {
    fill(&app).await;
    let rows = table("match-names.csv");
    assert!(rows.len() >= 200);
    let mut answers = Vec::new();
    for some in rows.chunks(500) {
        let names: Vec<&str> = some.iter().map(|row| row["query"].as_str()).collect();
        let answer = app.anonymous().post(MATCH, json!({"names": names, "limit": 5})).await.expect(200);
        answers.extend(answer["items"].as_array().unwrap().iter().cloned());
    }
    let (mut wrong, mut open) = (Vec::new(), Vec::new());
    let (mut meant, mut found) = (0, 0);
    for (row, answer) in rows.iter().zip(&answers) {
        assert_eq!(answer["q"], json!(row["query"]));
        let (name, expected) = (narrow(&chosen_name(answer)), &narrow(&row["expected"]));
        let told = || {
            let top = answer["items"].get(0);
            let best =
                top.map(|top| format!("{} {} {}", top["organization"]["name"]["zh"], top["score"], top["reason"]));
            format!(
                "{}: {} is {:?}, not {:?} ({} {})",
                row["category"],
                row["query"],
                expected,
                name,
                answer["outcome"],
                best.unwrap_or_default()
            )
        };
        meant += usize::from(!expected.is_empty());
        match (name == *expected, name.is_empty()) {
            (true, false) => found += 1,
            (true, true) => {}
            (false, true) => open.push(told()),
            (false, false) => wrong.push(told()),
        }
    }
    eprintln!("{} names, {meant} mean an organization, {found} are found; left open:\n{}", rows.len(), open.join("\n"));
    assert!(wrong.is_empty(), "chosen wrongly:\n{}", wrong.join("\n"));
    assert!(found * 100 >= meant * 95, "only {found} of {meant} are found:\n{}", open.join("\n"));
}

#[apply(api_test)]
async fn every_name_of_an_organization_means_it(app: TestApp) {
    let name = format!("金凰实验室{}", next());
    let content = organization()
        .with("/name", json!({"zh": name, "en": "Golden Phoenix Laboratory"}))
        .with("/aliases", json!([{"lang": "zh", "value": "金凰"}, {"lang": "zh", "value": "金室"}]))
        .with("/former_names", json!([{"name": {"zh": "重庆国际生物城实验室", "en": "Old Lab"}}]));
    let one = app.published("organizations", content).await;
    let code = one["code"].as_str().unwrap();
    for (q, reason, matched) in [
        (name.as_str(), "name", name.as_str()),
        ("Golden Phoenix Laboratory", "name", "Golden Phoenix Laboratory"),
        ("金凰", "alias", "金凰"),
        ("金室", "alias", "金室"),
        ("重庆国际生物城实验室", "former_name", "重庆国际生物城实验室"),
        ("OLD LAB", "former_name", "Old Lab"),
        (code, "identifier", code),
        (one["id"].as_str().unwrap(), "identifier", one["id"].as_str().unwrap()),
    ] {
        let answer = app.anonymous().get(MATCH).query(&[("q", q)]).await.expect(200);
        let found = chosen(&answer).unwrap_or_else(|| panic!("{q}: {answer}"));
        assert_eq!(found["organization"]["id"], one["id"], "{q}");
        assert_eq!((found["score"].as_str(), found["reason"].as_str()), (Some("1.00"), Some(reason)), "{q}");
        assert_eq!((found["matched"].as_str(), answer["outcome"].as_str()), (Some(matched), Some("chosen")), "{q}");
    }
}

#[apply(api_test)]
async fn identifiers_decide_before_names(app: TestApp) {
    let uscc = "12100000450416793X";
    let ror = "https://ror.org/023rhb549";
    let anyone = app.anonymous();
    for q in [ror, "023rhb549", "ror.org/023rhb549", "https://ror.org/023RHB549"] {
        let answer = anyone.get(MATCH).query(&[("q", q)]).await.expect(200);
        assert_eq!(chosen_name(&answer), "重庆大学", "{q}");
    }
    let code = anyone.get(MATCH).query(&[("q", ror)]).await.expect(200)["items"][0]["organization"]["code"].clone();
    let small = code.as_str().unwrap().to_lowercase();
    assert_eq!(chosen_name(&anyone.get(MATCH).query(&[("q", &small)]).await.expect(200)), "重庆大学");
    let both = anyone.post(MATCH, json!({"names": ["023rhb549", ror, "023rhb549"]})).await.expect(200);
    assert!(both["items"].as_array().unwrap().iter().all(|one| chosen_name(one) == "重庆大学"), "{both}");
    let answer = anyone.get(MATCH).query(&[("q", uscc)]).await.expect(200);
    assert_eq!((answer["outcome"].as_str(), answer["items"].as_array().unwrap().len()), (Some("none"), 0));
}

#[apply(api_test)]
async fn the_longest_name_inside_is_taken_and_the_rest_told(app: TestApp) {
    let answer = app.anonymous().get(MATCH).query(&[("q", "重庆大学材料科学与工程学院")]).await.expect(200);
    let found = chosen(&answer).unwrap();
    assert_eq!((found["matched"].as_str(), found["rest"].as_str()), (Some("重庆大学"), Some("材料科学与工程学院")));
    assert_eq!((found["score"].as_str(), found["reason"].as_str()), (Some("0.93"), Some("name_inside")));
    // As long as the hospital is not there, the university is a candidate and not more.
    let hospital = "重庆大学附属大渡口医院";
    let answer = app.anonymous().get(MATCH).query(&[("q", hospital)]).await.expect(200);
    assert_eq!((chosen(&answer), answer["outcome"].as_str()), (None, Some("none")));
    assert_eq!(answer["items"][0]["organization"]["name"]["zh"], "重庆大学");
    app.published("organizations", organization().with("/name", json!({"zh": hospital}))).await;
    let answer = app.anonymous().get(MATCH).query(&[("q", hospital)]).await.expect(200);
    assert_eq!(chosen_name(&answer), hospital);
    let answer = app.anonymous().get(MATCH).query(&[("q", hospital), ("min_score", "1"), ("limit", "1")]).await;
    assert_eq!(answer.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[apply(api_test)]
async fn names_that_two_bear_are_left_open(app: TestApp) {
    let name = format!("同名研究中心{}", next());
    let with = |name: &str| organization().with("/name", json!({"zh": name}));
    app.published("organizations", with(&name)).await;
    app.published("organizations", with(&name)).await;
    let answer = app.anonymous().get(MATCH).query(&[("q", &name)]).await.expect(200);
    assert_eq!((answer["outcome"].as_str(), answer["items"].as_array().unwrap().len()), (Some("ambiguous"), 2));
    assert!(answer["items"].as_array().unwrap().iter().all(|one| one["chosen"] == false), "{answer}");
    // Its name comes before what another is called besides.
    let other = format!("别名中心{}", next());
    let aliased = with(&other).with("/aliases", json!([{"lang": "zh", "value": format!("{other}甲")}]));
    app.published("organizations", aliased).await;
    app.published("organizations", with(&format!("{other}甲"))).await;
    let answer = app.anonymous().get(MATCH).query(&[("q", format!("{other}甲").as_str())]).await.expect(200);
    assert_eq!(chosen_name(&answer), format!("{other}甲"));
}

#[apply(api_test)]
async fn a_merged_organization_answers_its_successor(app: TestApp) {
    let (old, new) = (format!("旧并所{}", next()), format!("新设所{}", next()));
    let with = |name: &str| organization().with("/name", json!({"zh": name}));
    let (double, kept) =
        (app.published("organizations", with(&old)).await, app.published("organizations", with(&new)).await);
    app.published("instruments", instrument().with("/host", json!({"id": double["id"]}))).await;
    crate::succession::merge_in_use(&app, &double, &kept).await;
    let answer = app.anonymous().get(MATCH).query(&[("q", &old)]).await.expect(200);
    let found = chosen(&answer).unwrap();
    assert_eq!((found["organization"]["id"].as_str(), found["reason"].as_str()), (kept["id"].as_str(), Some("merged")));
    assert_eq!(found["matched"].as_str(), Some(old.as_str()));
    // The same in a batch whose keys take several statements.
    let mut names: Vec<String> =
        (0..200).map(|number| format!("{number}甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未")).collect();
    names.push(old.clone());
    let many = app.anonymous().post(MATCH, json!({"names": names})).await.expect(200);
    assert_eq!(chosen_name(many["items"].as_array().unwrap().last().unwrap()), new);
    // Recorded as merged, with its successor, it is the same.
    let gone = format!("已并入所{}", next());
    let content = with(&gone).with("/lifecycle", "merged").with("/successor", json!({"id": kept["id"]}));
    let content = app.published("organizations", content).await;
    for q in [&gone, content["code"].as_str().unwrap(), content["id"].as_str().unwrap()] {
        let answer = app.anonymous().get(MATCH).query(&[("q", q)]).await.expect(200);
        assert_eq!(chosen_name(&answer), new, "{q}");
    }
    // A spelling that was accepted for it is accepted for the other one by now.
    let agency = app.client("cq-agency");
    let spelling = format!("老并所{}", next());
    let accept = |id: &Value| json!({"spelling": spelling, "organization": {"id": id}});
    let third = app.published("organizations", with(&format!("再并所{}", next()))).await;
    agency.put(SPELLINGS, accept(&third["id"])).await.expect(200);
    app.published("instruments", instrument().with("/host", json!({"id": third["id"]}))).await;
    crate::succession::merge_in_use(&app, &third, &kept).await;
    assert_eq!(agency.put(SPELLINGS, accept(&kept["id"])).await.expect(200)["organization"]["id"], kept["id"]);
    assert!(agency.put(SPELLINGS, json!({"spelling": "x", "organization": {"id": third["id"]}})).await.status() >= 400);
}

#[apply(api_test)]
async fn nobody_learns_a_name_that_is_hidden_from_them(app: TestApp) {
    let name = format!("未公开单位{}", next());
    let draft =
        app.client("cq-agency").create("organizations", organization().with("/name", json!({"zh": name}))).await;
    for (caller, sees) in [(app.anonymous(), false), (app.client("sc-agency"), false), (app.client("cq-agency"), true)]
    {
        for q in [name.as_str(), draft["code"].as_str().unwrap(), draft["id"].as_str().unwrap()] {
            let answer = caller.get(MATCH).query(&[("q", q)]).await.expect(200);
            assert_eq!(answer["items"].as_array().unwrap().is_empty(), !sees, "{q}");
        }
    }
}

#[apply(api_test)]
async fn an_accepted_spelling_decides_for_its_source_system_until_it_is_revoked(app: TestApp) {
    let one = app.published("organizations", organization()).await;
    let spelling = format!("咱们那个材料院{}", next());
    let agency = app.client("cq-agency");
    let body = json!({"spelling": spelling, "organization": {"code": one["code"]}});
    let accepted = agency.put(SPELLINGS, body.clone()).await.expect(200);
    assert_eq!(accepted["organization"]["id"], one["id"]);
    assert_eq!(accepted["spelling"], json!(spelling));
    let ask =
        async |caller: Caller| caller.get(MATCH).query(&[("q", format!(" {spelling}。").as_str())]).await.expect(200);
    let answer = ask(app.client("cq-agency")).await;
    assert_eq!(chosen(&answer).unwrap()["reason"], "accepted_spelling");
    assert_eq!(chosen(&ask(app.anonymous()).await), None);
    assert_eq!(chosen(&ask(app.client("sc-agency")).await), None);
    // To say so again does no harm; to say otherwise does.
    assert_eq!(agency.put(SPELLINGS, body.clone()).await.expect(200), accepted);
    let other = app.published("organizations", organization()).await;
    let otherwise = json!({"spelling": spelling, "organization": {"id": other["id"]}});
    let refused = agency.put(SPELLINGS, otherwise.clone()).await.problem(409);
    assert_eq!((refused.code(), &refused["existing"]["id"]), ("spelling-accepted", &one["id"]));
    let listed = agency.get(SPELLINGS).await.items();
    assert!(listed.iter().any(|item| item["id"] == accepted["id"]), "{listed:?}");
    assert!(!app.client("sc-agency").get(SPELLINGS).await.items().iter().any(|item| item["id"] == accepted["id"]));
    // Only its own system revokes it.
    let revoke = async |caller: Caller| caller.delete(SPELLINGS).query(&[("spelling", &spelling)]).await.status();
    assert_eq!(revoke(app.client("sc-agency")).await, 404);
    assert_eq!(revoke(app.client("cq-agency")).await, 204);
    assert_eq!(revoke(app.client("cq-agency")).await, 404);
    assert_eq!(chosen(&ask(app.client("cq-agency")).await), None);
    agency.put(SPELLINGS, otherwise).await.expect(200);
    let events = agency.get("/api/v1/audit-events?action=spelling.accepted,spelling.revoked").await.items();
    assert_eq!(events.len(), 3, "{events:?}");
    // What another organization is called means that one.
    let name = other["name"]["zh"].as_str().unwrap();
    let taken = json!({"spelling": format!(" {name}"), "organization": {"id": one["id"]}});
    let problem = agency.put(SPELLINGS, taken).await.problem(422);
    assert!(problem.has("#/spelling", "name-of-another"), "{:?}", problem.faults());
    agency.put(SPELLINGS, json!({"spelling": name, "organization": {"id": other["id"]}})).await.expect(200);
    // What cannot be accepted is refused.
    for body in [
        json!({"spelling": spelling}),
        json!({"spelling": "", "organization": {"code": one["code"]}}),
        json!({"spelling": "。", "organization": {"code": one["code"]}}),
        json!({"spelling": "x", "organization": {}}),
        json!({"spelling": "x", "organization": {"code": "ORG-2026-999999-1"}}),
    ] {
        agency.put(SPELLINGS, body).await.problem(422);
    }
}

#[apply(api_test)]
async fn what_cannot_be_matched_is_refused_with_every_fault(app: TestApp) {
    let anyone = app.anonymous();
    for (query, parameter, code) in [
        (vec![], "q", "required"),
        (vec![("q", "")], "q", "too-short"),
        (vec![("q", "x"), ("limit", "21")], "limit", "maximum"),
        (vec![("q", "x"), ("min_score", "1.01")], "min_score", "share-shape"),
        (vec![("q", "x"), ("min_score", "1.")], "min_score", "share-shape"),
        (vec![("q", "x"), ("min_score", "00.5")], "min_score", "share-shape"),
        (vec![("q", "x"), ("kinds", "instruments")], "kinds", "unknown-parameter"),
        (vec![("q", "\u{200B}")], "q", "blank"),
        (vec![("q", "重庆\u{202E}大学")], "q", "bidi-control"),
    ] {
        let answer = anyone.get(MATCH).query(&query).await;
        let problem = answer.problem(400);
        assert!(problem.has(parameter, code), "{query:?} {:?}", problem.faults());
    }
    let long = "长".repeat(201);
    assert_eq!(anyone.get(MATCH).query(&[("q", &long)]).await.status(), 400);
    let many: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    for body in [
        json!({}),
        json!({"names": []}),
        json!({"names": many}),
        json!({"names": [long]}),
        json!({"names": [""]}),
        json!({"names": ["x"], "limit": 0}),
        json!({"names": ["x"], "min_score": "0.555"}),
        json!({"names": ["x"], "other": 1}),
    ] {
        let answer = anyone.post(MATCH, body.clone()).await;
        assert_eq!(answer.problem(422).code(), "validation-failed", "{body}");
    }
    // Whatever is asked, it is answered.
    for q in ["。", "a", "重", "((((", "\"", "1", "四川", "😀", &"大学".repeat(100)] {
        let answer = anyone.get(MATCH).query(&[("q", q)]).await.expect(200);
        assert_eq!(chosen(&answer), None, "{q}");
    }
}

#[apply(api_test)]
async fn five_hundred_long_names_are_answered_at_once(app: TestApp) {
    let names: Vec<String> = (0..500)
        .map(|number| {
            format!(
                "{number}某市某区某某科学技术研究与成果转化促进中心有限责任公司第{number}分部{}",
                "甲乙丙丁".repeat(20)
            )
        })
        .collect();
    let began = std::time::Instant::now();
    let answer = app.anonymous().post(MATCH, json!({"names": names})).await.expect(200);
    eprintln!("500 long names took {:?}", began.elapsed());
    assert_eq!(answer["items"].as_array().unwrap().len(), 500);
}

/// What the answer to a new record warns of, of records that it may be once more.
fn namesakes(answer: &Value) -> Vec<(&str, &str)> {
    let warnings = answer["warnings"].as_array().unwrap().iter();
    let namesakes = warnings.filter(|one| one["code"].as_str().unwrap().starts_with("namesake"));
    namesakes.map(|one| (one["code"].as_str().unwrap(), one["detail_en"].as_str().unwrap())).collect()
}

#[apply(api_test)]
async fn a_record_of_a_name_that_stands_already_is_warned_of(app: TestApp) {
    let agency = app.client("cq-agency");
    let number = next();
    let with = |name: &str| organization().with("/name", json!({"zh": name}));
    let first = app.published("organizations", with(&format!("双桥科学技术研究所{number}有限责任公司"))).await;
    let code = first["code"].as_str().unwrap();
    assert!(namesakes(&first).is_empty());
    let again = agency.create("organizations", with(&format!("双桥科技研究所（{number}）有限公司"))).await;
    assert!(matches!(namesakes(&again)[..], [("namesake", said)] if said.contains(code)), "{again}");
    assert_eq!(again["warnings"][0]["pointer"], "#/name/zh");
    // It is said when the record is made; the record itself does not keep it.
    assert!(namesakes(&agency.show("organizations", &again).await.expect(200)).is_empty());
    // A draft is not hinted at, and another name is none.
    let (secret, other) = (format!("只是草稿{number}所"), format!("另外的研究所{number}"));
    agency.create("organizations", with(&secret)).await;
    for name in [&secret, &other] {
        assert!(namesakes(&agency.create("organizations", with(name)).await).is_empty(), "{name}");
    }
    // What the other side registers is told without its name.
    let waiting = format!("嘉陵江研究所{number}");
    let sichuan = |name: &str| with(name).with("/division_registered", "510100");
    app.client("sc-agency").submit("organizations", sichuan(&waiting)).await;
    let told = agency.create("organizations", with(&waiting)).await;
    assert!(matches!(namesakes(&told)[..], [("namesake-waiting", said)] if said.contains("Sichuan")), "{told}");
    let seen = app.client("sc-agency").create("organizations", sichuan(&waiting)).await;
    assert!(matches!(namesakes(&seen)[..], [("namesake", said)] if said.contains("ORG-")), "{seen}");
    // The same by source, and for other kinds.
    let place = format!("/api/v1/organizations/by-source/double-{number}");
    let upserted = agency.put(&place, with(&format!("双桥科技研究所{number}有限公司"))).await.expect(201);
    assert_eq!(namesakes(&upserted).len(), 1, "{upserted}");
    let lab = joint_lab().with("/name/zh", format!("川渝共建重名（{number}）重点实验室"));
    let standing = app.active_joint("joint-labs", lab.clone()).await;
    let twice = agency.create("joint-labs", lab).await;
    assert!(namesakes(&twice)[0].1.contains(standing["code"].as_str().unwrap()), "{twice}");
}

#[apply(api_test)]
async fn document_numbers_are_the_same_in_all_brackets(app: TestApp) {
    let policy = |number: &str| policy_of_chongqing().with("/document_no", number);
    let number = next();
    let standing = app.published("policies", policy(&format!("渝科局发〔2023〕{number}号"))).await;
    for spelling in [format!("渝科局发[2023]{number}号"), format!("渝科局发（2023）{number} 号")] {
        let twice = app.client("cq-agency").create("policies", policy(&spelling)).await;
        assert!(namesakes(&twice).iter().any(|one| one.1.contains(standing["code"].as_str().unwrap())), "{twice}");
    }
}
