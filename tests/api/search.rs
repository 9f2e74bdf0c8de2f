//! Search: what is found, by whom and in which order, on both engines alike.

use std::collections::BTreeSet;

use chuanyu::api::Query;
use chuanyu::db::{Connection, Id};
use chuanyu::kind::search::{Class, Search};
use chuanyu::kinds::register;
use chuanyu::problem::Outcome;
use chuanyu::reading::filters::Filters;
use chuanyu::reading::list::route::{FEW, least};
use chuanyu::reading::search::{Ranked, Row};
use chuanyu::reading::selection::Selection;
use chuanyu::records::sight::Sight;
use diesel::connection::SimpleConnection;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::support::contents::*;
use crate::support::dump::lines;
use crate::support::flows::path;
use crate::support::processes::program;
use crate::support::*;

async fn find(caller: &Caller, list: &str, q: &str) -> Answer {
    caller.get(list).query(&[("q", q), ("limit", "200")]).await
}

/// The names of what is found, in order.
async fn found(caller: &Caller, list: &str, q: &str) -> Vec<String> {
    let items = find(caller, list, q).await.items();
    let name = |item: &Value| {
        item.pointer("/name/zh").or(item.pointer("/record/name/zh")).unwrap().as_str().unwrap().to_owned()
    };
    items.iter().map(name).collect()
}

const INSTRUMENTS: &str = "/api/v1/instruments";
const EVERYWHERE: &str = "/api/v1/search";

fn named(zh: &str) -> contents::Content {
    instrument().with("/name/zh", zh).with("/name/en", "Sample").with("/aliases", json!([]))
}

#[apply(api_test)]
async fn a_text_is_found_by_any_piece_of_it(app: TestApp) {
    let agency = app.client("cq-agency");
    let name = "川渝C919大型客机5G联合实验室（筹）";
    let unusual = "𠮷野𰻝面、葛\u{E0100}飾ガラスの한국";
    let record = named(name)
        .with("/name/en", "Chongqing-Chengdu TOF–SIMS Centre of Zürich")
        .with("/functions", "激光器、显微镜与 AI 芯片")
        .with("/aliases", json!([{"lang": "zh", "value": "重大"}]));
    agency.create("instruments", record).await;
    agency.create("instruments", named(unusual)).await;
    for list in [INSTRUMENTS, EVERYWHERE] {
        for q in [
            "川渝C919大型客机5G联合实验室（筹）",
            "川渝c919大型客机５Ｇ联合实验室(筹)",
            "川",
            "室",
            "5",
            "5G",
            "5g联合",
            "C919",
            "c9",
            "C919大型",
            "渝C919",
            "渝C9",
            "客机5",
            "大型客机",
            "实验室",
            "实验室 川渝",
            "筹",
            "chong",
            "Chengdu CHONGQING",
            "tof",
            "SIMS tof",
            "\"Centre of Zürich\"",
            "zu\u{308}ri",
            "重大",
            "激光",
            "显微镜",
            "ai芯片 川渝",
            "AI 芯片",
            "激光器、显微镜",
            "“大型客机”",
            "\"C919\"大型",
        ] {
            let found = found(&agency, list, q).await;
            assert!(found.contains(&name.to_owned()), "{list} {q} found {found:?}");
        }
        for q in [
            "919",
            "器显",
            "器、显微 镜子",
            "室筹",
            "G联合",
            "entre",
            "sims tof x",
            "\"Chong\"",
            "\"of Centre\"",
            "Chongqing重",
            "大川",
            "C919客机",
            "川渝 \"C9\"",
        ] {
            let found = found(&agency, list, q).await;
            assert!(!found.contains(&name.to_owned()), "{list} {q}");
        }
        for q in ["𠮷", "𠮷野", "𰻝面", "葛飾", "葛\u{E0100}飾", "ｶﾞﾗｽ", "カ\u{3099}ラス", "한국", "국"]
        {
            assert_eq!(found(&agency, list, q).await, [unusual], "{list} {q}");
        }
    }
}

