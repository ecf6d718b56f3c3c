//! Converts the JSON of `/rest/api` to the types of [`crate::model`], which are those of Cloud.

use serde_json::Value;

use super::v1::{
    V1Content, V1Extensions, V1ListedVersion, V1Metadata, V1Person, V1Property, V1Reference, V1Space, V1Version,
};
use crate::model::{self, Id};

/// Most labels that come along with a content; more are cut off.
const MOST_LABELS: usize = 200;

pub(super) fn space(sent: V1Space, listed_as: Option<&str>) -> model::Space {
    model::Space {
        id: sent.id,
        key: sent.key,
        name: sent.name,
        kind: sent.kind,
        status: sent.status.map(|status| status.to_ascii_lowercase()).or_else(|| listed_as.map(str::to_owned)),
        homepage_id: sent.homepage.and_then(|homepage| homepage.id),
        current_active_alias: None,
        links: sent.links,
    }
}

/// Converts a page, blog post or comment. `space` is the id of its space, if that is known from the request.
pub(super) fn content(sent: V1Content, space: Option<&str>) -> model::Content {
    let is_comment = sent.kind.as_deref() == Some("comment");
    let is_inline = is_comment && sent.is_inline();
    let V1Content { history, version, ancestors, container, extensions, .. } = sent;
    let (created_by, created_at) = history.map_or((None, None), |history| (history.created_by, history.created_date));
    let extensions = extensions.unwrap_or_default();
    let parent = ancestors.and_then(|mut ancestors| ancestors.pop()).and_then(|parent| parent.id);
    let (parent_id, parent_comment_id) = if is_comment { (None, parent) } else { (parent, None) };
    let on = |kind: &str| container.as_ref().filter(|_| is_comment).and_then(|container| id_of(container, kind));
    model::Content {
        parent_type: parent_id.as_ref().map(|_| "page".to_owned()),
        parent_id,
        parent_comment_id,
        page_id: on("page"),
        blog_post_id: on("blogpost"),
        attachment_id: on("attachment"),
        custom_content_id: None,
        space_id: sent.space.and_then(|space| space.id).or_else(|| space.map(|id| Id(id.to_owned()))),
        position: extensions.position.as_ref().and_then(Value::as_i64),
        resolution_status: if is_inline { resolution(&extensions) } else { None },
        id: sent.id,
        status: sent.status,
        title: sent.title,
        kind: sent.kind,
        subtype: None,
        author_id: account(created_by.as_ref()),
        owner_id: None,
        last_owner_id: None,
        created_at,
        version: version.map(self::version),
        body: sent.body,
        links: sent.links,
    }
}

/// Returns the id of a container of this type.
fn id_of(container: &V1Reference, kind: &str) -> Option<Id> {
    if container.kind.as_deref() == Some(kind) { container.id.clone() } else { None }
}

fn account(person: Option<&V1Person>) -> Option<String> {
    person?.account_id().map(str::to_owned)
}

fn resolution(extensions: &V1Extensions) -> Option<String> {
    let sent = match &extensions.resolution {
        Some(Value::String(status)) => Some(status.clone()),
        Some(sent) => sent.get("status").and_then(Value::as_str).map(str::to_owned),
        None => None,
    };
    let is_resolved = extensions.location.as_deref() == Some("resolved");
    sent.filter(|status| !status.is_empty()).or_else(|| is_resolved.then(|| "resolved".to_owned()))
}

pub(super) fn version(sent: V1Version) -> model::Version {
    model::Version {
        number: sent.number,
        created_at: sent.when,
        author_id: account(sent.by.as_ref()),
        message: sent.message,
        minor_edit: sent.minor_edit,
    }
}

/// The page or blog post that an attachment is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) id: Id,
    pub(super) is_post: bool,
}

/// Converts an attachment. `owner` is what it is on, if that is known from the request.
pub(super) fn attachment(sent: V1Content, owner: Option<&Owner>) -> model::Attachment {
    let V1Content { history, version, container, metadata, extensions, links, .. } = sent;
    let metadata = metadata.unwrap_or_default();
    let labels = labels(&metadata);
    let extensions = extensions.unwrap_or_default();
    let links = links.unwrap_or_default();
    let on = |kind: &str| container.as_ref().and_then(|container| id_of(container, kind));
    let known = |is_post: bool| owner.filter(|owner| owner.is_post == is_post).map(|owner| owner.id.clone());
    let message = version.as_ref().and_then(|version| version.message.clone());
    model::Attachment {
        id: sent.id,
        status: sent.status,
        title: sent.title,
        created_at: history.and_then(|history| history.created_date),
        page_id: on("page").or_else(|| known(false)),
        blog_post_id: on("blogpost").or_else(|| known(true)),
        custom_content_id: None,
        media_type: extensions.media_type.or(metadata.media_type),
        comment: extensions.comment.or(metadata.comment).or(message),
        file_id: None,
        file_size: extensions.file_size,
        webui_link: links.webui.clone(),
        download_link: links.download.clone(),
        version: version.map(self::version),
        labels,
        links: Some(links),
    }
}

