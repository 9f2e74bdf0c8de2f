//! Reads the quantities that stand in the words of a policy or report: `力争产生3项`, `超过4.8万家`, `百分之十二以上`, `万亿级`.
//!
//! A number is one in digits, with 万 or 亿 and decimals; 百分之 with a numeral; or an order of magnitude (数十, 万亿级). Other numerals in
//! characters are not read. Which words say which relation to it stands in `wordings`. What only looks like a quantity (`第3批`, `2027年`, `C919`) is left out;
//! what is one but not of a single number (`5—10家`, `2.5个百分点`) is read as unclear: no comparators.

use super::wordings::{self, Side};
use super::{Decimal, Quantity};

/// A quantity that words say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub value: Decimal,
    /// The unit, where the words have one that counts or measures one thing only.
    pub unit: Option<&'static str>,
    /// What the words say of the relation: usually one, `eq` where nothing is said, none where it is unclear.
    pub comparators: Vec<&'static str>,
    /// What words before say that other words keep from the number: 至少建成10个. They may be about it or not.
    pub perhaps: Option<&'static str>,
    /// Whether a word stands at the number, so that it certainly says a relation.
    pub is_said: bool,
    /// The step in which the number is printed, where that is more than one: 100 for 1.27万, 0.1 for 5.5%.
    pub precision: Option<Decimal>,
    pub commitment: &'static str,
}

/// Words after a number and the unit that they are, where it is one of ours.
const UNITS: [(&str, &str); 24] = [
    ("台(套)", "set"),
    ("台（套）", "set"),
    ("元", "CNY"),
    ("家", "enterprise"),
    ("台", "set"),
    ("套", "set"),
    ("个", "count"),
    ("项", "item"),
    ("人", "person"),
    ("名", "person"),
    ("所", ""),
    ("件", ""),
    ("次", ""),
    ("支", ""),
    ("位", ""),
    ("户", ""),
    ("篇", ""),
    ("批", ""),
    ("座", ""),
    ("条", ""),
    ("小时", ""),
    ("平方米", ""),
    ("公里", ""),
    ("吨", ""),
];

/// After a number: what makes it a date, an ordinal or a name, and no quantity.
const NO_QUANTITY: [&str; 11] = ["年", "月", "日", "期", "届", "后", "号", "条规", "时", "号文", "世纪"];

/// Between two numbers: what makes them a range.
const RANGE: &str = "—–-~～至到";

/// The quantities of a text, in their order.
pub fn read(text: &str) -> Vec<Reading> {
    let text: Vec<char> = closed_up(text.chars().map(plain).collect());
    let commitment = if wordings::aspired(&text.iter().collect::<String>()) { "aspired" } else { "committed" };
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match order(&text, at).or_else(|| percentage(&text, at)).or_else(|| digits(&text, at)) {
            Some(number) => {
                at = number.end;
                let is_range = found.last().is_some_and(|before| {
                    let between = &text[before.end..number.start];
                    matches!(between, [mark] if RANGE.contains(*mark)) || is_range(between)
                });
                match found.last_mut().filter(|_| is_range) {
                    Some(before) => (before.end, before.is_unclear) = (number.end, true),
                    None => found.push(number),
                }
            }
            None => at += 1,
        }
    }
    let mut starts: Vec<usize> = found.iter().map(|number| number.start).collect();
    starts.push(text.len());
    let quantities = found.into_iter().enumerate().filter(|(_, number)| number.is_quantity(&text));
    quantities.map(|(place, number)| number.reading(&text, starts[place + 1], commitment)).collect()
}

/// `个—` of 3个—5个: a unit, then what makes a range.
fn is_range(between: &[char]) -> bool {
    let Some((mark, unit)) = between.split_last() else { return false };
    let unit: String = unit.iter().collect();
    "—–-~～至".contains(*mark) && (unit == "%" || UNITS.iter().any(|(word, _)| *word == unit))
}