#[apply(api_test)]
async fn the_best_come_first_and_pages_go_on_where_the_last_one_ended(app: TestApp) {
    let agency = app.client("cq-agency");
    let texts = [
        ("量子计算机", "名称相同"),
        ("量子计算机房", "以之开头"),
        ("超导量子计算机", "名称含有"),
        ("低温设备", "用于量子计算机"),
        ("量子计算机", "又一台"),
        ("量子计算机样机", "又一台"),
    ];
    for (name, functions) in texts {
        agency.create("instruments", named(name).with("/functions", functions)).await;
    }
    agency
        .create("instruments", named("真空泵").with("/aliases", json!([{"lang": "zh", "value": "量子计算机"}])))
        .await;
    let expected =
        ["量子计算机", "量子计算机", "真空泵", "量子计算机房", "量子计算机样机", "超导量子计算机", "低温设备"];
    for list in [INSTRUMENTS, EVERYWHERE] {
        assert_eq!(found(&agency, list, "量子计算机").await, expected, "{list}");
        for limit in ["1", "2", "3"] {
            let mut next =
                format!("{list}?q=%E9%87%8F%E5%AD%90%E8%AE%A1%E7%AE%97%E6%9C%BA&limit={limit}&include_total=true");
            let mut names = Vec::new();
            loop {
                let answer = agency.get(&next).await;
                let page = answer.expect(200);
                assert_eq!(page["page"]["total"], 7);
                let items = page["items"].as_array().unwrap().clone();
                let name = |item: &Value| {
                    item.pointer("/name/zh").or(item.pointer("/record/name/zh")).unwrap().as_str().unwrap().to_owned()
                };
                names.extend(items.iter().map(name));
                if page["page"]["has_more"] == false {
                    break;
                }
                next = answer.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
            }
            assert_eq!(names, expected, "{list} by {limit}");
        }
    }
    // A cursor belongs to its query, with its words.
    let page = agency.get(INSTRUMENTS).query(&[("q", "量子"), ("limit", "1")]).await.expect(200);
    let cursor = page["page"]["next_cursor"].as_str().unwrap().to_owned();
    let other = agency.get(INSTRUMENTS).query(&[("q", "计算机"), ("limit", "1"), ("cursor", &cursor)]).await;
    assert_eq!(other.problem(400).code(), "cursor-mismatch");
    // With a sort key the best are where they stand.
    let sorted =
        agency.get(INSTRUMENTS).query(&[("q", "量子计算机"), ("sort", "-name,id"), ("fields", "name")]).await.items();
    assert_eq!(sorted.len(), 7);
    assert!(sorted.windows(2).all(|two| two[0]["name"]["zh"].as_str() >= two[1]["name"]["zh"].as_str()));
    assert!(sorted.iter().all(|item| item["matched"]["member"].is_string()));
}

#[apply(api_test)]
async fn a_code_finds_its_record_and_quotes_in_a_name_do_no_harm(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = agency.create("instruments", named("12\"晶圆、刻蚀机")).await;
    agency.create("instruments", named("晶圆刻蚀机 12英寸").with("/functions", "12 晶圆")).await;
    let code = record["code"].as_str().unwrap();
    for list in [INSTRUMENTS, EVERYWHERE] {
        for q in [code, &code.to_lowercase(), &format!(" {code} ")] {
            assert_eq!(found(&agency, list, q).await, ["12\"晶圆、刻蚀机"], "{list} {q}");
        }
        let best = find(&agency, list, "12\"晶圆").await.items().remove(0);
        assert_eq!(best["matched"], json!({"member": "name.zh", "from": 0, "to": 5}), "{list}");
    }
}

#[apply(api_test)]
async fn every_hit_says_where_it_was_matched(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = named("重庆大学激光共聚焦显微镜")
        .with("/functions", "用于细胞成像")
        .with("/aliases", json!([{"lang": "en", "value": "Laser Ｃonfocal"}]));
    let record = agency.create("instruments", record).await;
    let code = record["code"].as_str().unwrap();
    for (q, matched) in [
        ("共聚焦", json!({"member": "name.zh", "from": 6, "to": 9})),
        ("laser con", json!({"member": "aliases.0.value", "from": 0, "to": 9})),
        ("细胞成像", json!({"member": "functions", "from": 2, "to": 6})),
        (code, json!({"member": "code", "from": 0, "to": code.len()})),
    ] {
        let items = find(&agency, INSTRUMENTS, q).await.items();
        let item = items.iter().find(|item| item["id"] == record["id"]).unwrap_or_else(|| panic!("{q}: {items:?}"));
        assert_eq!(item["matched"], matched, "{q}");
        let short = agency.get(INSTRUMENTS).query(&[("q", q), ("fields", "name"), ("expand", "host")]).await.items();
        assert!(
            short.iter().any(|item| item["matched"] == matched && item["expanded"]["host"].is_array()),
            "{short:?}"
        );
        let hits = find(&agency, EVERYWHERE, q).await.items();
        let hit = hits.iter().find(|hit| hit["record"]["id"] == record["id"]).unwrap();
        assert_eq!((&hit["matched"], &hit["record"]["kind"]), (&matched, &json!("instruments")), "{q}");
    }
}