/// Returns the labels; `None` if they were not sent, or not all of them.
fn labels(metadata: &V1Metadata) -> Option<Vec<model::Label>> {
    let list: model::ListPage = serde_json::from_value(metadata.labels.clone()?).ok()?;
    let has_next = list.links.as_ref().is_some_and(|links| links.next.as_ref().is_some_and(|next| !next.is_empty()));
    let limit = list.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST_LABELS);
    if has_next || list.results.len() >= limit.clamp(1, MOST_LABELS) {
        return None;
    }
    list.results.into_iter().map(|label| serde_json::from_value(label).ok()).collect()
}

/// Returns the labels that came along with a page, and the property with this key.
pub(super) fn page_details(sent: V1Content, key: &str) -> model::PageDetails {
    let metadata = sent.metadata.unwrap_or_default();
    let labels = metadata.labels.and_then(|list| {
        let list: model::ListPage = serde_json::from_value(list).ok()?;
        let has_next = list.links.as_ref().is_some_and(|links| links.next.is_some());
        let is_full = list.limit.is_some_and(|limit| list.results.len() as u64 >= limit);
        let labels = list.results.into_iter().map(|label| serde_json::from_value(label).ok());
        Some(embedded(labels.collect::<Option<_>>()?, has_next || is_full))
    });
    let properties = metadata.properties.and_then(|sent| {
        let Value::Object(sent) = sent else { return None };
        if sent.get("_expandable").is_some_and(|others| others.get(key).is_some()) {
            return None;
        }
        let properties = sent.into_iter().filter(|(name, _)| name == key);
        let properties = properties.map(|(_, value)| serde_json::from_value(value).ok().map(property));
        Some(embedded(properties.collect::<Option<_>>()?, false))
    });
    model::PageDetails { id: sent.id, labels, properties, versions: None }
}

fn embedded<T>(results: Vec<T>, has_more: bool) -> model::EmbeddedList<T> {
    model::EmbeddedList { results, meta: Some(model::EmbeddedListMeta { has_more: Some(has_more) }) }
}

pub(super) fn property(sent: V1Property) -> model::Property {
    model::Property { id: sent.id.unwrap_or_else(|| Id(sent.key.clone())), key: sent.key, value: sent.value }
}

pub(super) fn page_version(sent: V1ListedVersion) -> model::PageVersion {
    model::PageVersion {
        number: sent.number,
        created_at: sent.when,
        author_id: account(sent.by.as_ref()),
        minor_edit: sent.minor_edit,
    }
}

/// Converts an account. Only the status of people who were expanded is known.
pub(super) fn account_of(sent: &V1Person) -> model::Account {
    let status = sent.status.as_ref();
    let status = status.and_then(|status| status.as_str().or_else(|| status.get("status")?.as_str()));
    let status = status.map(|status| match status.to_ascii_lowercase().as_str() {
        "current" | "active" => "active".to_owned(),
        "deactivated" | "inactive" | "deleted" | "external_deleted" => "inactive".to_owned(),
        _ => "unknown".to_owned(),
    });
    model::Account {
        account_id: account(Some(sent)),
        display_name: sent.display_name.clone(),
        public_name: None,
        account_status: status,
        account_type: None,
    }
}

