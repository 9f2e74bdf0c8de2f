use serde_json::json;

use super::*;
use crate::reference::values::quantity::{Bounds, Quantity};
use crate::reference::values::vectors::group;

fn quantity(value: &str, comparator: &str, commitment: &str) -> Quantity {
    let sent = json!({"value": value, "unit": "count", "comparator": comparator, "commitment": commitment});
    serde_json::from_value(sent).unwrap()
}

/// Each line of the table: the words, and what they say in full, with the interval that follows.
#[test]
fn words_say_what_the_table_has_of_them() {
    let mut table = csv::Reader::from_reader(&include_bytes!("../../../../../tests/vectors/quantity-wordings.csv")[..]);
    let mut count = 0;
    for row in table.deserialize::<std::collections::HashMap<String, String>>() {
        let row = row.unwrap();
        let [one] = &read(&row["words"])[..] else { panic!("{row:?}: {:?}", read(&row["words"])) };
        let precision = one.precision.map(|step| step.to_string()).unwrap_or_default();
        let said = [one.value.to_string(), one.unit.unwrap_or_default().to_owned(), one.comparators.join(" ")];
        let wanted = ["value", "unit", "comparator"].map(|column| row[column].clone());
        assert_eq!(said, wanted, "{row:?}");
        assert_eq!(
            [precision, one.commitment.to_owned()],
            [row["precision"].clone(), row["commitment"].clone()],
            "{row:?}"
        );
        let mut whole = quantity(&row["value"], &row["comparator"], &row["commitment"]);
        whole.unit = crate::reference::Term::parse(one.unit.unwrap_or("count")).unwrap();
        whole.precision = one.precision;
        let bounds = Bounds::of(&whole).map(|bounds| bounds.to_string()).unwrap_or_default();
        assert_eq!(bounds, row["bounds"], "{row:?}");
        assert_eq!(Agreement::of(&whole, &row["words"]), Agreement::Agrees, "{row:?}");
        count += 1;
    }
    assert!(count >= 60, "{count}");
}

#[test]
fn the_published_texts_are_read_exactly() {
    for case in group("/quantity_conversion") {
        let readings = read(case["text_zh"].as_str().unwrap());
        let wanted = Decimal::parse(case["value"].as_str().unwrap()).unwrap();
        assert_eq!((readings[0].value, readings[0].unit), (wanted, case["unit"].as_str()), "{case}");
    }
}

#[test]
fn every_number_has_its_own_words() {
    let said = |text: &str| -> Vec<(String, String)> {
        read(text).into_iter().map(|one| (one.value.to_string(), one.comparators.join(" "))).collect()
    };
    let pair = |value: &str, word: &str| (value.to_owned(), word.to_owned());
    assert_eq!(said("高新技术企业数量达到1400家和8000家以上"), [pair("1400", "eq"), pair("8000", "ge")]);
    assert_eq!(said("企业超过4.8万家，高新技术企业突破7000家"), [pair("48000", "gt"), pair("7000", "gt")]);
    assert_eq!(said("人员规模近200人，其中研发人员超过80%"), [pair("200", "near_below"), pair("80", "gt")]);
    assert_eq!(said("附近200家"), [pair("200", "eq")]);
    assert_eq!(said("最近3次"), [pair("3", "eq")]);
    // Words inside other words are about nothing.
    assert_eq!(said("新增100家规模以上工业企业"), [pair("100", "eq")]);
    assert_eq!(said("带动100家上下游企业"), [pair("100", "eq")]);
    assert_eq!(said("引育327个省部级以上创新平台"), [pair("327", "eq")]);
    assert_eq!(said("不得超过30家，不超30家，未超过30家"), [pair("30", "le"), pair("30", "le"), pair("30", "le")]);
    assert_eq!(said("不得低于5%，不得少于2次"), [pair("5", "ge"), pair("2", "ge")]);
    assert_eq!(said("100家以上市公司为主，100家以外资为主"), [pair("100", "eq"), pair("100", "eq")]);
    assert_eq!(said("在100家上下功夫，服务100多元主体"), [pair("100", "eq"), pair("100", "eq")]);
    assert_eq!(said("超过 100 家，100 家以上，＞100家"), [pair("100", "gt"), pair("100", "ge"), pair("100", "gt")]);
    assert_eq!(said("达到5‰以上"), [pair("0.5", "ge")]);
    assert_eq!(said("尚不能说超过30家，并非超过30家"), [pair("30", "gt"), pair("30", "")]);
    // Numbers in all their spellings.
    assert_eq!(said("3千万元"), [pair("30000000", "eq")]);
    assert_eq!(said("2万多亿元"), [pair("2000000000000", "gt")]);
    assert_eq!(said("1000亿级"), [pair("100000000000", "class")]);
    assert_eq!(said("3.5万亿级"), [pair("3500000000000", "")]);
    assert_eq!(said("30几家，30来家"), [pair("30", "gt"), pair("30", "")]);
    assert_eq!(said("百分之12"), [pair("12", "eq")]);
    // What is no single number is unclear.
    assert_eq!(said("5—10家，3至5个"), [pair("5", ""), pair("3", "")]);
    assert_eq!(said("提高2.5个百分点"), [pair("2.5", "")]);
    assert_eq!(said(&format!("{}家", "9".repeat(60))), [pair("0", "")]);
    // Numbers of other things are no quantities.
    for text in [
        "一批产业创新联合体的第二期",
        "第3批",
        "2027年",
        "80后",
        "1+N",
        "C919",
        "5G",
        "技术参数十项",
        "企业总数千余家",
        "",
    ] {
        assert_eq!(said(text), [], "{text}");
    }
    assert_eq!(said("到2027年联盟达到40余个"), [pair("40", "gt")]);
}

