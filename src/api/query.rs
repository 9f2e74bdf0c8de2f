//! Query parameters, read strictly: what the service does not understand it refuses, so that a misspelt filter never
//! answers with everything. Used by every list and by every endpoint that takes parameters.
//!
//! Refused with 400, all faults at once, by [`Query::finish`]: broken percent-encoding, text that is not UTF-8, control
//! characters, a parameter of one value given twice, a value that does not fit, and every name that was not taken.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::HttpRequest;

use super::restores::Restores;
use crate::db::Moment;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::guess::closest;

const MOST_PARAMETERS: usize = 64;
const LONGEST_QUERY: usize = 8 * 1024;

/// Maximum number of values of a parameter that takes several, unless the document says otherwise.
pub const MOST_VALUES: usize = 50;

/// The longest value of a parameter that takes texts, in characters.
pub const LONGEST_VALUE: usize = 200;

/// The greatest integer that every reader of JSON keeps exactly: 2⁵³ − 1 (RFC 8259 §6). No number of the service is greater.
pub const GREATEST: i64 = 9_007_199_254_740_991;

/// The longest instant: a year, nine digits of a second and an offset need 35.
const LONGEST_MOMENT: usize = 40;

/// Maximum number of faults reported of one query.
const MOST_FAULTS: usize = 200;

/// The parameters of one request. Take what is known, then [`finish`](Query::finish): only then counts what was taken.
#[derive(Debug, Default)]
pub struct Query {
    /// Everything that was given, decoded.
    given: Vec<(String, String)>,
    /// What was not taken yet.
    pairs: RefCell<Vec<(String, String)>>,
    /// What was taken, in one spelling: two queries that mean the same have the same.
    meant: RefCell<BTreeMap<String, String>>,
    faults: RefCell<Vec<Fault>>,
    restores: i64,
}

impl Query {
    /// Reads the parameters of a request.
    pub fn of(request: &HttpRequest) -> Outcome<Query> {
        let query = Query::parse(request.query_string())?;
        Ok(Query { restores: Restores::of(request), ..query })
    }

