//! What stands beside the name of an organization: a part of it, or a body of its own that bears its name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::kind::search::keys;
use crate::reference::values::division;
use crate::reference::vocabularies::vocabulary;

/// What the rest of a text says about the organization that is named in it, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// Another body: a hospital, a press, a company, a college of its own.
    Other,
    /// Nobody knows.
    Unknown,
    /// A part of it: a department, a laboratory, a campus.
    Part,
    /// Nothing that matters: its seat, what it was called.
    Nothing,
}

/// Where a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

/// Words that say nothing by themselves.
const NEUTRAL: [&str; 13] =
    ["原", "现", "前身", "曾用名", "附属", "直属", "所属", "教育部", "依托单位", "牵头单位", "依托", "主管", "本部"];

/// What is in the names of bodies of their own.
const OTHERS: [&str; 29] = [
    "附属",
    "附中",
    "附小",
    "医院",
    "公司",
    "集团",
    "出版社",
    "幼儿园",
    "小学",
    "中学",
    "学校",
    "校友",
    "基金会",
    "科技园",
    "产业",
    "协会",
    "学会",
    "研究院",
    "设计院",
    "总院",
    "分院",
    "分校",
    "大学",
    "联合",
    "共建",
    "有限",
    "职业",
    "专科",
    "技师",
];

/// Colleges that bore the name of a university of both provinces and were bodies of their own (independent colleges, by the
/// lists of the Ministry of Education up to their conversion from 2020 on), and how the names of others of that kind begin.
const INDEPENDENT: [&str; 24] = [
    "锦城学院",
    "锦江学院",
    "城市科技学院",
    "育才学院",
    "派斯学院",
    "融智学院",
    "天府学院",
    "希望学院",
    "移通学院",
    "涉外商贸学院",
    "工程技术学院",
    "银杏酒店管理学院",
    "南方翻译学院",
    "城市学院",
    "文理学院",
    "科技学院",
    "民族学院",
    "商学院东区",
    "国际学院",
    "网络教育学院",
    "影视学院",
    "行知学院",
    "广播影视学院",
    "电影电视学院",
];

/// After 大学 these make other words: students of universities, and the towns where they are.
const STUDENTS: [&str; 10] = ["生物", "生命", "生态", "生产", "生理", "生殖", "生化", "生医", "生源", "生科"];
const TOWNS: [&str; 3] = ["城市", "城乡", "城镇"];

/// How the names of parts end: of any organization, of those that found centres of theirs, of universities, of hospitals.
const PARTS: [&str; 13] =
    ["办公室", "实验室", "团队", "课题组", "小组", "基地", "平台", "工作站", "部", "处", "室", "科", "事业部"];
const CENTRES: [&str; 1] = ["中心"];
const WITH_CENTRES: [&str; 3] = ["university", "hospital", "enterprise"];
const OF_UNIVERSITIES: [&str; 8] = ["学院", "系", "研究所", "图书馆", "书院", "学部", "博物馆", "研究组"];
const OF_HOSPITALS: [&str; 3] = ["研究所", "门诊", "病区"];
const CAMPUSES: [&str; 3] = ["校区", "院区", "园区"];

/// How the names of those end that name what belongs to them first: 中核集团核工业西南物理研究院.
const ABOVE: [&str; 4] = ["集团", "集团公司", "总公司", "部"];

impl Rest {
    /// Of a piece beside the name of an organization of this type, at these places.
    pub fn of(piece: &str, side: Side, organization_type: &str, seats: &[String]) -> Rest {
        let is_mark = |c: char| !c.is_alphanumeric();
        let piece = piece.trim_matches(is_mark);
        let piece = piece.strip_prefix(['原', '现']).filter(|rest| !rest.is_empty()).unwrap_or(piece);
        let piece = piece.trim_matches(is_mark);
        if piece.is_empty() || NEUTRAL.contains(&piece) || seats.iter().any(|seat| seat == piece) {
            return Rest::Nothing;
        }
        // At another place there is another body of the name.
        if is_place(piece) {
            return Rest::Other;
        }
        match piece.is_ascii() {
            true => of_letters(piece, organization_type, seats),
            false => of_chinese(piece, side, organization_type),
        }
    }
}

/// The names of the places that a division lies in, and these without what kind of place they are.
pub fn seats(code: &str) -> Vec<String> {
    let names = division::with_parents(code).into_iter().filter_map(|code| division::known(&code).ok());
    names.flat_map(|entry| [entry.zh.as_str(), stem(&entry.zh)]).map(str::to_owned).collect()
}

