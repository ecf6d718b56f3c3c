//! Converts a search hit into the facts of a page.

use std::collections::BTreeSet;

use serde_json::Value;

use super::PageFacts;
use crate::inventory::site::AccountId;
use confluence_client::api::EMBEDDED_LABELS;
use confluence_client::model::PageHit;

/// The content property that names the editor.
pub(super) const EDITOR: &str = "editor";

/// Returns the facts of a hit's page; `labels` is `None` if they may have been cut off.
pub(super) fn facts(hit: &PageHit) -> PageFacts {
    let restrictions = hit.restrictions.as_ref();
    PageFacts {
        labels: hit.metadata.as_ref().and_then(labels),
        contributors: hit.history.as_ref().and_then(contributors),
        nameless_contributors: hit.history.as_ref().is_some_and(has_nameless_contributors),
        restricted_view: restrictions.and_then(|found| is_restricted(found, "read")),
        restricted_edit: restrictions.and_then(|found| is_restricted(found, "update")),
        editor: hit.metadata.as_ref().and_then(editor),
        ..PageFacts::default()
    }
}

/// Names of global labels, sorted. A list as long as its limit may have been cut off without saying so.
fn labels(metadata: &Value) -> Option<Vec<String>> {
    let labels = metadata.get("labels")?;
    let items = labels.as_array().or_else(|| labels.get("results")?.as_array())?;
    let limit = labels.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    if items.len() >= limit.unwrap_or(EMBEDDED_LABELS).clamp(1, EMBEDDED_LABELS) || has_next(labels) {
        return None;
    }
    let is_global =
        |label: &&Value| label.get("prefix").and_then(Value::as_str).is_none_or(|prefix| prefix == "global");
    let names: Option<BTreeSet<&str>> =
        items.iter().filter(is_global).map(|label| label.get("name").and_then(Value::as_str)).collect();
    Some(names?.into_iter().map(str::to_owned).collect())
}

fn has_next(list: &Value) -> bool {
    list.pointer("/_links/next").and_then(Value::as_str).is_some_and(|next| !next.is_empty())
}

/// Everyone with an account who published a version.
fn contributors(history: &Value) -> Option<Vec<AccountId>> {
    let publishers = history.pointer("/contributors/publishers")?;
    let of_users = publishers.get("users").and_then(Value::as_array).into_iter().flatten();
    let of_users = of_users.filter_map(|user| user.get("accountId")?.as_str());
    let ids = publishers.get("userAccountIds").and_then(Value::as_array).into_iter().flatten();
    let ids: BTreeSet<&str> = ids.filter_map(Value::as_str).chain(of_users).filter(|id| !id.is_empty()).collect();
    (publishers.get("users").is_some() || publishers.get("userAccountIds").is_some())
        .then(|| ids.into_iter().map(AccountId::new).collect())
}

/// Whether people without an account (deleted long ago, or anonymous) published versions. They cannot be distinguished.
fn has_nameless_contributors(history: &Value) -> bool {
    let users = history.pointer("/contributors/publishers/users").and_then(Value::as_array);
    let has_account = |user: &Value| user.get("accountId").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    users.into_iter().flatten().any(|user| user.is_object() && !has_account(user))
}

/// Whether the operation is limited to some users or groups; `None` unless the response has both lists or names
/// someone.
pub(super) fn is_restricted(restrictions: &Value, operation: &str) -> Option<bool> {
    let allowed = restrictions.get(operation)?.get("restrictions")?;
    let named = |who: &str| {
        let list = allowed.get(who)?;
        let size = list.get("size").and_then(Value::as_u64).unwrap_or(0);
        Some(!list.get("results")?.as_array()?.is_empty() || size > 0)
    };
    match (named("user"), named("group")) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The value of the property `editor`; an empty string if the page has none.
fn editor(metadata: &Value) -> Option<String> {
    let properties = metadata.get("properties")?.as_object()?;
    let Some(property) = properties.get(EDITOR) else {
        let not_expanded = properties.get("_expandable").and_then(|keys| keys.get(EDITOR)).is_some();
        return (!not_expanded).then(String::new);
    };
    property.get("value").map(editor_of)
}

/// The editor named by the value of the property.
pub(super) fn editor_of(value: &Value) -> String {
    match value {
        Value::String(value) => value.trim_matches('"').to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(hit: Value) -> PageFacts {
        let mut fields = hit;
        fields["id"] = json!("1");
        facts(&serde_json::from_value(fields).unwrap())
    }

    #[test]
    fn fields_missing_from_the_response_are_not_read() {
        let expandable = json!({"metadata": {"_expandable": {"labels": "", "properties": ""}}, "history": {}});
        assert_eq!(read(expandable), PageFacts::default());
        assert_eq!(read(json!({})), PageFacts::default());
        let half = json!({"restrictions": {"read": {"restrictions": {"user": {"results": []}}}}});
        assert_eq!(read(half).restricted_view, None);
        let not_expanded = json!({"metadata": {"properties": {"_expandable": {"editor": "/x"}}}});
        assert_eq!(read(not_expanded).editor, None);
    }

    #[test]
    fn an_empty_result_differs_from_one_that_was_not_read() {
        let no_one = || json!({"restrictions": {"user": {"results": [], "size": 0}, "group": {"results": []}}});
        let facts = read(json!({
            "metadata": {"labels": {"results": [], "limit": 200}, "properties": {}},
            "restrictions": {"read": no_one(), "update": no_one()},
            "history": {"contributors": {"publishers": {"userAccountIds": []}}},
        }));
        assert_eq!((facts.labels, facts.editor), (Some(vec![]), Some(String::new())));
        assert_eq!((facts.restricted_view, facts.restricted_edit), (Some(false), Some(false)));
        assert_eq!(facts.contributors, Some(vec![]));
    }

    #[test]
    fn a_group_alone_restricts_and_labels_are_global_and_sorted() {
        let facts = read(json!({
            "metadata": {
                "labels": {"results": [
                    {"name": "b", "prefix": "global"}, {"name": "mine", "prefix": "my"}, {"name": "a", "prefix": "global"},
                ]},
                "properties": {"editor": {"value": "v2"}},
            },
            "restrictions": {"read": {"restrictions": {"group": {"results": [{"name": "staff"}]}}}},
            "history": {"contributors": {"publishers": {"users": [{"accountId": "b"}, {"type": "anonymous"}],
                "userAccountIds": ["a", "b"]}}},
        }));
        assert_eq!(facts.labels, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((facts.restricted_view, facts.restricted_edit), (Some(true), None));
        assert_eq!(facts.contributors, Some(vec![AccountId::new("a"), AccountId::new("b")]));
        assert!(facts.nameless_contributors, "an anonymous user");
        assert_eq!(facts.editor.as_deref(), Some("v2"));
    }

    #[test]
    fn a_list_of_labels_as_long_as_the_limit_may_be_cut_off() {
        let of = |count: usize, limit: Option<u64>| {
            let results: Vec<Value> =
                (0..count).map(|number| json!({"name": format!("l{number}"), "prefix": "global"})).collect();
            read(json!({"metadata": {"labels": {"results": results, "limit": limit}}}))
                .labels
                .map(|labels| labels.len())
        };
        assert_eq!(of(3, Some(3)), None);
        assert_eq!(of(2, Some(3)), Some(2));
        assert_eq!(of(199, None), Some(199));
        assert_eq!(of(200, None), None);
        assert_eq!(of(200, Some(500)), None);
    }
}
