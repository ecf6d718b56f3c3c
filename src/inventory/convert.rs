//! Converts the JSON of the API to the program's own types.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::api_enums::{ParentKind, Resolution, Subtype};
use super::site::{
    AccountId, Attachment, AttachmentId, Container, Content, ContentDetails, ContentId, ContentKind, HeaderImage,
    OldVersion, Space, SpaceId, Status,
};
use confluence_client::api::{HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED};
use confluence_client::model;
use storage_format::Body;

/// Parses a time of the API; one that cannot be parsed is unknown.
pub(super) fn time(text: Option<&str>) -> Option<DateTime<Utc>> {
    let text = text?;
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|time| time.to_utc())
}

/// More bytes than any file has (1 PiB).
const IMPOSSIBLE_SIZE: u64 = 1 << 50;

/// Returns the size of a file. An impossible one is unknown, so that sums of sizes cannot overflow.
fn size(bytes: Option<u64>) -> Option<u64> {
    bytes.filter(|bytes| *bytes < IMPOSSIBLE_SIZE)
}

fn status(text: Option<&str>) -> Status {
    Status::parse(text.unwrap_or("unknown"))
}

fn account(id: Option<String>) -> Option<AccountId> {
    id.filter(|id| !id.is_empty()).map(AccountId)
}

fn content_id(id: model::Id) -> ContentId {
    ContentId(id.0)
}

/// Converts an enum value that every response should have.
fn required_word<T: From<String>>(sent: Option<String>) -> T {
    sent.unwrap_or_else(|| "unknown".to_owned()).into()
}

/// Returns the type of a parent, by default a page.
pub(super) fn parent_kind(sent: Option<String>) -> ParentKind {
    sent.map_or(ParentKind::Page, ParentKind::from)
}

pub(super) fn space(sent: model::Space) -> Space {
    Space {
        id: SpaceId(sent.id.0),
        name: sent.name.unwrap_or_else(|| sent.key.clone()),
        alias: sent.current_active_alias.filter(|alias| !alias.is_empty() && *alias != sent.key),
        key: sent.key,
        kind: required_word(sent.kind),
        status: required_word(sent.status),
        homepage: sent.homepage_id.map(content_id),
        webui: sent.links.and_then(|links| links.webui),
        only_with_admin_key: false,
    }
}

/// Converts a page, post, comment or custom content; `body` is its parsed body.
pub(super) fn content(sent: model::Content, kind: ContentKind, body: Option<Body>) -> Content {
    let version = sent.version.unwrap_or_default();
    let container = sent.page_id.or(sent.blog_post_id).or(sent.custom_content_id).map(content_id);
    let live = sent.subtype.as_deref() == Some("live");
    let parent = sent.parent_id.map(|id| (content_id(id), parent_kind(sent.parent_type)));
    Content {
        id: content_id(sent.id),
        kind,
        status: status(sent.status.as_deref()),
        title: sent.title.unwrap_or_default(),
        space: sent.space_id.map(|id| SpaceId(id.0)),
        container: if kind.is_comment() || kind == ContentKind::CustomContent { container } else { None },
        parent: if kind == ContentKind::Page { parent } else { None },
        created_at: time(sent.created_at.as_deref()),
        author: account(sent.author_id),
        owner: account(sent.owner_id),
        version: version.number,
        modified_at: time(version.created_at.as_deref()),
        last_editor: account(version.author_id),
        webui: sent.links.and_then(|links| links.webui),
        body,
        header_images: Vec::new(),
        live,
        only_with_admin_key: false,
        unread: None,
        details: None,
    }
}

/// Returns the fields of a content that only the page metrics need.
pub(super) fn details(sent: &model::Content) -> ContentDetails {
    let version = sent.version.as_ref();
    let text = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
    ContentDetails {
        subtype: text(sent.subtype.as_ref()).map(Subtype::from),
        position: sent.position,
        last_owner: account(sent.last_owner_id.clone()),
        minor_edit: version.and_then(|version| version.minor_edit),
        message: text(version.and_then(|version| version.message.as_ref())),
        tiny_link: text(sent.links.as_ref().and_then(|links| links.tinyui.as_ref())),
        resolution: text(sent.resolution_status.as_ref()).map(Resolution::from),
        is_reply: sent.parent_comment_id.is_some(),
    }
}