/// Gives every user in the JSON an `accountId`, as Cloud does, and every list of user keys a list of account ids.
pub(super) fn add_account_ids(json: &mut Value) {
    let mut values = vec![json];
    while let Some(value) = values.pop() {
        match value {
            Value::Array(items) => values.extend(items),
            Value::Object(fields) => {
                if !fields.contains_key("accountId") {
                    let id = ["userKey", "username"].into_iter().filter_map(|name| fields.get(name)?.as_str());
                    let id = id.map(str::to_owned).find(|id| !id.is_empty());
                    if let Some(id) = id {
                        fields.insert("accountId".to_owned(), Value::String(id));
                    }
                }
                if let Some(keys) = fields.get("userKeys").filter(|keys| keys.is_array()).cloned() {
                    fields.entry("userAccountIds").or_insert(keys);
                }
                values.extend(fields.values_mut());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(json: Value) -> V1Content {
        serde_json::from_value(json).unwrap()
    }

    fn person(key: &str) -> Value {
        json!({"type": "known", "username": format!("name-of-{key}"), "userKey": key, "displayName": "A Person"})
    }

    #[test]
    fn a_page_keeps_its_dates_people_and_place_in_the_tree() {
        let page = content(
            sent(json!({
                "id": "98", "type": "page", "status": "current", "title": "Plan",
                "space": {"id": 65_537, "key": "ENG", "name": "Engineering", "type": "global"},
                "history": {"latest": true, "createdBy": person("k1"), "createdDate": "2024-01-02T03:04:05.678+01:00"},
                "version": {"by": person("k2"), "when": "2025-01-02T03:04:05.000+0200", "number": 7, "minorEdit": true,
                    "message": "typo", "hidden": false},
                "ancestors": [{"id": "1", "type": "page"}, {"id": "2", "type": "page"}],
                "container": {"id": 65_537, "key": "ENG", "type": "global"},
                "body": {"storage": {"value": "<p/>", "representation": "storage"}, "_expandable": {"view": ""}},
                "extensions": {"position": "none"},
                "_links": {"webui": "/display/ENG/Plan", "tinyui": "/x/Yg", "self": "https://wiki.example/rest/api/content/98"},
                "_expandable": {"metadata": ""},
            })),
            None,
        );
        assert_eq!(
            (page.id.0.as_str(), page.status.as_deref(), page.title.as_deref()),
            ("98", Some("current"), Some("Plan"))
        );
        assert_eq!(page.space_id, Some(Id("65537".into())));
        assert_eq!((&page.parent_id, page.parent_type.as_deref()), (&Some(Id("2".into())), Some("page")));
        assert_eq!(
            (page.author_id.as_deref(), page.created_at.as_deref()),
            (Some("k1"), Some("2024-01-02T03:04:05.678+01:00"))
        );
        let version = page.version.as_ref().unwrap();
        assert_eq!(
            (version.number, version.author_id.as_deref(), version.minor_edit),
            (Some(7), Some("k2"), Some(true))
        );
        assert_eq!(version.created_at.as_deref(), Some("2025-01-02T03:04:05.000+0200"));
        assert_eq!((page.position, page.page_id.as_ref()), (None, None), "the container of a page is its space");
        assert_eq!(page.links.as_ref().and_then(|links| links.tinyui.as_deref()), Some("/x/Yg"));
        assert_eq!(page.storage(), Some("<p/>"));
    }

    #[test]
    fn a_page_without_expansions_is_a_page_of_which_little_is_known() {
        let bare = content(sent(json!({"id": "98", "type": "page", "extensions": {"position": 3}})), Some("7"));
        assert_eq!((bare.space_id, bare.position), (Some(Id("7".into())), Some(3)));
        assert!(bare.version.is_none() && bare.parent_id.is_none() && bare.body.is_none() && bare.author_id.is_none());
        let deleted = json!({"id": "1", "history": {"createdBy": {"type": "anonymous", "displayName": "Anonymous"}}});
        assert_eq!(content(sent(deleted), None).author_id, None);
        let old = json!({"id": "1", "history": {"createdBy": {"type": "known", "username": "jo"}}});
        assert_eq!(content(sent(old), None).author_id.as_deref(), Some("jo"), "a site without user keys");
    }

    #[test]
    fn a_comment_names_its_container_and_the_comment_above() {
        let of = |container: Value, extensions: Value, ancestors: Value| {
            content(
                sent(json!({"id": "5", "type": "comment", "container": container, "extensions": extensions,
                    "ancestors": ancestors})),
                None,
            )
        };
        let reply = of(
            json!({"id": "98", "type": "page"}),
            json!({"location": "inline", "resolution": {"status": "open"}}),
            json!([{"id": "3", "type": "comment"}, {"id": "4", "type": "comment"}]),
        );
        assert_eq!(reply.page_id, Some(Id("98".into())));
        assert_eq!((reply.parent_comment_id, reply.parent_id), (Some(Id("4".into())), None));
        assert_eq!(reply.resolution_status.as_deref(), Some("open"));
        let on_post = of(json!({"id": 99, "type": "blogpost"}), json!({"location": "footer"}), json!([]));
        assert_eq!((on_post.blog_post_id, on_post.page_id), (Some(Id("99".into())), None));
        assert_eq!((on_post.resolution_status, on_post.parent_comment_id), (None, None));
        let on_file = of(json!({"id": "att7", "type": "attachment"}), json!({"location": "resolved"}), json!([]));
        assert_eq!(on_file.attachment_id, Some(Id("att7".into())));
        assert_eq!(on_file.resolution_status.as_deref(), Some("resolved"));
    }

    #[test]
    fn an_attachment_has_its_size_owner_labels_and_download() {
        let file = json!({
            "id": "att12", "type": "attachment", "status": "current", "title": "a.png",
            "version": {"number": 2, "when": "2025-01-01T00:00:00.000Z", "by": person("k")},
            "history": {"createdDate": "2024-01-01T00:00:00.000Z", "createdBy": person("k")},
            "metadata": {"mediaType": "image/png", "comment": "logo", "labels": {"results": [
                {"prefix": "global", "name": "keep", "id": "1"}, {"prefix": "my", "name": "mine", "id": "2"},
            ], "start": 0, "limit": 200, "size": 2}},
            "extensions": {"mediaType": "image/png", "fileSize": 321, "comment": ""},
            "_links": {"webui": "/display/ENG/Plan?preview=x", "download": "/download/attachments/98/a.png?version=2"},
        });
        let owner = Owner { id: Id("98".into()), is_post: true };
        let converted = attachment(sent(file.clone()), Some(&owner));
        assert_eq!((converted.blog_post_id, converted.page_id), (Some(Id("98".into())), None));
        assert_eq!((converted.file_size, converted.media_type.as_deref()), (Some(321), Some("image/png")));
        let names: Vec<String> = converted.labels.unwrap().into_iter().map(|label| label.name).collect();
        assert_eq!(names, ["keep", "mine"]);
        assert_eq!(converted.download_link.as_deref(), Some("/download/attachments/98/a.png?version=2"));
        assert_eq!(converted.created_at.as_deref(), Some("2024-01-01T00:00:00.000Z"));
        let mut with_container = file;
        with_container["container"] = json!({"id": "77", "type": "page"});
        with_container["metadata"]["labels"]["limit"] = json!(2);
        let converted = attachment(sent(with_container), None);
        assert_eq!(converted.page_id, Some(Id("77".into())));
        assert!(converted.labels.is_none(), "as many labels as fit may not be all");
    }

    #[test]
    fn a_space_has_the_status_of_the_list_that_shows_it() {
        let of = |json: Value| space(serde_json::from_value(json).unwrap(), Some("archived"));
        let sent = of(json!({"id": 5, "key": "~jo", "name": "Jo", "type": "personal",
            "homepage": {"id": "11", "type": "page"}, "_links": {"webui": "/display/~jo"}}));
        assert_eq!((sent.id.0.as_str(), sent.key.as_str(), sent.status.as_deref()), ("5", "~jo", Some("archived")));
        assert_eq!(sent.homepage_id, Some(Id("11".into())));
        assert_eq!(of(json!({"id": 5, "key": "A", "status": "CURRENT"})).status.as_deref(), Some("current"));
    }

    #[test]
    fn properties_that_were_not_expanded_are_not_known() {
        let of = |metadata: Value| page_details(sent(json!({"id": "1", "metadata": metadata})), "editor");
        let read = of(json!({"labels": {"results": [{"id": "1", "name": "a", "prefix": "global"}], "limit": 200},
            "properties": {"editor": {"key": "editor", "value": "v2"}, "_expandable": {"other": "/x"}}}));
        assert_eq!(read.labels.unwrap().all_items().unwrap()[0].name, "a");
        let property = &read.properties.unwrap().results[0];
        assert_eq!((property.key.as_str(), property.value.as_ref()), ("editor", Some(&json!("v2"))));
        assert!(of(json!({"properties": {"_expandable": {"editor": "/x"}}})).properties.is_none());
        assert!(of(json!({"properties": {}})).properties.unwrap().results.is_empty());
        assert!(of(json!({})).labels.is_none());
    }

    #[test]
    fn every_user_gets_an_account_id() {
        let mut json = json!({"contributors": {"publishers": {"users": [person("k1"), {"type": "anonymous"}],
            "userKeys": ["k1", "k2"]}}});
        add_account_ids(&mut json);
        let publishers = &json["contributors"]["publishers"];
        assert_eq!(publishers["users"][0]["accountId"], "k1");
        assert_eq!(publishers["users"][1].get("accountId"), None);
        assert_eq!(publishers["userAccountIds"], json!(["k1", "k2"]));
    }

    #[test]
    fn the_status_of_an_account_is_known_only_if_it_was_sent() {
        let of = |json: Value| account_of(&serde_json::from_value(json).unwrap()).account_status;
        assert_eq!(of(json!({"userKey": "k", "status": "current"})).as_deref(), Some("active"));
        assert_eq!(of(json!({"userKey": "k", "status": {"status": "DEACTIVATED"}})).as_deref(), Some("inactive"));
        assert_eq!(of(json!({"userKey": "k"})), None);
    }
}
