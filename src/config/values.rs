//! From the text of a value to what it means, with a message that says where a wrong one stands.

use std::time::Duration;

use config::{Value, ValueKind};
use globset::Glob;
use url::Host;

use super::key::{Key, Kind};
use crate::cli::parse_wait;
use crate::error::{ExitStatus, Failure};
use crate::inventory::UnreadVersion;
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use storage_format::TodoMarkers;

/// A text as `config` holds a value of that kind: a list is a sequence of its parts, without the blanks around them
/// and without empty ones; everything else stays text until its kind is checked.
pub(super) fn of_kind(key: &Key, text: &str) -> ValueKind {
    match key.kind {
        Kind::List => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(Value::from).collect::<Vec<_>>().into()
        }
        _ => text.into(),
    }
}

/// What a flag that may be repeated says, as the file would say it: each time a list, with commas between its parts. One
/// that is given and names nothing is refused, since nothing would mean all.
pub(super) fn list_of_flag(flag: &str, texts: &[String]) -> Result<Vec<String>, Failure> {
    let parts = texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    if parts.is_empty() && !texts.is_empty() {
        return Err(Failure::usage(format!("{flag} names nothing")).remedy("give it a value, or leave the flag out"));
    }
    Ok(parts)
}

/// Where a value was set: `file:line`, an environment variable, a flag or the default.
pub(super) fn origin(value: &Value) -> String {
    value.origin().unwrap_or("configuration").to_owned()
}

/// The text of a value; blanks around it mean nothing, and an empty one is none.
pub(super) fn text(key: &Key, value: &Value) -> Result<Option<String>, Failure> {
    let text = value.clone().into_string().map_err(|_| wrong_kind(key, value))?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// Values that stand in the template, and in the files of people who switch from the older script, until they are
/// filled in.
pub(super) fn is_placeholder(text: &str) -> bool {
    const PLACEHOLDERS: [&str; 6] =
        ["your.email@example.com", "your_email", "your_api_token_here", "your_api_token", "your-domain", "your_domain"];
    let text = text.to_ascii_lowercase();
    let host = text.trim_start_matches("https://").split('.').next().unwrap_or_default();
    PLACEHOLDERS.contains(&text.as_str()) || PLACEHOLDERS[4..].contains(&host)
}

/// A name or value as messages may show it: a long one may be a token that got into the wrong place.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 32;
    let text = text.escape_debug().to_string();
    let is_token = text.starts_with("ATATT") || text.starts_with("ATCTT");
    if text.chars().count() <= LONGEST && !is_token {
        text
    } else {
        text.chars().take(8).chain("…".chars()).collect()
    }
}

/// A whole number within the bounds of its key.
pub(super) fn count(key: &Key, value: &Value) -> Result<u32, Failure> {
    let Kind::Count { min, max } = key.kind else { return Err(wrong_kind(key, value)) };
    let text = text(key, value)?.unwrap_or_default();
    text.parse().ok().filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        let range = if max == u32::MAX { format!("{min} or more") } else { format!("{min} to {max}") };
        wrong(key, value, &text).remedy(format!("write a whole number, {range}"))
    })
}

/// A whole number within the bounds of its key; an empty text is none.
pub(super) fn optional_count(key: &Key, value: &Value) -> Result<Option<u32>, Failure> {
    if text(key, value)?.is_some() { count(key, value).map(Some) } else { Ok(None) }
}

/// `yes` or `no`.
pub(super) fn yes_or_no(key: &Key, value: &Value) -> Result<bool, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    match text.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(wrong(key, value, &text).remedy("write yes or no")),
    }
}

/// A time such as `15m`.
pub(super) fn wait(key: &Key, value: &Value) -> Result<Duration, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    parse_wait(&text).map_err(|_| wrong(key, value, &text).remedy("write a time with its unit, as 90s, 15m or 1h"))
}

/// A list of texts.
pub(super) fn list(key: &Key, value: &Value) -> Result<Vec<String>, Failure> {
    let parts = value.clone().into_array().map_err(|_| wrong_kind(key, value))?;
    parts.into_iter().map(|part| part.into_string().map_err(|_| wrong_kind(key, value))).collect()
}