/// Converts a template; `body` is its parsed body.
pub(super) fn template(sent: model::Template, space: Option<SpaceId>, body: Option<Body>) -> Content {
    Content {
        id: content_id(sent.template_id),
        kind: ContentKind::Template,
        status: Status::Current,
        title: sent.name.unwrap_or_default(),
        space,
        container: None,
        parent: None,
        created_at: None,
        author: None,
        owner: None,
        version: None,
        modified_at: None,
        last_editor: None,
        webui: None,
        body,
        header_images: Vec::new(),
        live: false,
        only_with_admin_key: false,
        unread: None,
        details: None,
    }
}

pub(super) fn attachment(sent: model::Attachment) -> Attachment {
    let version = sent.version.unwrap_or_default();
    let links = sent.links.unwrap_or_default();
    let container = match (sent.page_id, sent.blog_post_id, sent.custom_content_id) {
        (Some(page), _, _) => Container::Page(content_id(page)),
        (None, Some(post), _) => Container::BlogPost(content_id(post)),
        (None, None, Some(custom)) => Container::CustomContent(content_id(custom)),
        (None, None, None) => Container::None,
    };
    Attachment {
        id: AttachmentId(sent.id.0),
        file_id: sent.file_id.filter(|id| !id.is_empty()),
        title: sent.title.unwrap_or_default(),
        status: status(sent.status.as_deref()),
        container,
        media_type: sent.media_type.filter(|kind| !kind.is_empty()),
        size: size(sent.file_size),
        created_at: time(sent.created_at.as_deref()),
        // `current_version_number.rs` determines a missing version number
        version: version.number.unwrap_or(0),
        modified_at: time(version.created_at.as_deref()),
        author: account(version.author_id),
        comment: sent.comment.filter(|comment| !comment.is_empty()),
        download: sent.download_link.or(links.download),
        webui: sent.webui_link.or(links.webui),
        old_versions: Vec::new(),
        labels: sent.labels.map(public_labels),
        unread: None,
        sha256: None,
        unsettled: None,
    }
}

/// Returns the names of the public labels, sorted; macros know no others.
fn public_labels(sent: Vec<model::Label>) -> Vec<String> {
    let is_public = |label: &model::Label| label.prefix.as_deref().is_none_or(|prefix| prefix == "global");
    let names: BTreeSet<String> = sent.into_iter().filter(is_public).map(|label| label.name).collect();
    names.into_iter().collect()
}

/// Converts version `number` of an attachment.
pub(super) fn old_version(sent: model::Attachment, number: u32) -> OldVersion {
    let version = sent.version.unwrap_or_default();
    OldVersion {
        number,
        title: sent.title.filter(|title| !title.is_empty()),
        size: size(sent.file_size),
        file_id: sent.file_id.filter(|id| !id.is_empty()),
        created_at: time(version.created_at.as_deref()),
        author: account(version.author_id),
    }
}

/// Returns the current version of a file as an old version, after a newer one was uploaded.
pub(super) fn to_old_version(attachment: &Attachment) -> OldVersion {
    OldVersion {
        number: attachment.version,
        title: Some(attachment.title.clone()),
        size: attachment.size,
        file_id: attachment.file_id.clone(),
        created_at: attachment.modified_at,
        author: attachment.author.clone(),
    }
}

/// Returns the header image in a content property; `None` for properties of other keys and for those without an id.
pub(super) fn header_image(key: &str, value: Option<&Value>) -> Option<HeaderImage> {
    let draft = match key {
        HEADER_IMAGE_PUBLISHED => false,
        HEADER_IMAGE_DRAFT => true,
        _ => return None,
    };
    let id = match value? {
        // usually a JSON document in a string; a bare id or URL is taken literally
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(fields)) => scalar(fields.get("id")?),
            Ok(Value::String(inner)) => Some(inner),
            _ => Some(text.clone()),
        },
        Value::Object(fields) => scalar(fields.get("id")?),
        _ => None,
    }?;
    let id = id.trim().to_owned();
    (!id.is_empty()).then_some(HeaderImage { draft, id })
}