#[apply(api_test)]
async fn where_nothing_is_found_names_are_suggested_that_the_caller_sees(app: TestApp) {
    let (agency, public) = (app.client("cq-agency"), app.anonymous());
    let near = |caller: &Caller, list: &'static str, q: &'static str| {
        let caller = caller.clone();
        async move {
            let page = find(&caller, list, q).await.expect(200);
            assert!(page["items"] == json!([]) || page["page"]["did_you_mean"].is_null());
            page["page"]["did_you_mean"].clone()
        }
    };
    for list in ["/api/v1/organizations", EVERYWHERE] {
        for q in ["重亲大学", "重大学", "重庆庆大学", "重庆大字", "崇庆大学", "「重庆太学」"]
        {
            assert!(
                near(&public, list, q).await.as_array().is_some_and(|names| names.contains(&json!("重庆大学"))),
                "{list} {q}"
            );
        }
        for q in ["重庆大学", "重亲太学", "重亲", "重亲 大学", "chongqin university x", "\"重亲\"大学院"]
        {
            assert_eq!(near(&public, list, q).await, Value::Null, "{list} {q}");
        }
    }
    assert_eq!(near(&public, INSTRUMENTS, "重亲大学").await, Value::Null, "names of other kinds are not meant");
    agency.create("instruments", named("蓬莱仙阁专用仪")).await;
    assert_eq!(near(&agency, INSTRUMENTS, "蓬来仙阁专用仪").await, json!(["蓬莱仙阁专用仪"]));
    // Several characters that sound like those of the name.
    assert_eq!(near(&agency, INSTRUMENTS, "蓬来先阁砖用移").await, json!(["蓬莱仙阁专用仪"]));
    for list in [INSTRUMENTS, EVERYWHERE] {
        assert_eq!(near(&public, list, "蓬来仙阁专用仪").await, Value::Null, "a draft is nobody else's");
    }
}

#[apply(api_test)]
async fn a_search_joins_the_filters_and_the_kinds(app: TestApp) {
    let agency = app.client("cq-agency");
    agency.create("instruments", named("蟠桃实验室冷冻电镜").with("/model", "A1")).await;
    agency.create("instruments", named("蟠桃实验室质谱仪").with("/model", "A2")).await;
    agency.create("projects", project().with("/name/zh", "蟠桃实验室联合攻关")).await;
    let two = agency.get(INSTRUMENTS).query(&[("q", "蟠桃实验室"), ("model", "A2")]).await.items();
    assert_eq!(two.iter().map(|item| item["name"]["zh"].as_str().unwrap()).collect::<Vec<_>>(), ["蟠桃实验室质谱仪"]);
    let count = |kinds: &'static str| {
        let agency = agency.clone();
        async move {
            let mut query = vec![("q", "蟠桃实验室"), ("include_total", "true")];
            query.extend((!kinds.is_empty()).then_some(("kinds", kinds)));
            agency.get(EVERYWHERE).query(&query).await.expect(200)["page"]["total"].clone()
        }
    };
    assert_eq!(
        count("").await.as_i64().unwrap(),
        count("instruments,projects").await.as_i64().unwrap() + count("organizations").await.as_i64().unwrap()
    );
    assert_eq!((count("instruments").await, count("projects").await), (json!(2), json!(1)));
}

