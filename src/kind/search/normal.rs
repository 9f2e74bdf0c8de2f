//! Texts as they are searched: one form for everything that people write differently and mean alike.
//!
//! A text is cut into *words*: a run of Chinese characters (or kana, bopomofo, hangul), or of letters and digits of any
//! other script. Runs that touch each other are one word (`5G联合`, and `5G 联合`, which is the same: some set a blank between
//! scripts); other blanks stand between words, and punctuation between *segments*: nothing that is written together is found
//! across it. Width, case and composition do not count (Unicode NFKC,
//! lower case), nor do characters without a shape.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::reference::characters::is_shapeless;

/// Around a run of letters and digits, where words begin and end. As punctuation they are never part of a run.
const OPENS: char = '<';
const CLOSES: char = '>';
/// Between words, and between segments.
const BLANK: char = ' ';
const MARK: char = '|';

/// A text in normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    /// Chinese runs as they are, others between `<` and `>`, ` ` where there were blanks, `|` where there was punctuation:
    /// `川渝<c919>大型客机|<5g> <ai>`.
    pub text: String,
    /// For every character of `text` the code points of the original that it comes from.
    places: Vec<Range<u32>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Chinese,
    Letter,
    Blank,
    Mark,
}

impl Normal {
    pub fn of(original: &str) -> Normal {
        let mut normal = Normal::default();
        let mut writing = Writing { normal: &mut normal, between: None, in_run: false };
        let mut chars = original.chars().enumerate().filter(|(_, c)| !is_shapeless(*c)).peekable();
        while let Some((from, first)) = chars.next() {
            if is_plain(first) && chars.peek().is_none_or(|(_, next)| is_plain(*next)) {
                writing.add(first.to_ascii_lowercase(), from as u32..from as u32 + 1);
                continue;
            }
            // A character and the marks that combine with it become one where Unicode has one.
            let mut cluster = String::from(first);
            let mut to = from;
            while let Some((at, next)) = chars.next_if(|(_, next)| joins(first, *next)) {
                cluster.push(next);
                to = at;
            }
            let place = from as u32..to as u32 + 1;
            for c in cluster.nfkc().flat_map(char::to_lowercase) {
                writing.add(c, place.clone());
            }
        }
        writing.close();
        normal
    }

    /// The form without the end of its last word: what is found at the beginning of a longer one.
    pub fn open(&self) -> &str {
        open(&self.text)
    }

    /// The characters of its runs, each with the code points of the original that it comes from.
    pub fn signs(&self) -> impl Iterator<Item = (char, Range<u32>)> {
        self.text.chars().zip(&self.places).filter(|(c, _)| !is_bound(*c)).map(|(c, place)| (c, place.clone()))
    }

    /// The code points of the original where `needle`, itself in normal form, stands first.
    pub fn find(&self, needle: &str) -> Option<Range<u32>> {
        let start = self.text.find(needle)?;
        let before = self.text[..start].chars().count();
        let within = needle.chars().enumerate().filter(|(_, c)| !is_bound(*c)).map(|(index, _)| before + index);
        let places: Vec<&Range<u32>> = within.filter_map(|index| self.places.get(index)).collect();
        Some(places.first()?.start..places.last()?.end)
    }
}

/// Whether a character of a normal form stands between or around runs.
pub fn is_bound(c: char) -> bool {
    matches!(c, OPENS | CLOSES | BLANK | MARK)
}

struct Writing<'n> {
    normal: &'n mut Normal,
    /// What stood since the last word.
    between: Option<Sign>,
    /// Whether a run of letters is open.
    in_run: bool,
}

impl Writing<'_> {
    fn add(&mut self, c: char, place: Range<u32>) {
        match sign(c) {
            Sign::Mark => self.end_run(Sign::Mark),
            Sign::Blank if self.between == Some(Sign::Mark) => {}
            Sign::Blank => self.end_run(Sign::Blank),
            Sign::Chinese => {
                self.close();
                self.begin(Sign::Chinese, place.clone());
                self.push(c, place);
            }
            Sign::Letter => {
                if !self.in_run {
                    self.begin(Sign::Letter, place.clone());
                    self.push(OPENS, place.clone());
                    self.in_run = true;
                }
                self.push(c, place);
            }
        }
    }

    fn end_run(&mut self, sign: Sign) {
        self.close();
        self.between = Some(sign);
    }

    /// Closes a run of letters.
    fn close(&mut self) {
        if std::mem::take(&mut self.in_run) {
            let place = self.normal.places.last().cloned().unwrap_or_default();
            self.push(CLOSES, place);
        }
    }

    /// Writes what stood before a run: nothing at the beginning, and no blank between two scripts.
    fn begin(&mut self, run: Sign, place: Range<u32>) {
        let Some(last) = self.normal.text.chars().next_back() else {
            self.between = None;
            return;
        };
        match self.between.take() {
            Some(Sign::Mark) => self.push(MARK, place),
            Some(_) if (last == CLOSES) == (run == Sign::Letter) => self.push(BLANK, place),
            _ => {}
        }
    }

    fn push(&mut self, c: char, place: Range<u32>) {
        self.normal.text.push(c);
        self.normal.places.push(place);
    }
}

