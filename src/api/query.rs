//! Query parameters, read strictly: what the service does not understand it refuses, so that a misspelt filter never
//! answers with everything. Used by every list and by every endpoint that takes parameters.
//!
//! Refused with 400, all faults at once, by [`Query::finish`]: broken percent-encoding, text that is not UTF-8, control
//! characters, a parameter given twice, a value that does not fit, and every name that was not taken.

use std::cell::RefCell;

use actix_web::HttpRequest;

use crate::db::Moment;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::guess::closest;

const MOST_PARAMETERS: usize = 64;
const LONGEST_QUERY: usize = 8 * 1024;

/// Maximum number of values of a parameter that takes several, unless the document says otherwise.
pub const MOST_VALUES: usize = 50;

/// The longest value of a parameter that takes texts, in characters.
pub const LONGEST_VALUE: usize = 200;

/// The longest instant: a year, nine digits of a second and an offset need 35.
const LONGEST_MOMENT: usize = 40;

/// Maximum number of faults reported of one query.
const MOST_FAULTS: usize = 200;

/// The parameters of one request. Take what is known, then [`finish`](Query::finish): only then counts what was taken.
#[derive(Debug, Default)]
pub struct Query {
    pairs: RefCell<Vec<(String, String)>>,
    faults: RefCell<Vec<Fault>>,
}

impl Query {
    /// Reads the parameters of a request.
    pub fn of(request: &HttpRequest) -> Outcome<Query> {
        Query::parse(request.query_string())
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
                Ok((name, _)) if pairs.iter().any(|(known, _)| *known == name) => {
                    faults.push(Fault::parameter(name, "repeated-parameter"));
                }
                Ok(pair) => pairs.push(pair),
            }
            if pairs.len() + faults.len() > MOST_PARAMETERS {
                let fault = Fault::parameter(shown(name), "too-many-items").arg("limit", MOST_PARAMETERS);
                return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
            }
        }
        Ok(Query { pairs: RefCell::new(pairs), faults: RefCell::new(faults) })
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

    /// The value of a parameter, which then counts as known.
    pub fn take(&self, name: &str) -> Option<String> {
        let mut pairs = self.pairs.borrow_mut();
        let place = pairs.iter().position(|(known, _)| known == name)?;
        Some(pairs.swap_remove(place).1)
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
                Ok(number) if is_integer && (min..=max).contains(&number) => return Ok(number),
                Ok(number) if is_integer && number < min => fault("minimum").arg("limit", min),
                Ok(_) if is_integer => fault("maximum").arg("limit", max),
                _ => fault("wrong-type").arg("expected", "integer"),
            })
        })
    }

    /// A moment, RFC 3339.
    pub fn take_moment(&self, name: &str) -> Option<Moment> {
        self.take_as(name, |text| {
            let moment = text.parse().ok().filter(|_| text.len() <= LONGEST_MOMENT);
            moment.ok_or_else(|| Fault::parameter(name, "date-time"))
        })
    }

    /// One word of a list; any other is refused with a suggestion.
    pub fn take_word(&self, name: &str, known: &[&str]) -> Option<String> {
        self.take_as(name, |word| check_word(name, word, known).map(|()| word.to_owned()))
    }

    /// Words of a list, separated by commas.
    pub fn take_words(&self, name: &str, known: &[&str]) -> Option<Vec<String>> {
        let words = self.take_list(name, MOST_VALUES)?;
        self.refuse_all(words.iter().filter_map(|word| check_word(name, word, known).err()));
        Some(words)
    }

    /// Records faults lazily: none are made once the limit is reached.
    pub fn refuse_all(&self, faults: impl Iterator<Item = Fault>) {
        faults.take(MOST_FAULTS).for_each(|fault| self.refuse(fault));
    }

    /// At most `most` values separated by commas, each once and none of them empty.
    pub fn take_list(&self, name: &str, most: usize) -> Option<Vec<String>> {
        let values: Vec<String> = self.take(name)?.split(',').map(str::to_owned).collect();
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
        Some(values)
    }

    /// [`Query::take_list`] of texts, which have a bound.
    pub fn take_texts(&self, name: &str) -> Option<Vec<String>> {
        let values = self.take_list(name, MOST_VALUES)?;
        let long = values.iter().filter(|value| value.chars().count() > LONGEST_VALUE);
        self.refuse_all(long.map(|_| Fault::parameter(name, "too-long").arg("limit", LONGEST_VALUE)));
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
            faults.extend(pairs.iter().map(|(name, _)| {
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
        let code = |text: &str| faults(Query::parse(text).and_then(|query| query.finish(&["a"])))[0].0;
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
        let query = Query::parse("provnce=510000&zzzzzz=1&Sort=x").unwrap();
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
        assert_eq!(told, ["repeated-parameter", "format", "minimum", "not-in-list", "unknown-parameter"]);
        assert_eq!(problem.code(), Code::UnknownParameter);
        let query = Query::parse("limit=0").unwrap();
        query.take_int("limit", 1, 200);
        assert_eq!(query.finish(&[]).unwrap_err().code(), Code::InvalidParameter);
    }

    #[test]
    fn lists_have_the_limits_that_the_document_gives() {
        let list = |text: &str| {
            let query = Query::parse(&format!("n={text}")).unwrap();
            query.take_texts("n");
            query.finish(&["n"])
        };
        let many = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        assert!(list(&many(50)).is_ok() && list(&"a".repeat(200)).is_ok());
        let code = |text: &str| faults(list(text))[0].0;
        assert_eq!(code(&many(51)), "too-many-items");
        assert_eq!(code("a,b,a"), "duplicate-items");
        assert_eq!([code(""), code("a,"), code("a,,b")], ["too-short"; 3]);
        assert_eq!(code(&"长".repeat(201)), "too-long");
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
        fn no_query_panics(text in "\\PC{0,60}|[%+&=0-9A-Fa-f]{0,60}") {
            if let Ok(query) = Query::parse(&text) {
                let _ = query.take_int("a", 0, 9);
                let _ = query.finish(&["abc", "de"]);
            }
        }
    }
}
