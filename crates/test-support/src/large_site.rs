//! A site of any size, whose files are used or not by their number.

use std::fmt::Write as _;

use chrono::DateTime;
use confluence_sim::Site;
use confluence_sim::site::{Attachment, AttachmentVersion, Container, ContentType, Status};

/// Whether a file is used: every third is used nowhere.
pub fn is_used(file: usize) -> bool {
    !file.is_multiple_of(3)
}

/// Pages in ten spaces with files, each used on its own page, on the page before, or nowhere.
pub fn site(pages: usize, files: usize, paragraphs: usize) -> Site {
    let mut site = Site::new();
    for space in 0..10 {
        site = site.space(&format!("SPACE{space}"), &format!("Space {space}"));
        let begin = pages * space / 10;
        for page in begin..pages * (space + 1) / 10 {
            let mut content =
                site.new_content(ContentType::Page, &(10_000 + page).to_string(), &format!("Page {page}"), "");
            content.body = body(page, pages, files, paragraphs);
            site.contents.push(content);
            if page % 20 == 0 {
                site = site.footer_comment(&(50_000_000 + page).to_string(), "<p>A remark.</p>");
            }
        }
    }
    site.attachments = (0..files).map(|file| attachment(file, pages, &site.account.account_id)).collect();
    site
}

fn body(page: usize, pages: usize, files: usize, paragraphs: usize) -> String {
    let mut body = String::new();
    for paragraph in 0..paragraphs {
        let _ = write!(
            body,
            "<p>Paragraph {paragraph} of page {page} has a little to say at some length, so that a body takes more memory than the data that is kept of it.</p>"
        );
    }
    for file in (page..files).step_by(pages).filter(|file| is_used(*file) && file % 2 == 0) {
        let _ = write!(body, r#"<p><ac:image><ri:attachment ri:filename="file {file}.png"/></ac:image></p>"#);
    }
    // files with an odd number are used on the page before the one that owns them
    let next = (page + 1) % pages;
    let space = format!("SPACE{}", next * 10 / pages);
    for file in (next..files).step_by(pages).filter(|file| is_used(*file) && file % 2 == 1) {
        let _ = write!(
            body,
            r#"<p><ac:link><ri:attachment ri:filename="file {file}.png"><ri:page ri:space-key="{space}" ri:content-title="Page {next}"/></ri:attachment></ac:link></p>"#
        );
    }
    body
}

fn attachment(file: usize, pages: usize, author: &str) -> Attachment {
    let id = format!("att{}", 1_000_000 + file);
    let at = DateTime::from_timestamp(1_700_000_000 + i64::try_from(file).unwrap(), 0).unwrap();
    let name = format!("file {file}.png");
    let count = if file.is_multiple_of(40) { 2 } else { 1 };
    Attachment {
        versions: (1..=count).map(|n| AttachmentVersion::new(&id, n, &name, 1000 + u64::from(n), at, author)).collect(),
        id,
        status: Status::Current,
        container: Container::Page((10_000 + file % pages).to_string()),
        media_type: "image/png".to_owned(),
        comment: String::new(),
        labels: Vec::new(),
        visible_without_container: false,
    }
}