/// Whether a character is most of what there is, and stays as it is but for its case.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{4E00}'..='\u{9FFF}' | '，' | '、' | '。')
}

/// Whether a character is normalized together with the one before it: marks, and the parts of a Korean syllable.
fn joins(first: char, next: char) -> bool {
    let is_jamo = |c: char| matches!(c, '\u{1100}'..='\u{11FF}');
    is_combining_mark(next) || is_kana_mark(next) || (is_jamo(first) && is_jamo(next))
}

/// The half-width voicing marks of kana.
fn is_kana_mark(c: char) -> bool {
    matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

fn sign(c: char) -> Sign {
    match c {
        _ if is_unspaced(c) => Sign::Chinese,
        _ if c.is_alphanumeric() || is_combining_mark(c) => Sign::Letter,
        _ if c.is_whitespace() => Sign::Blank,
        _ => Sign::Mark,
    }
}

/// Scripts that are written without blanks between words, after NFKC.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}'
        | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{1100}'..='\u{11FF}' | '\u{16FF0}'..='\u{16FF6}' | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFD}')
}

/// A run of a text in normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run<'t> {
    Chinese(&'t str),
    /// Of letters and digits; whether its end is known.
    Letters(&'t str, bool),
}

/// The runs of a text in normal form, or of several with lines between.
pub fn runs(normal: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = normal;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([BLANK, MARK, CLOSES, '\n']);
        if let Some(run) = rest.strip_prefix(OPENS) {
            let end = run.find(CLOSES);
            let (letters, after) = run.split_at(end.unwrap_or(run.len()));
            rest = after;
            return Some(Run::Letters(letters, end.is_some()));
        }
        let (run, after) = rest.split_at(rest.find([OPENS, BLANK, MARK, '\n']).unwrap_or(rest.len()));
        rest = after;
        (!run.is_empty()).then_some(Run::Chinese(run))
    })
}

/// A piece of a normal form without the end of its last word.
pub fn open(piece: &str) -> &str {
    piece.strip_suffix(CLOSES).unwrap_or(piece)
}

/// The words of a text in normal form: what stands between blanks and punctuation.
pub fn words(normal: &str) -> impl Iterator<Item = &str> {
    normal.split([BLANK, MARK]).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_differently_and_means_alike_has_one_form() {
        for (texts, form) in [
            (&["川渝C919大型客机", "川渝Ｃ９１９大型客机", "川渝c919大型客机"][..], "川渝<c919>大型客机"),
            (&["重庆大学（附属）", "重庆大学(附属)", " 重庆大学 【附属】 "], "重庆大学|附属"),
            (&["TOF-SIMS", "tof–sims", "ＴＯＦ－ＳＩＭＳ"], "<tof>|<sims>"),
            (&["5G 联合 大厅", "5G联合 大厅"], "<5g>联合 大厅"),
            (&["Zürich  ETH", "Zu\u{308}rich\u{3000}eth"], "<zürich> <eth>"),
            (&["ｶﾞﾗｽ", "ガラス"], "ガラス"),
            (&["한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"], "한국"),
            (&["激\u{200B}光", "激光"], "激光"),
            (&["葛\u{E0100}城", "葛城"], "葛城"),
            (&["𠮷野家 𰻝面"], "𠮷野家 𰻝面"),
            (&["——", "", "  ", "。（）"], ""),
        ] {
            for text in texts {
                assert_eq!(Normal::of(text).text, form, "{text}");
            }
        }
    }

    #[test]
    fn a_place_is_told_in_code_points_of_the_original() {
        for (text, needle, place) in [
            ("重庆大学", "大学", 2..4),
            ("（川渝）Ｃ９１９大型", "<c9", 4..6),
            ("（川渝）Ｃ９１９大型", "<c919>大", 4..9),
            ("Zu\u{308}rich ETH", "<zü", 0..3),
            ("Zu\u{308}rich ETH", "<zürich> <eth>", 0..11),
            ("㎏仪器", "<kg>仪", 0..2),
        ] {
            assert_eq!(Normal::of(text).find(needle), Some(place), "{needle} in {text}");
        }
        assert_eq!(Normal::of("激光器、显微镜").find("器显"), None);
    }

    #[test]
    fn runs_and_words_are_what_they_were_written_from() {
        let normal = Normal::of("川渝C919客机、5G AI");
        let expected =
            [Run::Chinese("川渝"), Run::Letters("c919", true), Run::Chinese("客机"), Run::Letters("5g", true)];
        assert_eq!(runs(normal.open()).take(4).collect::<Vec<_>>(), expected);
        assert_eq!(runs(normal.open()).last(), Some(Run::Letters("ai", false)));
        assert_eq!(words(&normal.text).collect::<Vec<_>>(), ["川渝<c919>客机", "<5g>", "<ai>"]);
    }
}