fn of_chinese(piece: &str, side: Side, organization_type: &str) -> Rest {
    let ends = |words: &[&str]| words.iter().any(|word| piece.ends_with(word));
    let is_above = side == Side::Before && ends(&ABOVE);
    if is_above {
        return Rest::Nothing;
    }
    let begins = |words: &[&str]| words.iter().any(|word| piece.starts_with(word));
    let is_another_word = side == Side::After
        && ((piece.starts_with('生') && !begins(&STUDENTS)) || (piece.starts_with('城') && !begins(&TOWNS)));
    let is_listed = piece.starts_with(['与', '和', '及', '驻']) || piece.ends_with(['与', '和', '及']);
    let is_body = OTHERS.iter().any(|word| piece.contains(word)) || begins(&INDEPENDENT);
    if is_another_word || is_listed || is_body {
        return Rest::Other;
    }
    if side == Side::Before {
        return Rest::Unknown;
    }
    if ends(&CAMPUSES) {
        return Rest::Part;
    }
    // A body at another place is mostly one of its own.
    if begins_with_place(piece) {
        return Rest::Other;
    }
    let is_part = ends(&PARTS)
        || (WITH_CENTRES.contains(&organization_type) && ends(&CENTRES))
        || (organization_type == "university" && ends(&OF_UNIVERSITIES))
        || (organization_type == "hospital" && ends(&OF_HOSPITALS));
    if is_part { Rest::Part } else { Rest::Unknown }
}

/// Words of letters that are in the names of bodies of their own, by their beginnings.
const OTHER_WORDS: [&str; 14] = [
    "hosp",
    "press",
    "publish",
    "corp",
    "company",
    "ltd",
    "inc",
    "foundation",
    "affiliat",
    "university",
    "univ",
    "limited",
    "institut",
    "academy",
];
const PART_WORDS: [&str; 7] = ["lab", "center", "department", "division", "ministry", "office", "team"];
/// How parts of universities begin, or what they have in them: a college that is named first may be a body of its own.
const UNIVERSITY_WORDS: [&str; 6] = ["school", "sch", "college", "coll", "faculty", "fac"];
const OF_SUBJECTS: [&str; 3] = ["school of", "college of", "faculty of"];

/// What is in addresses, beside numbers, single letters and places.
const ADDRESSES: [&str; 9] = ["china", "people", "republic", "pr", "prc", "province", "prov", "district", "city"];

/// Of letters: a department, the address, or another body.
fn of_letters(piece: &str, organization_type: &str, seats: &[String]) -> Rest {
    let words = keys::words(piece);
    let has = |beginnings: &[&str]| words.iter().any(|word| beginnings.iter().any(|begin| word.starts_with(begin)));
    if has(&OTHER_WORDS) {
        return Rest::Other;
    }
    let is_address = |word: &&String| {
        word.chars().nth(1).is_none() || word.chars().any(|c| c.is_ascii_digit()) || ADDRESSES.contains(&word.as_str())
    };
    let rest: Vec<&String> = words.iter().filter(|word| !is_address(word)).collect();
    // 西安 is Xian, Xi'an and Xi An.
    let joined: String = rest.iter().map(|word| word.as_str()).collect();
    let own: Vec<String> = seats.iter().map(|seat| latin(seat)).collect();
    if rest.is_empty() || own.contains(&joined) || rest.iter().all(|word| own.contains(word)) {
        return Rest::Nothing;
    }
    // A centre at another place is mostly a body of its own.
    let is_elsewhere = |word: &&&String| !own.contains(**word) && PLACES_IN_LETTERS.contains(word.as_str());
    if rest.iter().any(|word| is_elsewhere(&word)) {
        return Rest::Unknown;
    }
    let lower = piece.to_ascii_lowercase();
    let is_school = words.first().is_some_and(|first| UNIVERSITY_WORDS.contains(&first.as_str()))
        || OF_SUBJECTS.iter().any(|words| lower.contains(words));
    // An academy has institutes, whose laboratories are theirs.
    let may_have_parts = organization_type != "research_institute";
    let is_part = (may_have_parts && has(&PART_WORDS)) || (organization_type == "university" && is_school);
    if is_part { Rest::Part } else { Rest::Unknown }
}

/// A place as it is written in letters.
fn latin(place: &str) -> String {
    // Characters whose usual reading is another one than in places.
    let place = place.replace("重庆", "虫庆").replace('都', "督").replace('厦', "下");
    place.as_str().to_pinyin().flatten().map(|reading| reading.plain()).collect()
}

/// The place that a name begins with, as far as can be told: its first two characters.
pub fn place_in_name(name: &str) -> String {
    name.chars().take(2).collect()
}

/// Places of both provinces, and those elsewhere at which bodies of universities sit.
static PLACES_IN_LETTERS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| places().map(|(_, stem)| stem).chain(ELSEWHERE).map(latin).collect());

