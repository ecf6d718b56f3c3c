//! Parses values; the message about an invalid one says where it was set.

use std::time::Duration;

use config::{Value, ValueKind};
use globset::Glob;
use url::Host;

use super::config_key::{ConfigKey, KeyType};
use super::throughput;
use crate::cli::parse_wait;
use crate::error::{ExitStatus, Failure};
use crate::inventory::UnreadVersion;
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use crate::spreadsheet::TableFormats;
use storage_format::TodoMarkers;

/// Converts text to a value of the `config` crate: a list becomes its non-empty parts without surrounding whitespace;
/// anything else stays text until it is parsed.
pub(super) fn of_kind(key: &ConfigKey, text: &str) -> ValueKind {
    match key.kind {
        KeyType::List => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(Value::from).collect::<Vec<_>>().into()
        }
        _ => text.into(),
    }
}

/// Joins the values of a repeatable flag, each of which is a list separated by commas, as in the file. A flag without
/// any value is refused, since an empty list would mean "all".
pub(super) fn list_of_flag(flag: &str, texts: &[String]) -> Result<Vec<String>, Failure> {
    let parts = texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    if parts.is_empty() && !texts.is_empty() {
        return Err(Failure::usage(format!("{flag} has no value")).remedy("add a value, or omit the flag"));
    }
    Ok(parts)
}

/// Returns where a value was set: `file:line`, an environment variable, a flag or the default.
pub(super) fn origin(value: &Value) -> String {
    value.origin().unwrap_or("configuration").to_owned()
}

/// Returns the text of a value without surrounding whitespace; `None` if it is empty.
pub(super) fn text(key: &ConfigKey, value: &Value) -> Result<Option<String>, Failure> {
    let text = value.clone().into_string().map_err(|_| wrong_kind(key, value))?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// Returns whether a value is a placeholder of the template, or of the configuration file of the legacy script.
pub(super) fn is_placeholder(text: &str) -> bool {
    const PLACEHOLDERS: [&str; 6] =
        ["your.email@example.com", "your_email", "your_api_token_here", "your_api_token", "your-domain", "your_domain"];
    let text = text.to_ascii_lowercase();
    let host = text.trim_start_matches("https://").split('.').next().unwrap_or_default();
    PLACEHOLDERS.contains(&text.as_str()) || PLACEHOLDERS[4..].contains(&host)
}

/// Shortens a name or value for messages: a long one may be a token set by mistake.
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

/// Parses a whole number within the bounds of its key.
pub(super) fn count(key: &ConfigKey, value: &Value) -> Result<u32, Failure> {
    let KeyType::Count { min, max } = key.kind else { return Err(wrong_kind(key, value)) };
    let text = text(key, value)?.unwrap_or_default();
    text.parse().ok().filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        let range = if max == u32::MAX { format!("{min} or more") } else { format!("{min} to {max}") };
        wrong(key, value, &text).remedy(format!("use a whole number, {range}"))
    })
}

/// Parses a whole number within the bounds of its key; an empty text is `None`.
pub(super) fn optional_count(key: &ConfigKey, value: &Value) -> Result<Option<u32>, Failure> {
    if text(key, value)?.is_some() { count(key, value).map(Some) } else { Ok(None) }
}

/// Parses `yes` or `no`.
pub(super) fn yes_or_no(key: &ConfigKey, value: &Value) -> Result<bool, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    match text.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(wrong(key, value, &text).remedy("use yes or no")),
    }
}

/// Parses a duration such as `15m`.
pub(super) fn wait(key: &ConfigKey, value: &Value) -> Result<Duration, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    parse_wait(&text).map_err(|_| wrong(key, value, &text).remedy("use a duration with its unit: 90s, 15m or 1h"))
}

/// Parses a throughput into bytes per second.
pub(super) fn throughput(key: &ConfigKey, value: &Value) -> Result<u64, Failure> {
    let text = text(key, value)?.unwrap_or_default();
    throughput::parse(&text).ok_or_else(|| wrong(key, value, &text).remedy(throughput::EXAMPLES))
}

/// Parses a list of texts.
pub(super) fn list(key: &ConfigKey, value: &Value) -> Result<Vec<String>, Failure> {
    let parts = value.clone().into_array().map_err(|_| wrong_kind(key, value))?;
    parts.into_iter().map(|part| part.into_string().map_err(|_| wrong_kind(key, value))).collect()
}