#[apply(api_test)]
async fn nobody_finds_what_he_may_not_see(app: TestApp) {
    let (agency, other, public) = (app.client("cq-agency"), app.client("sc-agency"), app.anonymous());
    let secret = named("蓬莱仙阁专用仪").with("/contact", json!({"name": "王小虎办公室"}));
    let draft = agency.create("instruments", secret.clone()).await;
    let found_by = |caller: &Caller, q: &'static str| {
        let caller = caller.clone();
        async move { found(&caller, INSTRUMENTS, q).await.len() + found(&caller, EVERYWHERE, q).await.len() }
    };
    assert_eq!(
        (found_by(&agency, "蓬莱").await, found_by(&other, "蓬莱").await, found_by(&public, "蓬莱").await),
        (2, 0, 0)
    );
    let record = app.published("instruments", secret.with("/inner_no", "other")).await;
    assert_eq!(
        (found_by(&agency, "蓬莱").await, found_by(&other, "蓬莱").await, found_by(&public, "蓬莱").await),
        (4, 2, 2)
    );
    for caller in [&agency, &other, &public] {
        assert_eq!(found_by(caller, "王小虎").await, 0, "contacts are not searched");
    }
    // What it is called now, and whether it is there at all.
    agency.patch(&path("instruments", &draft), json!({"name": {"zh": "瀛洲专用仪"}})).if_match(1).await.expect(200);
    assert_eq!((found_by(&agency, "蓬莱").await, found_by(&agency, "瀛洲").await), (2, 2));
    agency.delete(&path("instruments", &draft)).if_match(2).await.expect(204);
    assert_eq!(found_by(&agency, "瀛洲").await, 0);
    agency.transition("instruments", &record, "withdrawn", Some("误录")).await.expect(200);
    assert_eq!((found_by(&agency, "蓬莱").await, found_by(&public, "蓬莱").await), (0, 0));
    // A demand whose owner is not named is found by its own words, never by the owner's name.
    let hidden = demand().with("/name/zh", "寻求高温轴承").with("/name_disclosure", "hide");
    app.published("demands", hidden).await;
    let item = find(&public, EVERYWHERE, "高温轴承").await.items().remove(0);
    assert!(!item.to_string().contains("owner") && !item.to_string().contains("organization"));
}

#[apply(api_test)]
async fn what_cannot_be_searched_is_refused_with_every_fault(app: TestApp) {
    let public = app.anonymous();
    let long = "字".repeat(101);
    for list in [INSTRUMENTS, EVERYWHERE] {
        for (q, code) in [
            ("", "too-short"),
            (&*long, "too-long"),
            ("。、（）", "nothing-to-search"),
            ("  ", "nothing-to-search"),
            ("\"\"", "nothing-to-search"),
            ("a b c d e f g h i j k", "too-many-items"),
        ] {
            let answer = public.get(list).query(&[("q", q), ("limit", "0")]).await.problem(400);
            assert!(answer.has("q", code) && answer.has("limit", "minimum"), "{list} {q:?} {:?}", answer.faults());
        }
        let long = "字".repeat(100);
        assert_eq!(found(&public, list, &long).await, Vec::<String>::new());
        assert_eq!(found(&public, list, &"a ".repeat(50)).await.len(), found(&public, list, "a").await.len());
    }
    assert!(public.get(EVERYWHERE).await.problem(400).has("q", "required"));
    let answer = public.get("/api/v1/search?q=x&kinds=instrument&sort=name").await.problem(400);
    assert!(answer.has("kinds", "not-in-list") && answer.has("sort", "unknown-parameter"), "{:?}", answer.faults());
}

/// A character as a search takes it: of a script without blanks, a letter, or neither.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Chinese,
    Letters,
    Nothing,
}

fn read(text: &str) -> Vec<(char, Of)> {
    let class = |c: char| match c {
        '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}' => Of::Chinese,
        c if c.is_alphanumeric() || is_combining_mark(c) => Of::Letters,
        _ => Of::Nothing,
    };
    let all: Vec<(char, Of)> = text.nfkc().flat_map(char::to_lowercase).map(|c| (c, class(c))).collect();
    // Blanks between two scripts do not count.
    let mut kept = Vec::new();
    for (at, (c, of)) in all.iter().enumerate() {
        let before = all[..at].iter().rev().find(|(c, _)| *c != ' ').map(|(_, of)| *of);
        let after = all[at..].iter().find(|(c, _)| *c != ' ').map(|(_, of)| *of);
        let is_between =
            before.zip(after).is_some_and(|(one, other)| one != other && one != Of::Nothing && other != Of::Nothing);
        if *c != ' ' || !is_between {
            kept.push((*c, *of));
        }
    }
    kept
}

/// Whether a text has a word: anywhere if it begins with a Chinese character, where a word of letters begins otherwise.
fn has(text: &[(char, Of)], word: &[(char, Of)]) -> bool {
    (0..text.len()).any(|at| {
        let begins = word[0].1 == Of::Chinese || at == 0 || text[at - 1].1 != Of::Letters;
        begins && text[at..].starts_with_all(word)
    })
}

trait StartsWithAll {
    fn starts_with_all(&self, word: &[(char, Of)]) -> bool;
}

