//! Characters that sound alike, as whoever types by sound mistakes them.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Whether two characters have a reading in common, whatever the tone, and as those speak who do not tell `zh` from `z`, `n` from `l`
/// or `-ng` from `-n`.
///
/// Numerals are alike to nothing: a fourth hospital is not the tenth.
pub fn alike(one: char, other: char) -> bool {
    if is_numeral(one) || is_numeral(other) {
        return false;
    }
    let (one, other) = (readings(one), readings(other));
    one.iter().any(|reading| other.contains(reading))
}

/// Whether a character counts something.
pub fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "〇零一二三四五六七八九十百千万两".contains(c)
}

/// How a text of Chinese characters sounds, each in its usual reading; none of a text that has others, or fewer than three.
pub fn of(text: &str) -> Option<String> {
    let readings: Option<Vec<String>> = text.to_pinyin().map(|reading| Some(broad(reading?.plain()))).collect();
    readings.filter(|readings| readings.len() >= SHORTEST).map(|readings| readings.join(" "))
}

/// Characters of a text that is compared by its sound.
const SHORTEST: usize = 3;

fn readings(c: char) -> Vec<String> {
    let found = [c].iter().collect::<String>();
    let readings = found.as_str().to_pinyin_multi().flatten().flat_map(|multi| multi.into_iter().collect::<Vec<_>>());
    readings.map(|reading| broad(reading.plain())).collect()
}

fn broad(reading: &str) -> String {
    let reading = reading.replace("zh", "z").replace("ch", "c").replace("sh", "s");
    let reading = reading.strip_prefix('n').map_or(reading.clone(), |rest| format!("l{rest}"));
    reading.strip_suffix('g').filter(|rest| rest.ends_with('n')).map_or(reading.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_sound_alike_have_one_sound() {
        assert_eq!(of("西南交通大学"), of("西男焦同大雪"));
        assert_ne!(of("西南大学"), of("西北大学"));
        assert_eq!((of("重大"), of("5G实验室"), of("")), (None, None, None));
    }

    #[test]
    fn what_is_typed_for_another_sounds_like_it() {
        for (one, other) in [('焦', '交'), ('名', '民'), ('药', '要'), ('重', '崇'), ('南', '蓝'), ('师', '思')]
        {
            assert!(alike(one, other) && alike(other, one), "{one} {other}");
        }
        for (one, other) in
            [('西', '清'), ('东', '西'), ('一', '二'), ('安', '南'), ('a', '阿'), ('大', '文'), ('四', '十')]
        {
            assert!(!alike(one, other), "{one} {other}");
        }
    }
}
