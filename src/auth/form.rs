//! `application/x-www-form-urlencoded` (WHATWG URL §5), as OAuth uses it in bodies, in Basic credentials and in queries.

use actix_web::web::Query;

/// The pairs of a form; `None` when it is not decodable.
pub fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    Query::<Vec<(String, String)>>::from_query(text).ok().map(Query::into_inner)
}

/// One encoded value.
pub fn value(text: &str) -> Option<String> {
    let pair = format!("v={}", text.replace('&', "%26"));
    pairs(&pair)?.pop().map(|(_, value)| value)
}

/// Whether the query names the parameter `name`, encoded or not.
pub fn names(query: &str, name: &str) -> bool {
    let keys = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key));
    keys.into_iter().any(|key| key == name || (key.contains('%') && value(key).is_some_and(|key| key == name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_as_forms() {
        assert_eq!(value("a%2Bb+c%3a=&d").as_deref(), Some("a+b c:=&d"));
        assert_eq!(value("").as_deref(), Some(""));
    }

    #[test]
    fn a_parameter_is_found_however_it_is_written() {
        assert!(names("a=1&access_token=x", "access_token") && names("access%5Ftoken", "access_token"));
        assert!(!names("", "access_token") && !names("q=access_token", "access_token"));
    }
}