    /// Reads a query string; `+` is a space. Refused at once: one that is too long, and more than 64 parameters.
    pub fn parse(text: &str) -> Outcome<Query> {
        if text.is_empty() {
            return Ok(Query::default());
        }
        if text.len() > LONGEST_QUERY {
            return Err(Problem::new(Code::UriTooLong).arg("limit", LONGEST_QUERY));
        }
        let (mut pairs, mut faults) = (Vec::<(String, String)>::new(), Vec::new());
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match read(name).and_then(|decoded| Ok((decoded, read(value)?))) {
                Err(code) => faults.push(Fault::parameter(shown(name), code)),
                Ok(pair) => pairs.push(pair),
            }
            if pairs.len() + faults.len() > MOST_PARAMETERS {
                let fault = Fault::parameter(shown(name), "too-many-items").arg("limit", MOST_PARAMETERS);
                return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
            }
        }
        let (given, meant) = (pairs.clone(), RefCell::default());
        Ok(Query { given, pairs: RefCell::new(pairs), meant, faults: RefCell::new(faults), restores: 0 })
    }

    /// The number of restores of the register that cursors of this query must be of.
    pub fn restores(&self) -> i64 {
        self.restores
    }

    /// Records a fault, to be reported by [`Query::finish`].
    pub fn refuse(&self, fault: Fault) {
        if !self.is_full() {
            self.faults.borrow_mut().push(fault);
        }
    }

    /// Whether the limit of faults is reached.
    fn is_full(&self) -> bool {
        self.faults.borrow().len() >= MOST_FAULTS
    }

    /// The value of a parameter, which then counts as known; refused when it is given twice.
    pub fn take(&self, name: &str) -> Option<String> {
        let mut values = self.take_all(name).into_iter();
        let value = values.next()?;
        if values.next().is_some() {
            self.refuse(Fault::parameter(name, "repeated-parameter"));
        }
        self.note(name, &value);
        Some(value)
    }

    /// Every value of a parameter that may be repeated.
    fn take_all(&self, name: &str) -> Vec<String> {
        let mut pairs = self.pairs.borrow_mut();
        if !pairs.iter().any(|(known, _)| known == name) {
            return Vec::new();
        }
        let (taken, rest) = pairs.drain(..).partition(|(known, _)| known == name);
        *pairs = rest;
        Vec::into_iter(taken).map(|(_, value)| value).collect()
    }

    /// The words of a parameter, in the order in which they were given: separated by commas, repeated, or both.
    pub fn take_joined(&self, name: &str) -> Option<String> {
        let values = self.take_all(name);
        let joined = (!values.is_empty()).then(|| values.join(","))?;
        self.note(name, &joined);
        Some(joined)
    }

    /// Says in one spelling what a parameter means.
    pub fn note(&self, name: &str, meaning: &str) {
        self.note_all(name, &[meaning]);
    }

    /// The same of several values. Two different queries never mean the same: what separates values and parameters is escaped in
    /// them.
    fn note_all(&self, name: &str, meanings: &[&str]) {
        let escaped = |text: &&str| text.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n");
        let meant = meanings.iter().map(escaped).collect::<Vec<_>>().join("\t");
        self.meant.borrow_mut().insert(name.to_owned(), meant);
    }

    /// What was taken, in one spelling and order, without the parameters named.
    pub fn meaning(&self, without: &[&str]) -> String {
        let meant = self.meant.borrow();
        let counted = meant.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        counted.map(|(name, value)| format!("{name}={value}\n")).collect()
    }

    /// All that was given, written as a query string again, without one parameter.
    pub fn written_without(&self, left_out: &str) -> String {
        let kept = self.given.iter().filter(|(name, _)| name != left_out);
        kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
    }

    /// What was given and not yet taken, as it was sent.
    pub fn left(&self) -> Vec<(String, String)> {
        self.pairs.borrow().clone()
    }

    /// Whether a parameter was given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.borrow().iter().any(|(known, _)| known == name)
    }

    /// The value of a parameter, read by `read`; `None` when it is absent or refused.
    pub fn take_as<T>(&self, name: &str, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        read(&self.take(name)?).map_err(|fault| self.refuse(fault)).ok()
    }

    /// `true` or `false`.
    pub fn take_bool(&self, name: &str) -> Option<bool> {
        self.take_as(name, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(not_in_list(name, text, "true, false", None)),
        })
    }

    /// A decimal integer between `min` and `max`, both included.
    pub fn take_int(&self, name: &str, min: i64, max: i64) -> Option<i64> {
        self.take_as(name, |text| {
            let is_integer = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
            let fault = |code| Fault::parameter(name, code);
            Err(match text.parse::<i64>() {
                Ok(number) if is_integer && (min..=max).contains(&number) => {
                    self.note(name, &number.to_string());
                    return Ok(number);
                }
                Ok(number) if is_integer && number < min => fault("minimum").arg("limit", min),
                Ok(_) if is_integer => fault("maximum").arg("limit", max),
                _ => fault("wrong-type").arg("expected", "integer"),
            })
        })
    }

    /// A share of one, from 0 to 1 with at most two places, in hundredths.
    pub fn take_share(&self, name: &str) -> Option<u8> {
        let share = self.take_as(name, |text| hundredths(text).ok_or_else(|| Fault::parameter(name, "share-shape")))?;
        self.note(name, &share.to_string());
        Some(share)
    }

    /// A moment, RFC 3339, also as generated clients write it (`moment`).
    pub fn take_moment(&self, name: &str) -> Option<Moment> {
        let read = |text: &str| moment(text).ok_or_else(|| Fault::parameter(name, "date-time"));
        let moment = self.take_as(name, read)?;
        self.note(name, &moment.to_string());
        Some(moment)
    }

    /// One word of a list; any other is refused with a suggestion.
    pub fn take_word(&self, name: &str, known: &[&str]) -> Option<String> {
        self.take_as(name, |word| check_word(name, word, known).map(|()| word.to_owned()))
    }

    /// Words of a list, separated by commas or repeated.
    pub fn take_words(&self, name: &str, known: &[&str]) -> Option<Vec<String>> {
        let words = self.take_list(name, MOST_VALUES)?;
        self.refuse_all(words.iter().filter_map(|word| check_word(name, word, known).err()));
        Some(words)
    }

    /// Records faults lazily: none are made once the limit is reached.
    pub fn refuse_all(&self, faults: impl Iterator<Item = Fault>) {
        faults.take(MOST_FAULTS).for_each(|fault| self.refuse(fault));
    }

    /// At most `most` values, each once, none of them empty or too long: separated by commas, the parameter repeated, or both.
    pub fn take_list(&self, name: &str, most: usize) -> Option<Vec<String>> {
        let given = self.take_all(name);
        let values = given.iter().flat_map(|value| value.split(',')).map(str::to_owned).collect();
        self.checked(name, values, most)
    }

    /// The same of texts that may have commas in them: only a repeated parameter gives several.
    pub fn take_texts(&self, name: &str) -> Option<Vec<String>> {
        self.checked(name, self.take_all(name), MOST_VALUES)
    }

    fn checked(&self, name: &str, values: Vec<String>, most: usize) -> Option<Vec<String>> {
        if values.is_empty() {
            return None;
        }
        let fault = |code| Fault::parameter(name, code);
        if values.len() > most {
            self.refuse(fault("too-many-items").arg("limit", most));
            return None;
        }
        if (1..values.len()).any(|place| values[..place].contains(&values[place])) {
            self.refuse(fault("duplicate-items"));
        }
        if values.iter().any(String::is_empty) {
            self.refuse(fault("too-short").arg("limit", 1));
            return None;
        }
        let long = values.iter().filter(|value| value.chars().count() > LONGEST_VALUE);
        self.refuse_all(long.map(|_| fault("too-long").arg("limit", LONGEST_VALUE)));
        let mut sorted: Vec<&str> = values.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        self.note_all(name, &sorted);
        Some(values)
    }

    /// Whether the name of a parameter that was not taken yet begins with `start`.
    pub fn has_names_from(&self, start: &str) -> bool {
        self.pairs.borrow().iter().any(|(name, _)| name.starts_with(start))
    }

    /// Refuses every parameter that was not taken, each with a suggestion, and reports every fault.
    pub fn finish(&self, known: &[&str]) -> Outcome<()> {
        self.finish_or_guess(|| known.to_vec())
    }

    /// [`Query::finish`] with names that are made only when they are needed.
    pub fn finish_or_guess<N: AsRef<str>>(&self, known: impl FnOnce() -> Vec<N>) -> Outcome<()> {
        let pairs = self.pairs.borrow();
        let mut faults = self.faults.take();
        if !pairs.is_empty() {
            let known = known();
            let repeated = |place: usize, name: &str| pairs[..place].iter().any(|(before, _)| before == name);
            let names = pairs.iter().enumerate().map(|(place, (name, _))| (place, name));
            faults.extend(names.filter(|(place, name)| !repeated(*place, name)).map(|(_, name)| {
                let guess = closest(name, known.iter().map(AsRef::as_ref));
                Fault::parameter(name, "unknown-parameter").did_you_mean(guess)
            }));
        }
        if faults.is_empty() {
            return Ok(());
        }
        let unknown = faults.iter().any(|fault| UNKNOWN.contains(&fault.code));
        Err(Problem::of_faults(if unknown { Code::UnknownParameter } else { Code::InvalidParameter }, faults))
    }
}

