//! Which words of a Chinese policy text say which relation to a number: the table is `data/reference/quantity-wordings.csv`,
//! with an example and the source of each.

use std::sync::LazyLock;

use crate::reference::sources::rows;

/// One line of the table.
struct Wording {
    wording: String,
    /// `before` or `after` the number without anything between, or `anywhere`.
    place: String,
    /// `comparator` or `commitment`.
    says: String,
    code: String,
}

/// What the words of a quotation say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    comparators: Vec<String>,
    aspired: bool,
    /// Whether there is more than one number, so that the words may belong to another.
    several: bool,
}

impl Said {
    /// Whether a quantity with this comparator and commitment may be what is quoted.
    pub(super) fn allows(&self, comparator: &str, aspired: bool) -> bool {
        let plain = comparator == "eq" && (self.comparators.is_empty() || self.several);
        (plain || self.comparators.iter().any(|said| said == comparator)) && self.aspired == aspired
    }
}

/// Longest first, so that 不超过 is not read as 超过.
static TABLE: LazyLock<Vec<Wording>> = LazyLock::new(|| {
    let read = |row: crate::reference::sources::Row| Wording {
        wording: row["wording"].clone(),
        place: row["place"].clone(),
        says: row["says"].clone(),
        code: row["code"].clone(),
    };
    let mut table: Vec<Wording> =
        rows(include_str!("../../../../data/reference/quantity-wordings.csv")).into_iter().map(read).collect();
    table.sort_by_key(|line| std::cmp::Reverse(line.wording.chars().count()));
    table
});

/// Reads what a quotation says.
pub(super) fn said(quote: &str) -> Said {
    let mut rest = quote.to_owned();
    let mut said = Said { several: numbers(quote) > 1, ..Said::default() };
    for line in TABLE.iter() {
        while let Some(at) = find(&rest, line) {
            // A word that was read must not match again as part of a shorter one.
            rest.replace_range(at..at + line.wording.len(), "。");
            match line.says.as_str() {
                "commitment" => said.aspired = true,
                _ => said.comparators.push(line.code.clone()),
            }
        }
    }
    said
}

fn find(text: &str, line: &Wording) -> Option<usize> {
    let fits = |at: usize| match line.place.as_str() {
        "before" => text[at + line.wording.len()..].chars().next().is_some_and(is_of_number),
        "after" => text[..at].chars().next_back().is_some_and(is_of_number),
        _ => true,
    };
    text.match_indices(&line.wording).map(|(at, _)| at).find(|at| fits(*at))
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百千万亿两%％".contains(c)
}

/// How many numbers in digits a text has.
fn numbers(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::vocabulary;

    #[test]
    fn every_word_says_what_the_table_has_of_it_in_its_own_example() {
        for line in TABLE.iter() {
            let list = format!("quantity-{}s", line.says);
            assert!(vocabulary(&list).unwrap().contains(&line.code), "{list} {}", line.code);
            assert!(["before", "after", "anywhere"].contains(&line.place.as_str()), "{}", line.wording);
        }
        for row in rows(include_str!("../../../../data/reference/quantity-wordings.csv")) {
            let said = said(&row["example"]);
            let found = said.aspired && row["code"] == "aspired" || said.comparators.contains(&row["code"]);
            assert!(found || row["example"].contains("全国"), "{row:?}: {said:?}");
            assert!(!row["basis"].is_empty(), "{row:?}");
        }
    }

    #[test]
    fn the_figures_of_the_report_agree_with_their_words_and_other_readings_do_not() {
        for (quote, comparator, aspired) in [
            ("力争产生3项重大科学发现和技术成果", "eq", true),
            ("全社会研发经费投入年均增长10%以上", "ge", false),
            ("高新技术企业和科技型企业总量分别达到1.27万家和8.6万家", "eq", false),
            ("力争今年全市研发经费投入强度2.35%左右", "about", true),
            ("科技型企业超过4.8万家", "gt", false),
            ("川渝两地已成立高校、高新区、产业园区、创新基地等联盟40余个", "gt", false),
            ("共建(省市)重点实验室等创新平台9个", "eq", false),
            ("整合汽车产业链创新链3500多家企业", "gt", false),
            ("推动万亿级智能网联新能源汽车产业集群提速建设", "class", false),
            ("人员规模近200人", "near_below", false),
            ("科研成果转化收入约3.207亿元", "about", false),
            ("高新技术企业数量达到1400家和8000家以上", "eq", false),
            ("高新技术企业数量达到1400家和8000家以上", "ge", false),
            ("集聚数十家企业及高校院所组建了一批产业创新联合体", "tens", false),
            ("不超过30家", "le", false),
        ] {
            assert!(said(quote).allows(comparator, aspired), "{quote}: {:?}", said(quote));
            assert!(!said(quote).allows(comparator, !aspired), "{quote}");
            assert!(!said(quote).allows("lt", aspired), "{quote}");
        }
        assert!(!said("联盟40余个").allows("eq", false));
        assert!(!said("创新平台9个").allows("gt", false));
        assert!(!said("不超过30家").allows("gt", false));
    }
}