impl StartsWithAll for [(char, Of)] {
    fn starts_with_all(&self, word: &[(char, Of)]) -> bool {
        self.len() >= word.len() && self.iter().zip(word).all(|(one, other)| one.0 == other.0)
    }
}

fn matches(texts: &[String], q: &str) -> bool {
    let texts: Vec<_> = texts.iter().map(|text| read(text)).collect();
    q.split_whitespace().all(|piece| {
        let piece = read(piece);
        let words = piece.split(|(_, of)| *of == Of::Nothing).filter(|word| !word.is_empty());
        words.into_iter().all(|word| texts.iter().any(|text| has(text, word)))
    })
}

fn random(rng: &mut StdRng, most: usize) -> String {
    const PIECES: [&str; 34] = [
        "激", "光", "器", "显", "微", "镜", "重", "庆", "大", "学", "𠮷", "カ", "ｶﾞ", "a", "b", "B", "5", "9", "Ｃ",
        "é", "e\u{301}", "ß", "①", "㎏", " ", " ", "、", "（", "）", "-", "·", "激光", "5G", "大学",
    ];
    (0..rng.random_range(1..=most)).map(|_| PIECES[rng.random_range(0..PIECES.len())]).collect()
}

/// A text with something to be seen, without blanks at its ends, composed: what a name must be.
fn name(rng: &mut StdRng, most: usize) -> String {
    loop {
        let text: String = random(rng, most).trim().nfc().collect();
        if text.chars().any(char::is_alphanumeric) {
            return text;
        }
    }
}

#[apply(api_test)]
async fn what_is_found_is_what_a_plain_rule_says_no_more_and_no_less(app: TestApp) {
    const TEXTS: usize = 150;
    const QUERIES: usize = 70;
    let mut rng = StdRng::seed_from_u64(20230301);
    let agency = app.client("cq-agency");
    let mut all = Vec::new();
    for number in 0..TEXTS {
        let texts = vec![name(&mut rng, 12), name(&mut rng, 4), name(&mut rng, 20)];
        let content = instrument()
            .with("/name", json!({"zh": texts[0]}))
            .with("/aliases", json!([{"lang": "zh", "value": texts[1]}]))
            .with("/functions", texts[2].clone())
            .with("/inner_no", format!("property-{number}"))
            // Nothing else that a query could find.
            .without("accessories")
            .without("department")
            .with("/manufacturer", "zz")
            .with("/model", "zz")
            .with("/technical", "zz")
            .with("/measured_variables", json!([]))
            .with("/service_content", "zz")
            .with("/place", "zz");
        let created = agency.create("instruments", content).await;
        let code = created["code"].as_str().unwrap().to_owned();
        let texts = texts.into_iter().chain([code, format!("property-{number}"), "zz".to_owned()]).collect::<Vec<_>>();
        all.push((created["id"].as_str().unwrap().to_owned(), texts));
    }
    let mine: BTreeSet<&String> = all.iter().map(|(id, _)| id).collect();
    let mut hits = 0;
    for _ in 0..QUERIES {
        let q = match rng.random_range(0..3) {
            0 => random(&mut rng, 4),
            // A piece of a text that there is.
            _ => {
                let texts = &all[rng.random_range(0..TEXTS)].1;
                let chars: Vec<char> = texts[rng.random_range(0..3)].chars().collect();
                let from = rng.random_range(0..chars.len());
                chars[from..chars.len().min(from + rng.random_range(1..=6))].iter().collect()
            }
        };
        if !read(&q).iter().any(|(_, of)| *of != Of::Nothing) {
            continue;
        }
        let answer = find(&agency, INSTRUMENTS, &q).await.items();
        let found: BTreeSet<String> =
            answer.iter().map(|item| item["id"].as_str().unwrap().to_owned()).filter(|id| mine.contains(id)).collect();
        let expected: BTreeSet<String> =
            all.iter().filter(|(_, texts)| matches(texts, &q)).map(|(id, _)| id.clone()).collect();
        assert_eq!(found, expected, "{q:?}");
        for item in answer.iter().filter(|item| mine.contains(&item["id"].as_str().unwrap().to_owned())) {
            assert!(item["matched"]["from"].as_u64() < item["matched"]["to"].as_u64(), "{q:?} {item}");
        }
        hits += expected.len();
    }
    assert!(hits > QUERIES, "the queries find something: {hits}");
}

