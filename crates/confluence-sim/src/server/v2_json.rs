//! Entities as JSON of v2. Fields that do not apply are absent, not null.

use base64::prelude::{BASE64_URL_SAFE, Engine as _};
use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::indexed_site::IndexedSite;
use crate::builder::hash;
use crate::site::{Attachment, AttachmentVersion, Container, Content, ContentType, ContentVersion, Space, Status};

/// Characters that are not escaped in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Formats a time as `YYYY-MM-DDTHH:mm:ss.sssZ`.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Percent-encodes a path segment.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Encodes a title as in URLs of pages: space characters as plus signs.
pub(crate) fn title_segment(title: &str) -> String {
    segment(title).replace("%20", "+")
}

/// A space.
pub(crate) fn space(space: &Space) -> Value {
    json!({
        "id": space.id,
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": if space.archived { "archived" } else { "current" },
        "authorId": space.author,
        "createdAt": time(space.created_at),
        "homepageId": space.homepage,
        "currentActiveAlias": space.alias.as_ref().unwrap_or(&space.key),
        "_links": {"webui": format!("/spaces/{}", space.key)},
    })
}

/// The version object of contents.
pub(crate) fn version(version: &ContentVersion) -> Value {
    json!({
        "number": version.number,
        "createdAt": time(version.created_at),
        "message": version.message,
        "minorEdit": version.minor,
        "authorId": version.author,
        "ncsStepVersion": null,
    })
}

/// Returns the path of a content below the base URL.
pub(crate) fn webui(indexed: &IndexedSite, content: &Content) -> String {
    let key = indexed.space(&content.space_id).map_or("", |space| space.key.as_str());
    match content.kind {
        ContentType::BlogPost => format!(
            "/spaces/{key}/blog/{}/{}/{}",
            content.created_at.format("%Y/%m/%d"),
            content.id,
            title_segment(&content.title)
        ),
        ContentType::FooterComment | ContentType::InlineComment => {
            let container = content.container.as_deref().and_then(|id| indexed.content(id));
            let page = container.map_or_else(String::new, |container| webui(indexed, container));
            format!("{page}?focusedCommentId={}", content.id)
        }
        ContentType::Page => format!("/spaces/{key}/pages/{}/{}", content.id, title_segment(&content.title)),
        kind => format!("/spaces/{key}/{}/{}", kind.as_str(), content.id),
    }
}

/// Returns a page, post, comment, tree member or custom content, with its body if a format was requested.
pub(crate) fn content(indexed: &IndexedSite, content: &Content, body_format: Option<&str>) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), Value::from(content.id.as_str()));
    fields.insert("status".into(), Value::from(content.status.as_str()));
    fields.insert("title".into(), Value::from(content.title.as_str()));
    if let Some(current) = content.version() {
        fields.insert("version".into(), version(current));
    }
    let web = webui(indexed, content);
    fields.insert("_links".into(), json!({"webui": web, "base": indexed.base()}));
    if content.kind.is_comment() {
        comment_fields(indexed, content, &mut fields);
    } else {
        fields.insert("spaceId".into(), Value::from(content.space_id.as_str()));
        fields.insert("authorId".into(), Value::from(content.author.as_str()));
        fields.insert("createdAt".into(), Value::from(time(content.created_at)));
    }
    match content.kind {
        ContentType::Page => page_fields(content, &web, &mut fields),
        ContentType::Folder | ContentType::Whiteboard | ContentType::Database | ContentType::Embed => {
            tree_fields(content, &mut fields);
        }
        ContentType::CustomContent => {
            fields.insert("type".into(), json!(content.custom_type));
            put_container(indexed, content, &mut fields);
        }
        _ => {}
    }
    if let Some(format) = body_format {
        fields.insert("body".into(), body(content, format));
    }
    Value::Object(fields)
}

fn page_fields(content: &Content, web: &str, fields: &mut Map<String, Value>) {
    tree_fields(content, fields);
    fields.insert("ownerId".into(), json!(content.owner));
    fields.insert("lastOwnerId".into(), json!(content.last_owner));
    fields.insert("subtype".into(), Value::from(if content.live { "live" } else { "page" }));
    if let Some(links) = fields.get_mut("_links").and_then(Value::as_object_mut) {
        links.insert("editui".into(), Value::from(format!("/pages/resumedraft.action?draftId={}", content.id)));
        links.insert("self".into(), Value::from(web));
        links.insert("tinyui".into(), Value::from(tiny_link(&content.id)));
    }
}

/// Returns the tiny link `/x/…`: the bytes of the id in base64, lowest byte first.
pub(crate) fn tiny_link(id: &str) -> String {
    let number: u64 = id.parse().unwrap_or_default();
    let bytes = number.to_le_bytes();
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
    let code = BASE64_URL_SAFE.encode(&bytes[..length]);
    // Confluence swaps the two special characters of URL-safe base64
    let swapped = code.chars().map(|letter| match letter {
        '-' => '_',
        '_' => '-',
        other => other,
    });
    let code: String = swapped.collect();
    format!("/x/{}", code.trim_end_matches(['=', 'A']))
}