/// Parses a list of name patterns.
pub(super) fn patterns(key: &ConfigKey, value: &Value) -> Result<Vec<String>, Failure> {
    let patterns = list(key, value)?;
    for pattern in &patterns {
        check_pattern(pattern, &place(key, value))?;
    }
    Ok(patterns)
}

/// Refuses an invalid pattern; `place` says where it was set.
pub(super) fn check_pattern(pattern: &str, place: &str) -> Result<(), Failure> {
    Glob::new(pattern).map(drop).map_err(|error| {
        Failure::usage(format!("{place}: invalid pattern `{}`", shown(pattern)))
            .because(error.kind().to_string())
            .remedy("* matches any text, ? any one character, [ab] an a or a b; use [[] for a bracket")
    })
}

/// Parses a list of host names, converted to lower case.
pub(super) fn hosts(key: &ConfigKey, value: &Value) -> Result<Vec<String>, Failure> {
    let parse = |host: String| {
        Host::parse(&host).map(|host| host.to_string()).map_err(|_| {
            wrong(key, value, &host).remedy("use the host only, such as wiki.example.com: no https://, path or port")
        })
    };
    list(key, value)?.into_iter().map(parse).collect()
}

/// Parses a list of versions that are accepted as unread.
pub(super) fn unread_versions(key: &ConfigKey, value: &Value) -> Result<Vec<UnreadVersion>, Failure> {
    let parse = |text: &String| {
        text.parse().map_err(|_| {
            wrong(key, value, text).remedy("use an id with its version, as an incomplete report shows them: 1001@3")
        })
    };
    list(key, value)?.iter().map(parse).collect()
}

/// Parses names of metric groups.
pub(super) fn groups(key: &ConfigKey, value: &Value) -> Result<MetricGroups, Failure> {
    let group = |word: &String| {
        MetricGroup::parse(word).ok_or_else(|| {
            Failure::usage(format!("{}: unknown metric group `{}`", origin(value), shown(word)))
                .remedy(format!("the groups are {}", MetricGroup::ALL.map(MetricGroup::name).join(", ")))
        })
    };
    list(key, value)?.iter().map(group).collect::<Result<Vec<_>, _>>().map(MetricGroups::new)
}

/// Parses the formats of the files with tables.
pub(super) fn formats(key: &ConfigKey, value: &Value) -> Result<TableFormats, Failure> {
    formats_at(&origin(value), &list(key, value)?)
}

/// Parses the formats of a flag that is not a layer of the configuration.
pub(super) fn formats_of_flag(flag: &str, texts: &[String]) -> Result<TableFormats, Failure> {
    formats_at(flag, &list_of_flag(flag, texts)?)
}

fn formats_at(origin: &str, words: &[String]) -> Result<TableFormats, Failure> {
    if words.is_empty() {
        return Ok(TableFormats::default());
    }
    TableFormats::parse(words.iter().map(String::as_str)).map_err(|word| {
        Failure::usage(format!("{origin}: unknown format `{}`", shown(word)))
            .remedy(format!("the formats are {}", TableFormats::WORDS.join(", ")))
    })
}

/// Parses the words that mark unfinished text.
pub(super) fn todo_markers(key: &ConfigKey, value: &Value) -> Result<TodoMarkers, Failure> {
    TodoMarkers::new(&list(key, value)?).map_err(|text| {
        Failure::usage(format!("[{}]: `{}`: invalid word `{}`", key.section, key.name, shown(&text)))
            .because("it is not a single word, so it could not match any word of a text")
            .remedy("use single words separated by commas, as in: TODO, TBD")
    })
}

/// Parses pairs of `label=State`.
pub(super) fn label_states(key: &ConfigKey, value: &Value) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: String| {
        let parts = text.split_once('=').map(|(label, state)| (label.trim(), state.trim()));
        let parts = parts.filter(|(label, state)| !label.is_empty() && !state.is_empty());
        parts
            .map(|(label, state)| (label.to_owned(), state.to_owned()))
            .ok_or_else(|| wrong(key, value, &text).remedy("use label=State, as in: wip=Draft, approved=Approved"))
    };
    list(key, value)?.into_iter().map(pair).collect()
}

pub(super) fn wrong(key: &ConfigKey, value: &Value, text: &str) -> Failure {
    Failure::usage(format!("{}: invalid value `{}`", place(key, value), shown(text)))
}