/// Whether a text is a place of both provinces and nothing else.
fn is_place(text: &str) -> bool {
    places().any(|(name, stem)| text == name || text == stem)
}

fn begins_with_place(text: &str) -> bool {
    places().any(|(_, stem)| text.starts_with(stem) && stem.chars().nth(1).is_some())
        || ELSEWHERE.iter().any(|place| text.starts_with(place))
}

/// Places elsewhere at which bodies of universities of both provinces sit, and the short names of provinces.
const ELSEWHERE: [&str; 44] = [
    "北京",
    "上海",
    "天津",
    "深圳",
    "广州",
    "青岛",
    "厦门",
    "苏州",
    "宁波",
    "中山",
    "溧阳",
    "广东",
    "江苏",
    "浙江",
    "福建",
    "山东",
    "海南",
    "云南",
    "贵州",
    "西藏",
    "陕西",
    "湖北",
    "湖南",
    "河南",
    "河北",
    "安徽",
    "江西",
    "广西",
    "香港",
    "海口",
    "珠海",
    "无锡",
    "威海",
    "峨眉",
    "南京",
    "杭州",
    "武汉",
    "西安",
    "昆明",
    "贵阳",
    "嘉兴",
    "东莞",
    "佛山",
    "克拉玛依",
];

/// The divisions of both provinces: their names, and these without what kind of place it is.
fn places() -> impl Iterator<Item = (&'static str, &'static str)> {
    let entries = vocabulary("divisions").into_iter().flat_map(|divisions| &divisions.entries);
    entries.filter(|entry| entry.attribute("level") != Some("group")).map(|entry| (entry.zh.as_str(), stem(&entry.zh)))
}

fn stem(name: &str) -> &str {
    name.strip_suffix(['省', '市', '区', '县']).filter(|stem| stem.chars().nth(1).is_some()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_part_of_it_and_a_hospital_is_not() {
        let seats = seats("510104");
        for (piece, side, kind, rest) in [
            ("光电工程学院", Side::After, "university", Rest::Part),
            ("锦城学院", Side::After, "university", Rest::Other),
            ("锦城学院计算机系", Side::After, "university", Rest::Other),
            ("附属第二医院感染科", Side::After, "university", Rest::Other),
            ("生就业服务中心", Side::After, "university", Rest::Other),
            ("生命科学学院", Side::After, "university", Rest::Part),
            ("城建设指挥部", Side::After, "university", Rest::Other),
            ("职业学院", Side::After, "university", Rest::Other),
            ("（荣昌校区）", Side::After, "university", Rest::Part),
            ("重庆创新中心", Side::After, "university", Rest::Other),
            ("放射科", Side::After, "hospital", Rest::Part),
            ("物理研究所", Side::After, "research_institute", Rest::Unknown),
            ("国家授时中心", Side::After, "research_institute", Rest::Unknown),
            ("技术中心", Side::After, "enterprise", Rest::Part),
            ("中核集团", Side::Before, "research_institute", Rest::Nothing),
            ("（原", Side::After, "university", Rest::Nothing),
            ("成都", Side::After, "university", Rest::Nothing),
            ("四川省", Side::Before, "university", Rest::Nothing),
            ("绵阳", Side::Before, "hospital", Rest::Other),
            ("中国", Side::Before, "enterprise", Rest::Unknown),
            ("与", Side::After, "university", Rest::Other),
            ("School of Optics", Side::Before, "university", Rest::Part),
            ("Coll Food Sci", Side::Before, "university", Rest::Part),
            ("West China School of Pharmacy", Side::Before, "university", Rest::Part),
            ("Hope College", Side::Before, "university", Rest::Unknown),
            ("Zhongshan Institute", Side::Before, "university", Rest::Other),
            ("Keysight Technologies", Side::Before, "university", Rest::Unknown),
            ("Huawei", Side::After, "university", Rest::Unknown),
            ("Chongqing", Side::After, "university", Rest::Unknown),
            ("Chongqing Innovat Ctr", Side::After, "university", Rest::Unknown),
            ("Innovat Ctr", Side::After, "university", Rest::Part),
            ("Key Lab Mt Hazards", Side::After, "research_institute", Rest::Unknown),
            ("珠海学院", Side::After, "university", Rest::Other),
            ("驻重庆工作站", Side::After, "government", Rest::Other),
            (", Chengdu 610065, ", Side::After, "university", Rest::Nothing),
            ("Peoples R China", Side::After, "university", Rest::Nothing),
        ] {
            assert_eq!(Rest::of(piece, side, kind, &seats), rest, "{piece}");
        }
    }
}
