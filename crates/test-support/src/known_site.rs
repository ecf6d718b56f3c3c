//! A small site with every kind of use, and the true usage of its files.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use confluence_sim::Site;
use confluence_sim::site::Status;
use confluence_storage_analyzer::audit::Usage;
use serde_json::json;

/// The true usage of every attachment of a site, by attachment id.
pub type TrueUsages = BTreeMap<String, Usage>;

/// Base URL of the site in the addresses in bodies.
pub const PUBLIC_BASE: &str = "https://acme.atlassian.net/wiki";
/// Files without any use.
pub const UNREFERENCED_FILES: [&str; 2] = ["att901", "att902"];
/// The only page that uses `att103` of another page.
pub const REFERRER: &str = "1003";

fn hours_later(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_705_309_200 + hours * 3600, 0).unwrap()
}

fn image(name: &str) -> String {
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}"/></ac:image></p>"#)
}

fn image_of(name: &str, title: &str) -> String {
    format!(
        r#"<p><ac:image><ri:attachment ri:filename="{name}"><ri:page ri:space-key="ENG" ri:content-title="{title}"/></ri:attachment></ac:image></p>"#
    )
}

fn link(name: &str) -> String {
    format!(r#"<p><ac:link><ri:attachment ri:filename="{name}"/></ac:link></p>"#)
}

pub fn site() -> (Site, TrueUsages) {
    let site = discussions(pages(Site::new()));
    let mut site = edges(site);
    site.public_base = Some(PUBLIC_BASE.to_owned());
    let usages = [
        ("att101", Usage::Embedded),
        ("att102", Usage::Linked),
        ("att103", Usage::LinkedElsewhere),
        ("att104", Usage::LinkedElsewhere),
        ("att105", Usage::LinkedElsewhere),
        ("att106", Usage::LinkedElsewhere),
        ("att107", Usage::LinkedElsewhere),
        ("att108", Usage::LinkedElsewhere),
        ("att109", Usage::Embedded),
        ("att110", Usage::Embedded),
        ("att111", Usage::LinkedElsewhere),
        ("att112", Usage::Listed),
        ("att113", Usage::LinkedElsewhere),
        ("att114", Usage::LinkedElsewhere),
        ("att115", Usage::Embedded),
        ("att801", Usage::NotJudged),
        ("att802", Usage::NotJudged),
        ("att901", Usage::Unreferenced),
        ("att902", Usage::Unreferenced),
    ];
    (site, usages.into_iter().map(|(id, usage)| (id.to_owned(), usage)).collect())
}

fn pages(site: Site) -> Site {
    let own = format!("{}{}", image("own.png"), link("linked.pdf"));
    let url = format!(r#"<p><a href="{PUBLIC_BASE}/download/attachments/1001/by%20url.zip">file</a></p>"#);
    let referrer = format!("{}{url}", image_of("elsewhere.png", "Home"));
    site.template("7001", "Global template", &image_of("by template.png", "Home"))
        .space("ENG", "Engineering")
        .page("1001", "Home", &own)
        .attachment("att101", "own.png", 1000)
        .attachment("att102", "linked.pdf", 2000)
        .attachment("att103", "elsewhere.png", 3000)
        .attachment("att104", "by comment.png", 400)
        .attachment("att105", "by reply.png", 500)
        .attachment("att106", "by inline comment.png", 600)
        .attachment("att107", "by template.png", 700)
        .attachment("att111", "by url.zip", 1100)
        .attachment("att113", "by post.png", 1300)
        .attachment("att114", "by archived page.png", 1400)
        .attachment("att901", "unused.mov", 9000)
        .attachment("att902", "spare.png", 9100)
        .version("spare.png", 9200, hours_later(-50))
        .page("1002", "Versions", &image("old name.png"))
        .attachment("att109", "old name.png", 900)
        .version("new name.png", 950, hours_later(-40))
        .version("newest name.png", 990, hours_later(-30))
        .page(REFERRER, "Referrer", &referrer)
        .page("1004", "Header", "<p>no picture in the text</p>")
        .attachment("att110", "header.jpg", 1010)
        .property("cover-picture-id-published", json!(r#"{"id":"11111111-2222-4333-8444-555555555555","position":1}"#))
        .with_attachment(|file| "11111111-2222-4333-8444-555555555555".clone_into(&mut file.versions[0].file_id))
        .page("1005", "Draft", "<p>published</p>")
        .attachment("att108", "by draft.png", 800)
        .with_attachment(|file| file.versions[0].created_at = hours_later(5))
        .draft(&image("by draft.png"), hours_later(6))
        .page("1006", "List", r#"<p><ac:structured-macro ac:name="attachments"/></p>"#)
        .attachment("att112", "listed.csv", 1200)
        .page("1007", "Plain", "<p>unused.mov is only mentioned, spare.png too</p>")
}

fn discussions(site: Site) -> Site {
    site.post("2001", "News", &format!("{}{}", image("own of post.png"), image_of("by post.png", "Home")))
        .attachment("att115", "own of post.png", 1500)
        .post("2002", "News without files", "<p>text</p>")
        .page("1008", "Discussed", "<p>see below</p>")
        .footer_comment("3001", &image_of("by comment.png", "Home"))
        .reply("3002", &image_of("by reply.png", "Home"))
        .footer_comment("3003", "<p>fine</p>")
        .inline_comment("3004", &image_of("by inline comment.png", "Home"))
        .template("7002", "Template of a space", "<p>nothing</p>")
}

fn edges(site: Site) -> Site {
    site.page("1009", "In the trash", &image("unused.mov"))
        .with_content(|page| page.status = Status::Trashed)
        .attachment("att801", "of the trash.png", 10)
        .page("1010", "Plain too", "<p>text</p>")
        .attachment("att802", "thrown away.png", 20)
        .with_attachment(|file| file.status = Status::Trashed)
        .space("DOC", "Documents")
        .page("1101", "Archived", &image_of("by archived page.png", "Home"))
        .with_content(|page| page.status = Status::Archived)
        .page("1102", "Current", "<p>text</p>")
        .space("OLD", "Old")
        .with_space(|space| space.archived = true)
        .page("1201", "Rests", "<p>text</p>")
}

/// Counts the contents whose published body can be read: everything outside the trash, and the templates.
pub fn count_readable(site: &Site) -> usize {
    site.contents.iter().filter(|content| !content.status.is_trash()).count() + site.templates.len()
}