/// A number in its text.
struct Found {
    start: usize,
    end: usize,
    value: Option<Decimal>,
    precision: Option<Decimal>,
    /// Said by the number itself: an order of magnitude, or 余 inside it.
    comparators: Vec<&'static str>,
    is_percent: bool,
    is_unclear: bool,
}

impl Found {
    fn new(start: usize, end: usize, value: Option<Decimal>) -> Found {
        let (is_percent, is_unclear) = (false, value.is_none());
        Found { start, end, value, precision: None, comparators: Vec::new(), is_percent, is_unclear }
    }

    fn is_quantity(&self, text: &[char]) -> bool {
        let before = self.start.checked_sub(1).map(|at| text[at]).unwrap_or(' ');
        let behind: String = text[self.end..].iter().take(4).collect();
        let is_named = before == '第'
            || before == '+'
            || before.is_ascii_alphabetic()
            || behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '+');
        !is_named && !NO_QUANTITY.iter().any(|word| behind.starts_with(word))
    }

    /// `next`: where the next number begins.
    fn reading(self, text: &[char], next: usize, commitment: &'static str) -> Reading {
        let before: String = text[..self.start].iter().collect();
        let behind: String = text[self.end..next.max(self.end)].iter().collect();
        let rest = behind.trim_start_matches(['余', '多', '几']);
        let word = UNITS.iter().filter(|(word, _)| rest.starts_with(word)).max_by_key(|(word, _)| word.len());
        let after_unit = word.map_or(rest, |(word, _)| &rest[word.len()..]);
        let mut comparators = self.comparators;
        let perhaps = wordings::said(Side::Apart, clause(&before)).filter(|word| *word != "unclear");
        let before = wordings::said(Side::Before, &before);
        let after = wordings::said(Side::After, &behind);
        let behind_unit = wordings::said(Side::Behind, after_unit);
        let is_unclear = self.is_unclear
            || after_unit.starts_with("百分点")
            || [before, after, behind_unit].contains(&Some("unclear"));
        comparators.extend([before, after, behind_unit].into_iter().flatten());
        comparators.dedup();
        let is_said = !comparators.is_empty();
        if !is_said {
            comparators.push("eq");
        }
        if is_unclear {
            comparators.clear();
        }
        let unit =
            if self.is_percent { Some("percent") } else { word.map(|(_, unit)| *unit).filter(|unit| !unit.is_empty()) };
        let (value, precision) = (self.value.unwrap_or_default(), self.precision);
        Reading { value, unit, comparators, perhaps: perhaps.filter(|_| !is_said), is_said, precision, commitment }
    }
}

/// The end of a text behind its last mark or number: what may be about the number that follows.
fn clause(before: &str) -> &str {
    let ends = |c: char| "，。；、：！？,;:（）()".contains(c) || c.is_ascii_digit();
    before.rsplit(ends).next().unwrap_or(before)
}

/// Without the blanks that some set around numbers: 超过 100 家.
fn closed_up(text: Vec<char>) -> Vec<char> {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(char::is_ascii_alphabetic);
    let is_kept = |at: usize| !text[at].is_whitespace() || is_letter(at.checked_sub(1)) || is_letter(Some(at + 1));
    (0..text.len()).filter(|at| is_kept(*at)).map(|at| text[at]).collect()
}

/// A character in the width that the rules are written for.
fn plain(c: char) -> char {
    match c {
        '＞' => '>',
        '＜' => '<',
        '≧' => '≥',
        '≦' => '≤',
        '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        '％' => '%',
        '．' => '.',
        '＋' => '+',
        _ => c,
    }
}

/// Zeros that a word for a power of ten adds.
fn zeros(c: char) -> Option<u32> {
    match c {
        '十' => Some(1),
        '百' => Some(2),
        '千' => Some(3),
        '万' => Some(4),
        '亿' => Some(8),
        _ => None,
    }
}

