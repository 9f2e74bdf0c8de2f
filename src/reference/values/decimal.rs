//! Exact decimals with two places, as text outside and as whole hundredths inside. No floating point (domain reference §d5).

/// Reads a plain decimal of at most `digits` whole digits and two places into hundredths.
///
/// No sign, no exponent, no leading zero, no empty part: `1`, `1.5` and `1.50` are fine, `01`, `.5`, `1.` and `1.505` are
/// not.
pub(super) fn hundredths(raw: &str, digits: usize) -> Option<i64> {
    let (whole, places) = raw.split_once('.').unwrap_or((raw, "0"));
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !numeric(whole) || !numeric(places) || leading_zero || whole.len() > digits || places.len() > 2 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let places: i64 = format!("{places:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(places)
}

/// Writes hundredths with exactly two places.
pub(super) fn write(hundredths: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let sign = if hundredths < 0 { "-" } else { "" };
    write!(f, "{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}
