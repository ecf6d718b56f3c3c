//! Small sites as text, with the expected usage of every file. `tests/fixtures/usage-cases.txt` describes the format.

use confluence_storage_analyzer::inventory::{Container, ContentId, ContentKind, Status};

use test_support::test_site::{BASE_URL, TestSite, header_image, old_version};

const CASES: &str = include_str!("../../fixtures/usage-cases.txt");

/// One content with its body.
struct Body {
    kind: ContentKind,
    id: String,
    /// The commented content.
    on: Option<String>,
    status: Status,
    title: Option<String>,
    text: String,
}

struct Case<'a> {
    title: &'a str,
    base_url: Option<&'a str>,
    aliases: Vec<&'a str>,
    header: Option<&'a str>,
    bodies: Vec<Body>,
    files: Vec<&'a str>,
}

fn cases(table: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with("# ")) {
        if let Some(title) = line.strip_prefix("=== ") {
            let (base_url, aliases, header) = (None, Vec::new(), None);
            cases.push(Case { title, base_url, aliases, header, bodies: Vec::new(), files: Vec::new() });
            cases.last_mut().unwrap().bodies.push(body("page 1001"));
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(who) = line.strip_prefix("--- ") {
            case.bodies.push(body(who));
        } else if let Some(file) = line.strip_prefix("*** ") {
            case.files.push(file);
        } else if let Some(url) = line.strip_prefix("site: ") {
            case.base_url = Some(url);
        } else if let Some(host) = line.strip_prefix("alias: ") {
            case.aliases.push(host);
        } else if let Some(id) = line.strip_prefix("header: ") {
            case.header = Some(id);
        } else {
            let text = &mut case.bodies.last_mut().unwrap().text;
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&unescaped(line));
        }
    }
    cases
}

/// Parses `comment 7001 on 1001`, `page 3005 titled How-to`, `draft 1001`, `archived 3003`, `trashed 3003` or `template
/// 8001`.
fn body(who: &str) -> Body {
    let words: Vec<&str> = who.split(' ').collect();
    let kind = match words[0] {
        "comment" => ContentKind::FooterComment,
        "inline" => ContentKind::InlineComment,
        "template" => ContentKind::Template,
        "post" => ContentKind::BlogPost,
        "custom" => ContentKind::CustomContent,
        _ => ContentKind::Page,
    };
    let status = Status::parse(match words[0] {
        status @ ("draft" | "archived" | "trashed") => status,
        _ => "current",
    });
    let on = words.get(3).map(|&id| id.to_owned());
    let title = who.split_once(" titled ").map(|(_, title)| title.to_owned());
    Body { kind, id: words[1].to_owned(), on, status, title, text: String::new() }
}

/// The pages of every site: id, space, title.
const PAGES: &[(&str, &str, &str)] = &[
    ("1001", "ENG", "Release Plan"),
    ("2001", "ENG", "Deployment Guide"),
    ("3001", "OPS", "Runbook"),
    ("3002", "OPS", "Release Plan"),
    ("3003", "ENG", "R+D Plan"),
    ("3004", "ENG", "Trailing\u{200b}"),
    ("10010", "ENG", "Ten, twenty"),
];

fn build(case: &Case<'_>) -> TestSite {
    let mut site = TestSite::new(case.base_url.unwrap_or(BASE_URL), &[]).formerly(&case.aliases);
    for &(id, space, title) in PAGES {
        let of_page = case.bodies.iter().find(|body| body.id == id && body.status != Status::Draft);
        let text = of_page.map_or("<p>Nothing here.</p>", |body| body.text.as_str());
        let page = site.content(ContentKind::Page, id, Some(space), title, text);
        page.status = of_page.map_or(Status::Current, |body| body.status.clone());
        if id == "1001" {
            page.header_images.extend(case.header.map(header_image));
        }
    }
    for (id, day) in [("4001", "2024-07-01"), ("4002", "2024-08-15")] {
        let post = site.content(ContentKind::BlogPost, id, Some("ENG"), "News", "<p>Nothing here.</p>");
        post.created_at = Some(format!("{day}T09:00:00Z").parse().unwrap());
    }
    for body in &case.bodies {
        let is_standard = PAGES.iter().any(|(id, ..)| *id == body.id) && body.status != Status::Draft;
        if is_standard {
            continue;
        }
        let title = PAGES.iter().find(|(id, ..)| *id == body.id).map_or("Draft", |(.., title)| title);
        let title = body.title.as_deref().unwrap_or(title);
        let content = site.content(body.kind, &body.id, Some("ENG"), title, &body.text);
        content.status = body.status.clone();
        content.container = body.on.as_deref().map(ContentId::new);
    }
    for line in &case.files {
        let mut fields = line.split(" | ");
        let (container, name) = (fields.next().unwrap(), fields.next().unwrap());
        let options: Vec<&str> = fields.skip(1).collect();
        let option = |key: &str| options.iter().find_map(|option| option.strip_prefix(key));
        let id = option("id: ").map_or_else(|| format!("{container}/{}", unescaped(name)), str::to_owned);
        let file = site.file(&id, container, &unescaped(name));
        if container.starts_with('4') {
            file.container = Container::BlogPost(ContentId::new(container));
        }
        file.file_id = option("file id: ").map(str::to_owned);
        file.media_type = option("type: ").map(str::to_owned);
        file.status = Status::parse(option("status: ").unwrap_or("current"));
        file.labels =
            Some(option("labels: ").into_iter().flat_map(|labels| labels.split(',')).map(str::to_owned).collect());
        if let Some(old) = option("old: ") {
            file.version = 2;
            file.old_versions.push(old_version(1, old, 5));
        }
    }
    site
}

/// Replaces `\u{…}` escapes, which the table uses for characters that are hard to see.
fn unescaped(name: &str) -> String {
    let mut parts = name.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        text.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        text.push_str(rest);
    }
    text
}

#[test]
fn every_file_of_every_case_has_the_expected_usage() {
    let cases = cases(CASES);
    assert!(cases.len() > 100, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let audit = build(case).audit();
        assert!(!case.files.is_empty(), "{}", case.title);
        for (verdict, line) in audit.files.iter().zip(&case.files) {
            let expected = line.split(" | ").nth(2).unwrap();
            if verdict.usage.as_str() != expected {
                let uses = verdict.uses.iter().map(|one| one.construct.to_string()).collect::<Vec<_>>();
                let usage = verdict.usage.as_str();
                wrong.push(format!("{}: {line}: {usage} {uses:?} {:?}", case.title, verdict.reasons));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