#[test]
fn a_quotation_contradicts_only_what_it_says_itself() {
    let of = |value, comparator, quote| Agreement::of(&quantity(value, comparator, "committed"), quote);
    assert_eq!(of("40", "gt", "联盟40余个"), Agreement::Agrees);
    assert_eq!(of("40", "eq", "联盟40余个"), Agreement::Contradicts("gt"));
    // Where no word stands at the number, there may be one that no table has.
    assert_eq!(of("9", "gt", "创新平台9个"), Agreement::Unclear);
    for quote in ["至少建成10个", "至少要新增10个", "不得少于每年10个", "不低于总数的10个"] {
        assert_eq!((of("10", "ge", quote), of("10", "eq", quote)), (Agreement::Agrees, Agreement::Unclear), "{quote}");
    }
    assert_eq!(
        (of("30", "gt", "超过企业总数的30个"), of("30", "eq", "超过企业总数的30个")),
        (Agreement::Agrees, Agreement::Unclear)
    );
    assert_eq!(of("3.2", "eq", "同比下降3.2%"), Agreement::Unclear);
    assert_eq!(of("8000", "ge", "数量达到1400家和8000家以上"), Agreement::Agrees);
    assert_eq!(of("1400", "ge", "数量达到1400家和8000家以上"), Agreement::Unclear);
    assert_eq!(of("41", "gt", "联盟40余个"), Agreement::Unclear);
    assert_eq!(of("10", "tens", "集聚数十家企业"), Agreement::Agrees);
    assert_eq!(of("40", "gt", "联盟若干个"), Agreement::Unclear);
    assert_eq!(of("40", "eq", "到2027年联盟达到40余个"), Agreement::Contradicts("gt"));
    assert_eq!(of("5", "eq", "5—10家"), Agreement::Unclear);
    assert_eq!(of("12000", "eq", "1.2万台(套)"), Agreement::OtherPrecision(Decimal::parse("1000").unwrap()));
    assert_eq!(of("100", "eq", "争取到100项"), Agreement::Agrees);
    let aspired = Agreement::of(&quantity("3", "eq", "aspired"), "力争产生3项");
    assert_eq!((aspired, of("3", "eq", "力争产生3项")), (Agreement::Agrees, Agreement::Unclear));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_fault(text in "[0-9０-９.,万亿余多近约数几十百千级%百分之点一二以上超过 家个]{0,30}|\\PC{0,40}") {
        // Every reading is a number that stands in the text, in digits or in words.
        let numerals = text.chars().filter(|c| c.is_numeric() || "数几百千万亿".contains(*c)).count();
        proptest::prop_assert!(read(&text).len() <= numerals);
    }
}