/// Faults of a name, or of a value outside its list.
const UNKNOWN: [&str; 4] = ["unknown-parameter", "not-in-list", "unknown-field", "unknown-code"];

fn check_word(name: &str, word: &str, known: &[&str]) -> Result<(), Fault> {
    match known.contains(&word) {
        true => Ok(()),
        false => Err(not_in_list(name, word, &known.join(", "), closest(word, known.iter().copied()))),
    }
}

/// The fault of a value that is not in its list; with the vocabulary as the argument `list`, where there is one, the
/// codes are shown with their labels.
pub fn not_in_list(name: &str, value: &str, allowed: &str, guess: Option<&str>) -> Fault {
    let fault = Fault::parameter(name, "not-in-list").arg("value", shown(value)).arg("list", "");
    fault.arg("allowed", allowed).did_you_mean(guess)
}

fn read(raw: &str) -> Result<String, &'static str> {
    let text = decode(raw, true)?;
    if text.contains('\0') {
        return Err("nul-character");
    }
    if text.chars().any(char::is_control) { Err("control-character") } else { Ok(text) }
}

/// A name or value shortened for a fault; it may be one that could not be decoded.
pub fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// A share of one with at most two places, in hundredths: `0.5` is 50.
pub fn hundredths(text: &str) -> Option<u8> {
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, part),
        Some(_) => return None,
        None => (text, ""),
    };
    let part =
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{part:0<2}").parse::<u8>().ok()).flatten()?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(100),
        _ => None,
    }
}

