//! Labelled reference cases: small sites with the usage that Confluence itself would show.

use std::collections::BTreeMap;

use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind, HeaderImage, OldVersion, Status};
use serde::Deserialize;
use test_support::test_site::{TestSite, old_version};

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    certainty: String,
    site: CaseSite,
    owner: CaseContent,
    others: Vec<CaseContent>,
    attachments: Vec<CaseAttachment>,
    expected: BTreeMap<String, Expected>,
}

#[derive(Deserialize)]
struct CaseSite {
    host: String,
    base_url: String,
}

#[derive(Deserialize)]
struct CaseContent {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    title: Option<String>,
    space: Option<String>,
    status: Option<String>,
    body: Option<String>,
    container: Option<String>,
    parent: Option<String>,
    posting_day: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct CaseAttachment {
    id: String,
    container: String,
    filename: String,
    versions: u32,
    file_id: Option<String>,
    media_type: Option<String>,
    labels: Option<Vec<String>>,
    status: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
struct Expected {
    embedded_on_owner: bool,
    linked_from: Vec<String>,
    unreferenced: bool,
}

fn add(site: &mut TestSite, content: &CaseContent, containers: &BTreeMap<&str, &str>) {
    let kind = match content.kind.as_str() {
        "page" => ContentKind::Page,
        "blogpost" => ContentKind::BlogPost,
        "footer-comment" => ContentKind::FooterComment,
        "inline-comment" => ContentKind::InlineComment,
        "template" => ContentKind::Template,
        other => panic!("unknown kind {other}"),
    };
    let title = content.title.as_deref().unwrap_or_default();
    let body = content.body.as_deref().unwrap_or_default();
    let built = site.content(kind, &content.id, content.space.as_deref(), title, body);
    built.status = Status::parse(content.status.as_deref().unwrap_or("current"));
    built.container = containers.get(content.id.as_str()).map(|id| ContentId::new(*id));
    if let Some(day) = &content.posting_day {
        built.created_at = Some(format!("{}T09:00:00Z", day.replace('/', "-")).parse().unwrap());
    }
    for (key, value) in &content.properties {
        let draft = match key.as_str() {
            "cover-picture-id-published" => false,
            "cover-picture-id-draft" => true,
            _ => continue,
        };
        let value: serde_json::Value = serde_json::from_str(value).unwrap();
        built.header_images.push(HeaderImage { draft, id: value["id"].as_str().unwrap().to_owned() });
    }
}

fn build(case: &Case) -> TestSite {
    let mut site = TestSite::new(&case.site.base_url, &[&case.site.host]);
    // a reply belongs to the page of its thread
    let mut containers: BTreeMap<&str, &str> = BTreeMap::new();
    for content in &case.others {
        if let Some(container) = &content.container {
            containers.insert(&content.id, container);
        }
    }
    for content in &case.others {
        if let Some(&container) = content.parent.as_deref().and_then(|parent| containers.get(parent)) {
            containers.entry(&content.id).or_insert(container);
        }
    }
    add(&mut site, &case.owner, &containers);
    for content in &case.others {
        add(&mut site, content, &containers);
    }
    for attachment in &case.attachments {
        let is_post = site
            .inventory
            .contents
            .iter()
            .any(|content| content.id.as_str() == attachment.container && content.kind == ContentKind::BlogPost);
        let file = site.file(&attachment.id, &attachment.container, &attachment.filename);
        if is_post {
            file.container = Container::BlogPost(ContentId::new(&attachment.container));
        }
        file.version = attachment.versions;
        file.old_versions = (1..attachment.versions)
            .map(|number| OldVersion { size: Some(10), ..old_version(number, &attachment.filename, 10) })
            .collect();
        file.file_id.clone_from(&attachment.file_id);
        file.media_type.clone_from(&attachment.media_type);
        file.labels = Some(attachment.labels.clone().unwrap_or_default());
        file.status = Status::parse(attachment.status.as_deref().unwrap_or("current"));
    }
    site
}

fn actual(site: &TestSite, id: &str) -> (Expected, Usage) {
    let verdict = site.verdict(id);
    let mut linked_from: Vec<String> = verdict
        .uses
        .iter()
        .filter(|one| !one.on_owner)
        .map(|one| site.inventory.contents[one.content].id.to_string())
        .collect();
    linked_from.sort();
    linked_from.dedup();
    let embedded_on_owner = verdict.uses.iter().any(|one| one.on_owner);
    let unreferenced = verdict.usage == Usage::Unreferenced;
    (Expected { embedded_on_owner, linked_from, unreferenced }, verdict.usage)
}

/// Cases with an address on an unknown host: not a use, but the file is undetermined, because the site may have used
/// that host before.
const ON_UNKNOWN_HOSTS: [&str; 2] = ["url-foreign-host-same-path", "url-host-suffix-trap"];

/// Whether the result matches the case. A case of medium certainty is a guess: its file may have another usage or
/// another user, as long as it is not called unreferenced.
fn matches(case: &Case, usage: Usage, actual: &Expected, expected: &Expected) -> bool {
    if ON_UNKNOWN_HOSTS.contains(&case.id.as_str()) {
        return usage == Usage::Undetermined && !actual.embedded_on_owner && actual.linked_from.is_empty();
    }
    actual == expected || (case.certainty == "medium" && usage != Usage::Unreferenced && !expected.unreferenced)
}

#[test]
fn labelled_cases_have_the_expected_usage() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reference-cases");
    for (file, at_least) in [("cases.json", 65), ("field-2026-11.json", 61)] {
        let cases: Cases = serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{file}")).unwrap()).unwrap();
        assert!(cases.cases.len() >= at_least, "only {} cases in {file}", cases.cases.len());
        let mut failures = Vec::new();
        for case in &cases.cases {
            let site = build(case);
            failures.extend(case.expected.iter().filter_map(|(id, expected)| {
                let (actual, usage) = actual(&site, id);
                (!matches(case, usage, &actual, expected)).then(|| {
                    format!("{} ({}): {id} is {usage:?} {actual:?}, expected {expected:?}", case.id, case.certainty)
                })
            }));
        }
        let failed_cases =
            failures.iter().filter_map(|line| line.split(' ').next()).collect::<std::collections::BTreeSet<_>>();
        println!("{} of {} cases of {file} match", cases.cases.len() - failed_cases.len(), cases.cases.len());
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