/// Returns whether this is the key of a header image property.
pub(super) fn is_header_image(key: &str) -> bool {
    matches!(key, HEADER_IMAGE_PUBLISHED | HEADER_IMAGE_DRAFT)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the header images of a search hit; `None` if the response lacks one of the two properties, or the value of
/// one.
pub(super) fn header_images_of_hit(hit: &model::SearchHit) -> Option<Vec<HeaderImage>> {
    let properties = hit.metadata.as_ref()?.properties.as_ref()?;
    let not_expanded = properties.get("_expandable").and_then(Value::as_object);
    let is_missing = |key: &str| not_expanded.is_some_and(|keys| keys.contains_key(key));
    let mut images = Vec::new();
    for key in [HEADER_IMAGE_PUBLISHED, HEADER_IMAGE_DRAFT] {
        if is_missing(key) {
            return None;
        }
        if let Some(found) = properties.get(key) {
            images.extend(header_image(key, Some(found.get("value")?)));
        }
    }
    Some(images)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn header_images_are_read_in_every_known_form() {
        let read = |value: Value| header_image(HEADER_IMAGE_PUBLISHED, Some(&value)).map(|image| image.id);
        assert_eq!(read(json!(r#"{"id":"0f-uuid","position":50}"#)).as_deref(), Some("0f-uuid"));
        assert_eq!(read(json!({"id": "https://a.example/x.png"})).as_deref(), Some("https://a.example/x.png"));
        assert_eq!(read(json!({"id": 12})).as_deref(), Some("12"));
        assert_eq!(read(json!("0f-uuid")).as_deref(), Some("0f-uuid"));
        assert_eq!(read(json!(r#"{"position":50}"#)), None);
        assert_eq!(read(json!("")), None);
        assert_eq!(read(Value::Null), None);
        assert_eq!(header_image("emoji-title-published", Some(&json!("1f680"))), None);
    }

    #[test]
    fn a_hit_without_its_properties_has_unknown_header_images() {
        let hit = |metadata: Value| {
            let hit = serde_json::from_value(json!({"id": "1", "metadata": metadata})).unwrap();
            header_images_of_hit(&hit)
        };
        assert_eq!(hit(json!({"properties": {}})), Some(vec![]));
        assert_eq!(hit(json!({"_expandable": {"properties": ""}})), None);
        assert_eq!(hit(json!({"properties": {"cover-picture-id-draft": {"key": "cover-picture-id-draft"}}})), None);
        assert_eq!(hit(json!({"properties": {"cover-picture-id-draft": {"value": null}}})), Some(vec![]));
        assert_eq!(hit(json!({"properties": {"_expandable": {"cover-picture-id-draft": "/x"}}})), None);
        let found = hit(json!({"properties": {"cover-picture-id-draft": {"value": "{\"id\":\"u\"}"}}})).unwrap();
        assert_eq!(found, [HeaderImage { draft: true, id: "u".into() }]);
    }

    #[test]
    fn an_impossible_size_is_unknown_f_60() {
        let sent = |size: u64| {
            let sent = json!({"id": "att1", "fileSize": size, "version": {"number": 2}});
            let mut file = attachment(serde_json::from_value(sent.clone()).unwrap());
            file.old_versions.push(old_version(serde_json::from_value(sent).unwrap(), 1));
            file.all_bytes()
        };
        assert_eq!(sent(u64::MAX), None, "and the sum of two does not overflow");
        assert_eq!(sent(5 << 40), Some(10 << 40));
    }

    #[test]
    fn invalid_times_are_unknown_f_60() {
        assert_eq!(time(Some("soon")), None);
        assert_eq!(time(None), None);
        assert_eq!(time(Some("2026-01-02T03:04:05.678Z")), time(Some("2026-01-02T03:04:05.678+0000")));
        assert!(time(Some("2026-01-02T03:04:05.678Z")).is_some());
    }
}