/// Returns where a value was set, with its key; the name of a flag already implies the key.
pub(super) fn place(key: &ConfigKey, value: &Value) -> String {
    let origin = origin(value);
    if origin.starts_with("--") { origin } else { format!("{origin}: `{}`", key.name) }
}

/// Returns an internal error: the layers convert every value to its type, so only a mistake in the key table leads
/// here.
fn wrong_kind(key: &ConfigKey, value: &Value) -> Failure {
    Failure::new(ExitStatus::Internal, format!("{} has the wrong type", place(key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &'static str, kind: KeyType) -> ConfigKey {
        ConfigKey { section: "audit", name, kind, variables: &[], flags: &[], purpose: "" }
    }

    fn value(text: &str) -> Value {
        Value::new(Some(&"the.cfg:4".to_owned()), text)
    }

    fn values(parts: &[&str]) -> Value {
        let parts: Vec<Value> = parts.iter().map(|part| Value::from(*part)).collect();
        Value::new(Some(&"the.cfg:4".to_owned()), parts)
    }

    #[test]
    fn counts_outside_their_bounds_are_refused() {
        let concurrency = key("concurrency", KeyType::Count { min: 1, max: 64 });
        let versions = key("keep_versions", KeyType::Count { min: 1, max: u32::MAX });
        assert_eq!(count(&concurrency, &value("64")), Ok(64));
        assert_eq!(count(&versions, &value("4294967295")), Ok(u32::MAX));
        for wrong in ["0", "65", "-1", "8x", "1e3", "", "8.0"] {
            let failure = count(&concurrency, &value(wrong)).unwrap_err();
            assert!(failure.what.starts_with("the.cfg:4: `concurrency`: invalid value"), "{failure}");
            assert_eq!(failure.remedy.as_deref(), Some("use a whole number, 1 to 64"));
        }
    }

    #[test]
    fn no_message_shows_a_token_in_place_of_another_value() {
        let token = "ATATT3xFfGF0secretsecret";
        let (number, list) = (key("concurrency", KeyType::Count { min: 1, max: 64 }), key("hosts", KeyType::List));
        let failures = [
            count(&number, &value(token)).unwrap_err(),
            wait(&key("max_wait", KeyType::Wait), &value(token)).unwrap_err(),
            yes_or_no(&key("history_csv", KeyType::Text), &value(token)).unwrap_err(),
            hosts(&list, &values(&[&format!("{token} secretsecret")])).unwrap_err(),
            groups(&list, &values(&[token])).unwrap_err(),
            formats(&list, &values(&[token])).unwrap_err(),
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
    fn durations_are_parsed_or_refused() {
        let max_wait = key("max_wait", KeyType::Wait);
        assert_eq!(wait(&max_wait, &value("2m")), Ok(Duration::from_secs(120)));
        assert!(wait(&max_wait, &value("soon")).unwrap_err().what.contains("`max_wait`: invalid value `soon`"));
    }

    #[test]
    fn invalid_patterns_are_refused() {
        let names = key("protect_names", KeyType::List);
        assert_eq!(patterns(&names, &values(&["*.key", "[[]draft]*"])).unwrap().len(), 2);
        let failure = patterns(&names, &values(&["[a"])).unwrap_err();
        assert_eq!(failure.what, "the.cfg:4: `protect_names`: invalid pattern `[a`");
    }

    #[test]
    fn unread_versions_are_an_id_and_a_number() {
        let accept_unread = key("accept_unread", KeyType::List);
        let read = unread_versions(&accept_unread, &values(&["1001@3", "att5@0"])).unwrap();
        assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1001@3", "att5@0"]);
        let failure = unread_versions(&accept_unread, &values(&["1001"])).unwrap_err();
        assert_eq!(
            (failure.status, failure.what.as_str()),
            (ExitStatus::Usage, "the.cfg:4: `accept_unread`: invalid value `1001`")
        );
    }

    #[test]
    fn host_names_are_converted_to_lower_case() {
        let alias_hosts = key("alias_hosts", KeyType::List);
        assert_eq!(
            hosts(&alias_hosts, &values(&["Wiki.Example.COM", "10.0.0.1"])).unwrap(),
            ["wiki.example.com", "10.0.0.1"]
        );
        for wrong in ["https://wiki.example.com", "wiki.example.com/wiki", "wiki.example.com:8090", "a b"] {
            assert!(hosts(&alias_hosts, &values(&[wrong])).is_err(), "{wrong}");
        }
    }
}
