//! Converts the labelled reference cases into sites, which verifies that the builder can express them. Compiled for
//! tests only.

use serde::Deserialize;
use serde_json::Value;

use super::site::{Attachment, Container, Content, ContentType, ContentVersion, Site, Status, Template};

/// One case of the documents in `tests/fixtures/reference-cases`, without its expectations.
#[derive(Debug, Deserialize)]
struct ReferenceCase {
    id: String,
    site: CaseSite,
    owner: CaseContent,
    others: Vec<CaseContent>,
    attachments: Vec<CaseFile>,
}

#[derive(Debug, Deserialize)]
struct CaseSite {
    base_url: String,
}

#[derive(Debug, Deserialize)]
struct CaseContent {
    id: String,
    #[serde(default)]
    title: String,
    space: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    status: Option<Status>,
    body: String,
    #[serde(default)]
    properties: std::collections::BTreeMap<String, Value>,
    container: Option<String>,
    parent: Option<String>,
    posting_day: Option<String>,
    /// `live` marks a live doc.
    subtype: Option<String>,
    /// The body in Atlassian document format, as JSON text.
    document: Option<String>,
    /// Bodies of earlier versions, the oldest first.
    #[serde(default)]
    earlier_bodies: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct CaseFile {
    id: String,
    container: String,
    filename: String,
    versions: u32,
    #[serde(rename = "file_id")]
    media_id: Option<String>,
    media_type: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    status: Option<Status>,
}

/// Parses a file of reference cases into sites, each with the id of its case.
pub(crate) fn sites_of_cases(document: &str) -> serde_json::Result<Vec<(String, Site)>> {
    #[derive(Deserialize)]
    struct Document {
        cases: Vec<ReferenceCase>,
    }
    let document: Document = serde_json::from_str(document)?;
    Ok(document.cases.iter().map(|case| (case.id.clone(), site_of(case))).collect())
}

fn site_of(case: &ReferenceCase) -> Site {
    let mut site = Site::new();
    site.public_base = Some(case.site.base_url.clone());
    for entry in std::iter::once(&case.owner).chain(&case.others) {
        let key = entry.space.as_deref().or(case.owner.space.as_deref()).unwrap_or("ENG");
        if !site.spaces.iter().any(|space| space.key == key) {
            site = site.space(key, key);
        }
        if entry.kind == "template" {
            site.templates.push(Template {
                id: entry.id.clone(),
                name: entry.title.clone(),
                space_key: Some(key.to_owned()),
                body: entry.body.clone(),
                blueprint: false,
            });
        } else {
            let content = content_of(&site, key, entry);
            site = site.content(content);
        }
    }
    for file in &case.attachments {
        let attachment = attachment_of(&site, file);
        site.attachments.push(attachment);
    }
    site
}

fn content_of(site: &Site, key: &str, entry: &CaseContent) -> Content {
    let kind = match entry.kind.as_str() {
        "blogpost" => ContentType::BlogPost,
        "footer-comment" => ContentType::FooterComment,
        "inline-comment" => ContentType::InlineComment,
        _ => ContentType::Page,
    };
    let mut content = site.new_content(kind, &entry.id, &entry.title, &entry.body);
    content.space_id =
        site.spaces.iter().find(|space| space.key == key).map(|space| space.id.clone()).unwrap_or_default();
    content.status = entry.status.unwrap_or(Status::Current);
    content.properties.clone_from(&entry.properties);
    content.container.clone_from(&entry.container);
    content.parent = entry.parent.clone().map(|parent| (parent, kind));
    let day = entry.posting_day.as_deref().map(|day| format!("{}T09:00:00Z", day.replace('/', "-")));
    if let Some(day) = day.and_then(|day| day.parse().ok()) {
        content.created_at = day;
        content.versions = vec![ContentVersion::new(1, day, &content.author)];
    }
    content.live = entry.subtype.as_deref() == Some("live");
    content.document.clone_from(&entry.document);
    for (number, body) in (1..).zip(&entry.earlier_bodies) {
        content.earlier_bodies.insert(number, body.clone());
        content.versions.push(ContentVersion::new(number + 1, content.created_at, &content.author));
    }
    content
}

fn attachment_of(site: &Site, file: &CaseFile) -> Attachment {
    let owner = site.contents.iter().find(|content| content.id == file.container);
    let container = match owner.map(|owner| owner.kind) {
        Some(ContentType::BlogPost) => Container::BlogPost(file.container.clone()),
        _ => Container::Page(file.container.clone()),
    };
    let single = Site::new().attachment_of(container, &file.id, &file.filename, 1_000);
    let mut built = single.with_attachment(|built| {
        for number in 2..=file.versions {
            let first = built.versions.first().map(|first| first.created_at).unwrap_or_default();
            let at = first + chrono::TimeDelta::days(i64::from(number));
            built.upload(&file.filename, 1_000 * u64::from(number), at, None);
        }
        built.status = file.status.unwrap_or(Status::Current);
        built.visible_without_container = owner.is_none();
        built.labels.clone_from(&file.labels);
        if let Some(media_type) = &file.media_type {
            built.media_type.clone_from(media_type);
        }
        if let (Some(media_id), Some(current)) = (&file.media_id, built.versions.last_mut()) {
            current.file_id.clone_from(media_id);
        }
    });
    built.attachments.remove(0)
}

mod tests {
    use super::*;

    #[test]
    fn every_reference_case_becomes_a_site() {
        every_case_of(include_str!("../../../tests/fixtures/reference-cases/cases.json"));
        every_case_of(include_str!("../../../tests/fixtures/reference-cases/field-2026-11.json"));
    }

    fn every_case_of(document: &str) {
        let sites = sites_of_cases(document).unwrap();
        let cases: Value = serde_json::from_str(document).unwrap();
        assert_eq!(sites.len(), cases["cases"].as_array().unwrap().len());
        for ((id, site), case) in sites.iter().zip(cases["cases"].as_array().unwrap()) {
            let files = case["attachments"].as_array().unwrap();
            assert_eq!(site.attachments.len(), files.len(), "{id}");
            assert_eq!(
                site.contents.len() + site.templates.len(),
                1 + case["others"].as_array().unwrap().len(),
                "{id}"
            );
            for (built, file) in site.attachments.iter().zip(files) {
                assert_eq!(built.versions.len() as u64, file["versions"].as_u64().unwrap(), "{id}");
                assert_eq!(built.current().unwrap().title, file["filename"], "{id}");
                let owner = built.container.id().unwrap();
                assert!(site.contents.iter().any(|content| content.id == owner), "{id}: {owner}");
            }
        }
    }
}