/// A moment as RFC 3339 has it (`2026-03-01T00:00:00+08:00`), and in the spellings of generated clients: the offset without a
/// colon (`+0800`), a blank for `T` and before the offset (`2026-03-01 00:00:00 +08:00`), `UTC` for `Z`, and a blank where the
/// `+` of the offset was not encoded. Digits of a second beyond the third count for nothing.
fn moment(text: &str) -> Option<Moment> {
    if text.len() > LONGEST_MOMENT || !text.is_ascii() {
        return None;
    }
    let (day, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let end = time.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(time.len());
    let (time, offset) = time.split_at(end);
    let blank = offset.starts_with(' ');
    let offset: Cow<str> = match offset.trim_start_matches(' ') {
        "Z" | "z" | "UTC" => "Z".into(),
        bare if blank && bare.starts_with(|c: char| c.is_ascii_digit()) => format!("+{bare}").into(),
        offset => offset.into(),
    };
    let offset: Cow<str> = match offset.as_bytes() {
        [b'+' | b'-', digits @ ..] if digits.len() == 4 => format!("{}:{}", &offset[..3], &offset[3..]).into(),
        _ => offset,
    };
    format!("{day}T{time}{offset}").parse().ok()
}

/// `text` percent-encoded for a query string, but for commas and colons, which need no encoding there.
pub fn encoded(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' | b':' => {
                written.push(byte.into())
            }
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// Percent-decodes `raw` as UTF-8, or returns the fault: `format` for a broken escape, `invalid-utf8`.
pub(super) fn decode(raw: &str, plus_is_space: bool) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit().ok_or("format")?, digit().ok_or("format")?);
                u8::try_from(high * 16 + low).map_err(|_| "format")?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| "invalid-utf8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults(result: Outcome<impl std::fmt::Debug>) -> Vec<(&'static str, Option<String>)> {
        let problem = result.expect_err("a problem");
        problem.said().faults.iter().map(|fault| (fault.code, fault.did_you_mean.clone())).collect()
    }

    #[test]
    fn parameters_are_decoded_and_taken_once() {
        let query = Query::parse("q=%E9%87%8D%E5%BA%86+x&limit=5&open=true&flag").unwrap();
        assert_eq!(query.take("q").as_deref(), Some("重庆 x"));
        assert_eq!(query.take("q"), None);
        assert_eq!(query.take_int("limit", 1, 200), Some(5));
        assert_eq!(query.take_bool("open"), Some(true));
        assert_eq!(query.take("flag").as_deref(), Some(""));
        assert!(query.finish(&[]).is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let code = |text: &str| {
            let finish = |query: Query| {
                query.take("a");
                query.finish(&["a"])
            };
            faults(Query::parse(text).and_then(finish))[0].0
        };
        assert_eq!(code("a=1&a=2"), "repeated-parameter");
        assert_eq!(code("a=%GG"), "format");
        assert_eq!(code("a=%+1"), "format");
        assert_eq!(code("a=%"), "format");
        assert_eq!(code("a=%FF"), "invalid-utf8");
        assert_eq!(code("a=%00"), "nul-character");
        assert_eq!(code("a%0A=1"), "control-character");
        let many = (0..65).map(|n| format!("p{n}=1&")).collect::<String>();
        assert_eq!(code(&many), "too-many-items");
        assert_eq!(Query::parse(&"a".repeat(9000)).unwrap_err().code(), Code::UriTooLong);
    }

    #[test]
    fn numbers_have_one_form_and_bounds() {
        let int = |text: &str| {
            let query = Query::parse(text).unwrap();
            assert_eq!(query.take_int("n", 1, 200), None);
            query.finish(&["n"])
        };
        assert_eq!(faults(int("n=0"))[0].0, "minimum");
        assert_eq!(faults(int("n=201"))[0].0, "maximum");
        for text in ["n=%2B5", "n=", "n=5.0", "n=99999999999999999999", "n=-", "n=x"] {
            assert_eq!(faults(int(text))[0].0, "wrong-type", "{text}");
        }
    }

    #[test]
    fn every_unknown_name_is_reported_with_a_guess() {
        let query = Query::parse("provnce=510000&zzzzzz=1&Sort=x&zzzzzz=2").unwrap();
        let mut found = faults(query.finish(&["province", "sort", "q"]));
        found.sort();
        let expected = [None, Some("province".to_owned()), Some("sort".to_owned())];
        assert_eq!(found, expected.map(|guess| ("unknown-parameter", guess)));
    }

    #[test]
    fn all_faults_of_a_query_are_told_at_once() {
        let query = Query::parse("limit=0&open=maybe&sort=x&sort=y&provnce=1&side=%GG").unwrap();
        query.take_int("limit", 1, 200);
        query.take_bool("open");
        query.take("sort");
        let problem = query.finish(&["province", "side"]).unwrap_err();
        let told: Vec<&str> = problem.said().faults.iter().map(|fault| fault.code).collect();
        assert_eq!(told, ["format", "minimum", "not-in-list", "repeated-parameter", "unknown-parameter"]);
        assert_eq!(problem.code(), Code::UnknownParameter);
        let query = Query::parse("limit=0").unwrap();
        query.take_int("limit", 1, 200);
        assert_eq!(query.finish(&[]).unwrap_err().code(), Code::InvalidParameter);
    }

    #[test]
    fn lists_have_the_limits_that_the_document_gives() {
        let list = |text: &str, texts: bool| {
            let query = Query::parse(&format!("n={text}")).unwrap();
            let taken = if texts { query.take_texts("n") } else { query.take_list("n", MOST_VALUES) };
            query.finish(&["n"]).map(|()| taken.unwrap_or_default())
        };
        let many = |count: usize, separator: &str| {
            (0..count).map(|number| number.to_string()).collect::<Vec<_>>().join(separator)
        };
        assert_eq!(list(&many(50, ","), false).unwrap(), list(&many(50, "&n="), false).unwrap());
        assert_eq!(list("a,b&n=c", false).unwrap(), ["a", "b", "c"]);
        assert_eq!(list("a,b&n=c", true).unwrap(), ["a,b", "c"], "a comma is part of a text");
        assert!(list(&"a".repeat(200), true).is_ok());
        let code = |text: &str, texts| faults(list(text, texts))[0].0;
        assert_eq!([code(&many(51, ","), false), code(&many(51, "&n="), true)], ["too-many-items"; 2]);
        assert_eq!([code("a,b,a", false), code("a,b&n=a", false), code("a&n=a", true)], ["duplicate-items"; 3]);
        assert_eq!([code("", true), code("a,", false), code("a,,b", false), code("a&n=", true)], ["too-short"; 4]);
        assert_eq!(code(&"长".repeat(201), true), "too-long");
    }

    #[test]
    fn moments_are_read_as_generated_clients_write_them() {
        let at = |text: &str| {
            let query = Query::parse(&format!("at={text}")).unwrap();
            let moment = query.take_moment("at");
            query.finish(&["at"]).ok().and(moment).map(|moment| moment.to_string())
        };
        for same in [
            "2026-03-01T08:00:00.123%2B08:00",
            "2026-03-01T08:00:00.123%2B0800",
            "2026-03-01T08:00:00.123+0800",
            "2026-03-01T08:00:00.123+08:00",
            "2026-03-01T08:00:00.123456%2B0800",
            "2026-03-01T08:00:00.123456789%2B08:00",
            "2026-03-01+08:00:00.123++08:00",
            "2026-03-01%2008:00:00.123%20%2B08:00",
            "2026-03-01%2008:00:00.123999+08:00",
            "2026-03-01+00:00:00.123Z",
            "2026-03-01%2000:00:00.123456%20UTC",
            "2026-02-28T19:00:00.123-0500",
            "2026-02-28%2019:00:00.123%20-05:00",
            "2026-03-01t00:00:00.123z",
        ] {
            assert_eq!(at(same).as_deref(), Some("2026-03-01T00:00:00.123Z"), "{same}");
        }
        for wrong in [
            "",
            "2026-03-01",
            "2026-03-01T00:00:00",
            "2026-03-01T00:00:00+",
            "2026-03-01T00:00:00+8",
            "2026-03-01T00:00:00+080",
            "2026-03-01T00:00:00%2B08000",
            "2026-03-01TT00:00:00Z",
            "2026-03-01T00:00:00ZZ",
            "2026-03-01T24:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-03-01T00:00:00.Z",
            "2026-03-01T00:00:00%2B25:00",
            "2026年3月1日00:00",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_means_the_same_is_noted_alike_and_what_was_given_is_written_again() {
        let meaning = |text: &str| {
            let query = Query::parse(text).unwrap();
            query.take_list("code", 9);
            query.take_texts("maker");
            query.take_moment("at");
            query.take_int("limit", 1, 9);
            query.meaning(&["limit"])
        };
        let one = meaning("code=b,a&maker=A%2CB&at=2026-03-01T00:00:00Z&limit=5");
        assert_eq!(meaning("limit=7&maker=A,B&at=2026-03-01+08:00:00+0800&code=a&code=b"), one);
        assert_ne!(meaning("code=b,a&maker=A&maker=B&at=2026-03-01T00:00:00Z"), one);
        let query = Query::parse("maker=A%2CB+%26+C&cursor=x&limit=5&%63ursor=y&code=%E9%87%8D").unwrap();
        assert_eq!(query.written_without("cursor"), "maker=A,B%20%26%20C&limit=5&code=%E9%87%8D");
    }

    #[test]
    fn the_first_words_of_a_name_mean_the_shortest_that_begins_with_them() {
        let names = ["revision", "division_registered", "division_located", "decision"];
        assert_eq!(closest("division", names), Some("division_located"));
        assert_eq!(closest("revison", names), Some("revision"));
        assert_eq!(closest("div", ["div_a"]), None);
    }

    proptest! {
        #[test]
        fn a_query_is_written_as_it_was_read(values in proptest::collection::vec("[^\\p{Cc}]{0,8}", 0..5)) {
            let pairs: Vec<String> = values.iter().map(|value| format!("{}={}", encoded("名 n"), encoded(value))).collect();
            let query = Query::parse(&pairs.join("&")).unwrap();
            prop_assert_eq!(query.take_all("名 n"), values);
            prop_assert_eq!(query.written_without(""), pairs.join("&"));
        }

        #[test]
        fn no_query_panics(text in "\\PC{0,60}|[%+&=0-9A-Fa-f]{0,60}") {
            if let Ok(query) = Query::parse(&text) {
                let _ = query.take_int("a", 0, 9);
                let _ = query.finish(&["abc", "de"]);
            }
        }
    }
}