fn tree_fields(content: &Content, fields: &mut Map<String, Value>) {
    let parent = content.parent.as_ref();
    fields.insert("parentId".into(), json!(parent.map(|(id, _)| id)));
    fields.insert("parentType".into(), json!(parent.map(|(_, kind)| kind.as_str())));
    fields.insert("position".into(), Value::from(hash(&content.id) % 10_000));
    if content.kind != ContentType::Page {
        fields.insert("type".into(), Value::from(content.kind.as_str()));
    }
}

fn comment_fields(indexed: &IndexedSite, content: &Content, fields: &mut Map<String, Value>) {
    put_container(indexed, content, fields);
    if let Some((parent, _)) = &content.parent {
        fields.insert("parentCommentId".into(), Value::from(parent.as_str()));
    }
    if let Some(resolution) = &content.resolution {
        fields.insert("resolutionStatus".into(), Value::from(resolution.as_str()));
    }
}

fn put_container(indexed: &IndexedSite, content: &Content, fields: &mut Map<String, Value>) {
    if let Some(container) = &content.container {
        let is_post = indexed.content(container).is_some_and(|container| container.kind == ContentType::BlogPost);
        fields.insert(if is_post { "blogPostId" } else { "pageId" }.into(), Value::from(container.as_str()));
    }
}

fn body(content: &Content, format: &str) -> Value {
    let value = match format {
        "atlas_doc_format" => document(content),
        _ => Value::from(content.body.as_str()),
    };
    json!({format: {"representation": format, "value": value}})
}

/// Returns the body as a document. Storage format is not converted: a body without a document has none here.
fn document(content: &Content) -> Value {
    match &content.document {
        Some(document) => Value::from(document.as_str()),
        None if content.body.is_empty() => Value::from(r#"{"type":"doc","version":1,"content":[]}"#),
        None => Value::Null,
    }
}

/// Returns the unpublished draft of a content.
pub(crate) fn draft(indexed: &IndexedSite, owner: &Content, body_format: Option<&str>) -> Value {
    content(indexed, &draft_edition(indexed, owner), body_format)
}

/// Returns a content as its unpublished draft has it; a content without a draft as it is.
pub(crate) fn draft_edition(indexed: &IndexedSite, owner: &Content) -> Content {
    let Some(draft) = &owner.draft else { return owner.clone() };
    let mut shown = owner.clone();
    shown.status = Status::Draft;
    shown.title.clone_from(&draft.title);
    shown.body.clone_from(&draft.body);
    shown.document = None;
    let number = owner.version().map_or(1, |version| version.number + 1);
    let author = &indexed.site.account.account_id;
    shown.versions.push(ContentVersion::new(number, draft.saved_at, author));
    shown
}

/// Returns an attachment in one of its versions.
pub(crate) fn attachment(indexed: &IndexedSite, file: &Attachment, shown: &AttachmentVersion) -> Value {
    let owner = file.container.id().unwrap_or_default();
    let digits = file.id.trim_start_matches("att");
    let preview = segment(&format!("/{owner}/{digits}/{}", shown.title));
    let webui = format!("/pages/viewpageattachments.action?pageId={owner}&preview={preview}");
    let download = format!(
        "/download/attachments/{owner}/{}?version={}&modificationDate={}&cacheVersion=1&api=v2",
        segment(&shown.title),
        shown.number,
        shown.created_at.timestamp_millis()
    );
    let created_at = file.versions.first().map_or(shown.created_at, |first| first.created_at);
    let size = if indexed.site.behaviour.old_versions_answer_current_size {
        file.current().map_or(shown.size, |current| current.size)
    } else {
        shown.size
    };
    let mut fields = json!({
        "id": file.id,
        "status": file.status.as_str(),
        "title": shown.title,
        "createdAt": time(created_at),
        "mediaType": file.media_type,
        "mediaTypeDescription": null,
        "comment": file.comment,
        "fileId": shown.file_id,
        "fileSize": size,
        "webuiLink": webui,
        "downloadLink": download,
        "version": {
            "number": shown.number,
            "createdAt": time(shown.created_at),
            "message": file.comment,
            "minorEdit": false,
            "authorId": shown.author,
        },
        "_links": {"webui": webui, "download": download},
    });
    let container = match &file.container {
        Container::Page(id) => Some(("pageId", id)),
        Container::BlogPost(id) => Some(("blogPostId", id)),
        Container::CustomContent(id) => Some(("customContentId", id)),
        Container::None => None,
    };
    if let Some((key, id)) = container {
        fields[key] = Value::from(id.as_str());
    }
    fields
}

/// A content property.
pub(crate) fn property(content: &Content, key: &str, value: &Value) -> Value {
    let number = content.version().map_or(1, |version| version.number);
    json!({
        "id": numeric_id(&format!("{}/{key}", content.id)),
        "key": key,
        "value": value,
        "version": {"number": number, "createdAt": time(content.modified_at()), "message": "", "minorEdit": false,
            "authorId": content.author},
    })
}

/// A label.
pub(crate) fn label(name: &str) -> Value {
    json!({"id": label_id(name), "name": name, "prefix": "global"})
}

/// Derives the id of a label from its name.
pub(crate) fn label_id(name: &str) -> String {
    numeric_id(name)
}

pub(crate) fn numeric_id(text: &str) -> String {
    (100_000_000 + hash(text) % 900_000_000).to_string()
}