/// The powers of ten that stand here (千万, 万亿), their zeros and where they end.
fn powers(text: &[char], from: usize) -> (u32, usize) {
    let (mut sum, mut at) = (0, from);
    while let Some(zeros) = text.get(at).copied().and_then(zeros) {
        (sum, at) = (sum + zeros, at + 1);
    }
    (sum, at)
}

/// 数十, 几百, 数千万: several times an order of magnitude; 万亿级, 千亿级: the order alone.
fn order(text: &[char], at: usize) -> Option<Found> {
    let before = at.checked_sub(1).map(|before| text[before]).unwrap_or(' ');
    // 参数, 总数, 人数 end words; a number before has its own powers of ten.
    if "参总人指系次函变整倍".contains(before)
        || before.is_ascii_digit()
        || is_numeral(before)
        || zeros(before).is_some()
    {
        return None;
    }
    let several = matches!(text[at], '数' | '几');
    let (zeros, end) = powers(text, at + usize::from(several));
    let is_class = text.get(end) == Some(&'级');
    // 省级 is no order of magnitude, nor is 十级.
    if zeros == 0 || several == is_class || (is_class && zeros < 4) {
        return None;
    }
    let mut found = Found::new(at, end + usize::from(is_class), Decimal::scaled(1, zeros as i32));
    found.comparators.push(if is_class { "class" } else { "tens" });
    Some(found)
}

/// 百分之十二点五, 百分之12.
fn percentage(text: &[char], at: usize) -> Option<Found> {
    let rest = text[at..].strip_prefix(&['百', '分', '之'])?;
    let from = at + 3;
    let mut found = match digits(text, from) {
        Some(found) => Found { start: at, ..found },
        None => {
            let length = rest.iter().take_while(|c| is_numeral(**c) || zeros(**c).is_some() || **c == '点').count();
            let numeral = &rest[..length];
            let point = numeral.iter().position(|c| *c == '点').unwrap_or(length);
            let places: Vec<i128> =
                numeral.get(point + 1..).unwrap_or_default().iter().filter_map(|c| digit(*c)).collect();
            let exponent = -i32::try_from(places.len()).ok()?;
            let number = places
                .iter()
                .try_fold(whole(&numeral[..point])?, |number, place| number.checked_mul(10)?.checked_add(*place));
            let mut found = Found::new(at, from + length, number.and_then(|number| Decimal::scaled(number, exponent)));
            found.precision = Decimal::scaled(1, exponent);
            found
        }
    };
    found.is_percent = true;
    found.precision = found.precision.or(Some(Decimal::ONE));
    Some(found)
}

fn digit(c: char) -> Option<i128> {
    "〇一二三四五六七八九".chars().position(|known| known == c).map(|digit| digit as i128).or(match c {
        '零' => Some(0),
        '两' => Some(2),
        _ => None,
    })
}

fn is_numeral(c: char) -> bool {
    digit(c).is_some()
}

/// A numeral below ten thousand: 十二, 一百零五.
fn whole(numeral: &[char]) -> Option<i128> {
    let (mut sum, mut last) = (0_i128, None);
    for c in numeral {
        match (digit(*c), zeros(*c).filter(|zeros| *zeros < 4)) {
            (Some(digit), _) => last = Some(digit),
            (_, Some(zeros)) => sum = sum.checked_add(last.take().unwrap_or(1) * 10_i128.pow(zeros))?,
            _ => return None,
        }
    }
    (!numeral.is_empty()).then_some(sum + last.unwrap_or_default())
}