/// A list of name patterns, each of which can be read.
pub(super) fn patterns(key: &Key, value: &Value) -> Result<Vec<String>, Failure> {
    let patterns = list(key, value)?;
    for pattern in &patterns {
        check_pattern(pattern, &place(key, value))?;
    }
    Ok(patterns)
}

/// Refuses a pattern that cannot be read; `place` says where it stands.
pub(super) fn check_pattern(pattern: &str, place: &str) -> Result<(), Failure> {
    Glob::new(pattern).map(drop).map_err(|error| {
        Failure::usage(format!("{place}: `{}` is no pattern", shown(pattern)))
            .because(error.kind().to_string())
            .remedy("* matches any text, ? one character, [ab] one of these; write [[] for a bracket")
    })
}

/// A list of host names, in lower case.
pub(super) fn hosts(key: &Key, value: &Value) -> Result<Vec<String>, Failure> {
    let parse = |host: String| {
        Host::parse(&host).map(|host| host.to_string()).map_err(|_| {
            wrong(key, value, &host).remedy("write the host only, as wiki.example.com: no https://, no path, no port")
        })
    };
    list(key, value)?.into_iter().map(parse).collect()
}

/// A list of versions that may stay unread.
pub(super) fn unread_versions(key: &Key, value: &Value) -> Result<Vec<UnreadVersion>, Failure> {
    let parse = |text: &String| {
        text.parse().map_err(|_| {
            wrong(key, value, text).remedy("write an id with its version, as an incomplete report names them: 1001@3")
        })
    };
    list(key, value)?.iter().map(parse).collect()
}

/// The words that name groups of metrics.
pub(super) fn groups(key: &Key, value: &Value) -> Result<MetricGroups, Failure> {
    let group = |word: &String| {
        MetricGroup::parse(word).ok_or_else(|| {
            Failure::usage(format!("{}: `{}` is no group of metrics", origin(value), shown(word)))
                .remedy(format!("the groups are {}", MetricGroup::ALL.map(MetricGroup::name).join(", ")))
        })
    };
    list(key, value)?.iter().map(group).collect::<Result<Vec<_>, _>>().map(MetricGroups::new)
}

/// The words that mark unfinished text.
pub(super) fn todo_markers(key: &Key, value: &Value) -> Result<TodoMarkers, Failure> {
    TodoMarkers::new(&list(key, value)?).map_err(|text| {
        Failure::usage(format!("[{}]: `{}` cannot hold `{}`", key.section, key.name, shown(&text)))
            .because("it is not one word, so it is never found among the words of a text")
            .remedy("write single words with commas between them, as in: TODO, TBD")
    })
}

/// Pairs of `label=State`.
pub(super) fn label_states(key: &Key, value: &Value) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: String| {
        let parts = text.split_once('=').map(|(label, state)| (label.trim(), state.trim()));
        let parts = parts.filter(|(label, state)| !label.is_empty() && !state.is_empty());
        parts
            .map(|(label, state)| (label.to_owned(), state.to_owned()))
            .ok_or_else(|| wrong(key, value, &text).remedy("write label=State, as in: wip=Draft, approved=Approved"))
    };
    list(key, value)?.into_iter().map(pair).collect()
}

fn wrong(key: &Key, value: &Value, text: &str) -> Failure {
    Failure::usage(format!("{} cannot be `{}`", place(key, value), shown(text)))
}

/// Where a value stands, and its key, which an option bears in its name.
fn place(key: &Key, value: &Value) -> String {
    let origin = origin(value);
    if origin.starts_with("--") { origin } else { format!("{origin}: `{}`", key.name) }
}