/// All rows of a search, page by page, as if so many had its terms.
fn walk(kind: &str, q: &str, found: i64, by_filter: Option<&str>, conn: &mut Connection) -> Outcome<Vec<Row>> {
    let kind = register().kind(kind).unwrap();
    let query = Query::parse("state=active").unwrap();
    let mut filters = Filters::take(kind, &query);
    filters.search = Search::of(q);
    let sight = Sight::of(None);
    let selection = Selection::of(&filters, kind, &sight, conn)?;
    let search = filters.search.as_ref().unwrap();
    assert!(
        least(&selection, conn)?.is_some_and(|(_, column)| column == "state"),
        "a filter is counted on both engines"
    );
    let (mut all, mut after) = (Vec::<Row>::new(), None);
    loop {
        let ranked = Ranked { search, after, limit: 3, by_filter };
        let mut rows = ranked.rows(found, &|route, sql| selection.push_from(route, sql), conn)?;
        let has_more = rows.len() > 3;
        rows.truncate(3);
        all.extend(&rows);
        let Some((class, id, _)) = rows.last().filter(|_| has_more) else { return Ok(all) };
        after = Some((Class::ALL[*class as usize], *id));
    }
}

#[apply(api_test)]
async fn many_matches_and_few_come_in_the_same_order(app: TestApp) {
    let mut rng = StdRng::seed_from_u64(7);
    for number in 0..40 {
        let name: String =
            (0..rng.random_range(1..5)).map(|_| ["激光", "器", "5G", "显微镜"][rng.random_range(0..4)]).collect();
        let content = named(&name).with("/functions", "激光 5G 显微镜").with("/inner_no", format!("order-{number}"));
        app.published("instruments", content).await;
    }
    app.database(|conn| {
        let ids = |rows: &[Row]| rows.iter().map(|(_, id, _)| *id).collect::<Vec<Id>>();
        // Demo organizations have ids of one millisecond.
        let organizations = ["大学", "学", "u", "研究院", "重庆"].map(|q| ("organizations", q));
        let instruments = ["激光", "光", "5", "5G", "显微镜", "激光器", "激光 5G", "激光器5G", "\"5G\" 器"];
        for (kind, q) in instruments.map(|q| ("instruments", q)).into_iter().chain(organizations) {
            let few = walk(kind, q, 1, None, conn).unwrap();
            let many = walk(kind, q, FEW, None, conn).unwrap();
            let filtered = walk(kind, q, FEW, Some("state"), conn).unwrap();
            assert!(!few.is_empty() && few.windows(2).all(|two| (two[0].0, two[0].1) < (two[1].0, two[1].1)), "{q}");
            assert_eq!((&few, &few), (&many, &filtered), "{q}");
            assert_eq!(ids(&few).into_iter().collect::<BTreeSet<_>>().len(), few.len(), "{q}: each once");
        }
    });
}

#[apply(api_test)]
async fn records_of_before_are_entered_by_a_job(app: TestApp) {
    let agency = app.client("cq-agency");
    agency.create("instruments", named("瑶池专用仪")).await;
    app.database(|conn| {
        for statements in match conn {
            Connection::Sqlite(_) => [
                include_str!("../../migrations/sqlite/2026-11-30-000040_search/down.sql"),
                include_str!("../../migrations/sqlite/2026-11-30-000040_search/up.sql"),
            ],
            Connection::Postgres(_) => [
                include_str!("../../migrations/postgres/2026-11-30-000040_search/down.sql"),
                include_str!("../../migrations/postgres/2026-11-30-000040_search/up.sql"),
            ],
        } {
            conn.batch_execute(statements).unwrap();
        }
        let waiting = "SELECT name AS line FROM jobs WHERE name = 'rebuild-projections' AND state = 'waiting'";
        assert_eq!(lines(conn, waiting), ["rebuild-projections"]);
    });
    let reader = app.client("sc-agency");
    assert_eq!(found(&reader, EVERYWHERE, "重庆大学").await, Vec::<String>::new(), "nothing is found before");
    let count =
        async || reader.get("/api/v1/statistics/organizations?q=重庆大学").await.expect(200)["total"].as_i64().unwrap();
    assert_eq!(count().await, 0);
    let output = program(&["rebuild-projections"], &[("database_url", &app.database.url)]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(found(&app.client("cq-agency"), EVERYWHERE, "瑶池").await.contains(&"瑶池专用仪".to_owned()));
    assert!(
        found(&reader, EVERYWHERE, "重庆大学").await.contains(&"重庆大学".to_owned()),
        "what was not found before is not kept"
    );
    assert!(count().await > 0);
}