/// 1.27万, 3,500, 10余万, 2万多亿, 5.5%, 1000亿级.
fn digits(text: &[char], at: usize) -> Option<Found> {
    let is_digit = |place: usize| text.get(place).is_some_and(char::is_ascii_digit);
    if !is_digit(at) {
        return None;
    }
    let (mut end, mut places, mut behind_point) = (at, 0_i32, false);
    let mut number = Some(0_i128);
    loop {
        let c = text.get(end).copied().unwrap_or_default();
        let three_follow = || (1..4).all(|step| is_digit(end + step)) && !is_digit(end + 4);
        match c {
            '0'..='9' => {
                let digit = i128::from(c as u32 - '0' as u32);
                number = number.and_then(|number| number.checked_mul(10)?.checked_add(digit));
                places += i32::from(behind_point);
            }
            '.' if !behind_point && is_digit(end + 1) => behind_point = true,
            ',' if !behind_point && three_follow() => {}
            _ => break,
        }
        end += 1;
    }
    let (mut sum, mut more) = (0, false);
    loop {
        let is_more =
            matches!(text.get(end), Some('余' | '多' | '几')) && text.get(end + 1).copied().and_then(zeros).is_some();
        let (zeros, after) = powers(text, end + usize::from(is_more));
        if zeros == 0 {
            break;
        }
        (sum, end, more) = (sum + zeros, after, more || is_more);
    }
    let is_mille = text.get(end) == Some(&'‰');
    places += i32::from(is_mille);
    let is_percent = is_mille || text.get(end) == Some(&'%');
    let is_class = sum > 0 && text.get(end) == Some(&'级');
    end += usize::from(is_percent || is_class);
    let exponent = i32::try_from(sum).ok()? - places;
    let value = number.and_then(|number| Decimal::scaled(number, exponent));
    let mut found = Found::new(at, end, value);
    found.is_percent = is_percent;
    found.precision = Decimal::scaled(1, exponent).filter(|_| sum > 0 || places > 0 || is_percent);
    match value {
        Some(value) if is_class && value.is_power_of_ten() => found.comparators.push("class"),
        _ if is_class => found.is_unclear = true,
        _ if more || text.get(end) == Some(&'几') => found.comparators.push("gt"),
        _ if text.get(end) == Some(&'来') => found.is_unclear = true,
        _ => {}
    }
    Some(found)
}

/// Whether a quotation and a quantity say the same.
#[derive(Debug, PartialEq, Eq)]
pub enum Agreement {
    Agrees,
    /// The number is printed in this step, and the quantity says another one, or none.
    OtherPrecision(Decimal),
    /// They may: the quotation has other numbers, or words that no table has.
    Unclear,
    /// The quotation has this number and no other, and its words say this relation to it.
    Contradicts(&'static str),
}

impl Agreement {
    pub fn of(quantity: &Quantity, quote: &str) -> Agreement {
        let readings = read(quote);
        let same: Vec<&Reading> = readings.iter().filter(|reading| reading.value == quantity.value).collect();
        let comparator = quantity.comparator.as_str();
        let says = |reading: &&&Reading| reading.comparators.contains(&comparator);
        let commitment = quantity.commitment.as_ref().map_or("committed", |word| word.as_str());
        let is_plain = |one: &&&Reading| one.is_said || one.perhaps.is_none();
        let said = same.iter().find(|one| says(one) && is_plain(one) && one.commitment == commitment);
        match (said, same.as_slice()) {
            (Some(said), _) => {
                let of_step = ["eq", "about"].contains(&comparator);
                match said.precision.filter(|step| of_step && quantity.precision != Some(*step)) {
                    Some(step) if !quantity.is_counted() || step > Decimal::ONE => Agreement::OtherPrecision(step),
                    _ => Agreement::Agrees,
                }
            }
            // Words of several numbers may belong to another: 达到1400家和8000家以上. Where no word stands at the number, there may be one
            // that no table has.
            (None, [only]) if readings.len() == 1 && only.is_said && !says(&only) => match only.comparators.first() {
                Some(word) => Agreement::Contradicts(word),
                None => Agreement::Unclear,
            },
            (None, [only]) if only.perhaps == Some(comparator) && only.commitment == commitment => Agreement::Agrees,
            _ => Agreement::Unclear,
        }
    }
}

#[cfg(test)]
mod tests;