/// Only a slip in the key table leads here: the layers give every value the shape of its kind.
fn wrong_kind(key: &Key, value: &Value) -> Failure {
    Failure::new(ExitStatus::Internal, format!("{} is of another kind", place(key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &'static str, kind: Kind) -> Key {
        Key { section: "audit", name, kind, variables: &[], flags: &[], purpose: "" }
    }

    fn value(text: &str) -> Value {
        Value::new(Some(&"the.cfg:4".to_owned()), text)
    }

    fn values(parts: &[&str]) -> Value {
        let parts: Vec<Value> = parts.iter().map(|part| Value::from(*part)).collect();
        Value::new(Some(&"the.cfg:4".to_owned()), parts)
    }

    #[test]
    fn counts_keep_to_their_bounds() {
        let concurrency = key("concurrency", Kind::Count { min: 1, max: 64 });
        let versions = key("keep_versions", Kind::Count { min: 1, max: u32::MAX });
        assert_eq!(count(&concurrency, &value("64")), Ok(64));
        assert_eq!(count(&versions, &value("4294967295")), Ok(u32::MAX));
        for wrong in ["0", "65", "-1", "8x", "1e3", "", "8.0"] {
            let failure = count(&concurrency, &value(wrong)).unwrap_err();
            assert!(failure.what.starts_with("the.cfg:4: `concurrency` cannot be"), "{failure}");
            assert_eq!(failure.remedy.as_deref(), Some("write a whole number, 1 to 64"));
        }
    }

    #[test]
    fn no_message_shows_a_token_in_place_of_another_value() {
        let token = "ATATT3xFfGF0secretsecret";
        let (number, list) = (key("concurrency", Kind::Count { min: 1, max: 64 }), key("hosts", Kind::List));
        let failures = [
            count(&number, &value(token)).unwrap_err(),
            wait(&key("max_wait", Kind::Wait), &value(token)).unwrap_err(),
            yes_or_no(&key("history_csv", Kind::Text), &value(token)).unwrap_err(),
            hosts(&list, &values(&[&format!("{token} secretsecret")])).unwrap_err(),
            groups(&list, &values(&[token])).unwrap_err(),
            label_states(&list, &values(&[token])).unwrap_err(),
            todo_markers(&list, &values(&[&format!("{token} secretsecret")])).unwrap_err(),
            patterns(&list, &Value::new(None, vec![Value::from(format!("[{}", token.repeat(2)).as_str())]))
                .unwrap_err(),
        ];
        for failure in failures {
            assert!(!format!("{failure}{failure:?}").contains("secretsecret"), "{failure}");
        }
    }

    #[test]
    fn waits_are_read_or_refused() {
        let max_wait = key("max_wait", Kind::Wait);
        assert_eq!(wait(&max_wait, &value("2m")), Ok(Duration::from_secs(120)));
        assert!(wait(&max_wait, &value("soon")).unwrap_err().what.contains("`max_wait` cannot be `soon`"));
    }

    #[test]
    fn patterns_that_cannot_be_read_are_refused() {
        let names = key("protect_names", Kind::List);
        assert_eq!(patterns(&names, &values(&["*.key", "[[]draft]*"])).unwrap().len(), 2);
        let failure = patterns(&names, &values(&["[a"])).unwrap_err();
        assert_eq!(failure.what, "the.cfg:4: `protect_names`: `[a` is no pattern");
    }

    #[test]
    fn unread_versions_are_an_id_and_a_number() {
        let accept_unread = key("accept_unread", Kind::List);
        let read = unread_versions(&accept_unread, &values(&["1001@3", "att5@0"])).unwrap();
        assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1001@3", "att5@0"]);
        let failure = unread_versions(&accept_unread, &values(&["1001"])).unwrap_err();
        assert_eq!(
            (failure.status, failure.what.as_str()),
            (ExitStatus::Usage, "the.cfg:4: `accept_unread` cannot be `1001`")
        );
    }

    #[test]
    fn hosts_are_hosts_in_lower_case() {
        let alias_hosts = key("alias_hosts", Kind::List);
        assert_eq!(
            hosts(&alias_hosts, &values(&["Wiki.Example.COM", "10.0.0.1"])).unwrap(),
            ["wiki.example.com", "10.0.0.1"]
        );
        for wrong in ["https://wiki.example.com", "wiki.example.com/wiki", "wiki.example.com:8090", "a b"] {
            assert!(hosts(&alias_hosts, &values(&[wrong])).is_err(), "{wrong}");
        }
    }
}
