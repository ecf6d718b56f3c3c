//! Reads the JSON values of apps: times, booleans and people in any of the forms that apps write.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;

/// Smaller numbers are seconds since 1970, larger ones milliseconds.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Parses a time: seconds or milliseconds since 1970, or ISO 8601.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Number(number) => epoch(number.as_i64()?),
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(number) => epoch(number),
            Err(_) => iso(text.trim()),
        },
        _ => None,
    }
}

fn epoch(number: i64) -> Option<DateTime<Utc>> {
    match number {
        ..=0 => None,
        1..MILLISECONDS_FROM => DateTime::from_timestamp(number, 0),
        _ => DateTime::from_timestamp_millis(number),
    }
}

/// Parses ISO 8601 with or without a time zone; a date alone is midnight UTC.
pub(super) fn iso(text: &str) -> Option<DateTime<Utc>> {
    let zoned =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    if let Ok(time) = zoned {
        return Some(time.to_utc());
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(time.and_utc());
        }
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc())
}

/// Parses `true` and `"true"`.
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Returns a non-empty string; numbers, booleans and lists as text.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Array(items) => items.iter().filter_map(text).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Parses a non-negative integer, also in a string.
pub(super) fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Returns the people of a list who have not decided yet: strings, or objects with a name. A single value is one
/// person.
pub(super) fn undecided(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(people) => {
            let mut seen = HashSet::new();
            Some(people.iter().filter_map(undecided_one).filter(|name| seen.insert(name.clone())).collect())
        }
        Value::String(_) | Value::Object(_) => Some(undecided_one(value).into_iter().collect()),
        _ => None,
    }
}

fn undecided_one(person: &Value) -> Option<String> {
    let decided = ["approved", "rejected"].iter().any(|word| person.get(word).and_then(boolean) == Some(true));
    if decided {
        return None;
    }
    let named = ["accountId", "name", "user", "fullName", "displayName"];
    match person {
        Value::Object(_) => named.iter().find_map(|field| match person.get(field) {
            Some(inner @ Value::Object(_)) => undecided_one(inner),
            found => found.and_then(text),
        }),
        plain => text(plain),
    }
}

/// Returns the JSON document in a property: some apps store it as a string.
pub(super) fn document(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_seconds_and_in_milliseconds() {
        let expected = "2017-10-06T08:11:30Z".parse::<DateTime<Utc>>().unwrap();
        for written in [json!(1_507_277_490), json!(1_507_277_490_000_i64), json!("1507277490")] {
            assert_eq!(time(&written), Some(expected), "{written}");
        }
        for written in ["2017-10-06T08:11:30Z", "2017-10-06T10:11:30.000+0200", "2017-10-06 08:11:30"] {
            assert_eq!(time(&json!(written)), Some(expected), "{written}");
        }
        assert_eq!(time(&json!("2017-10-06")), Some("2017-10-06T00:00:00Z".parse().unwrap()));
        for unknown in [json!(0), json!(-5), json!("soon"), json!(null), json!({"t": 1})] {
            assert_eq!(time(&unknown), None, "{unknown}");
        }
    }

    #[test]
    fn booleans_numbers_and_texts_are_read_as_apps_write_them() {
        assert_eq!(
            (boolean(&json!("True")), boolean(&json!(false)), boolean(&json!("no"))),
            (Some(true), Some(false), None)
        );
        assert_eq!((number(&json!("7")), number(&json!(7)), number(&json!(-7))), (Some(7), Some(7), None));
        assert_eq!(text(&json!(["a", "", "b"])), Some("a, b".to_owned()));
        assert_eq!((text(&json!("  ")), text(&json!(null))), (None, None));
    }

    #[test]
    fn only_those_who_have_not_decided_are_pending() {
        let people = json!([
            {"user": {"name": "ann"}, "approved": true, "rejected": false},
            {"user": {"name": "ben"}, "approved": false, "rejected": true},
            {"user": {"fullName": "Cai"}, "approved": false},
            {"user": "dee"},
            {"accountId": "712020:e"},
            "fay",
        ]);
        assert_eq!(undecided(&people).unwrap(), ["Cai", "dee", "712020:e", "fay"]);
        assert_eq!(undecided(&json!(null)), None);
        assert_eq!(undecided(&json!([])), Some(Vec::new()));
    }

    #[test]
    fn json_stored_as_a_string_is_parsed() {
        assert_eq!(document(&json!("{\"state\":\"Draft\"}")), json!({"state": "Draft"}));
        assert_eq!(document(&json!("Draft")), json!("Draft"));
    }
}
