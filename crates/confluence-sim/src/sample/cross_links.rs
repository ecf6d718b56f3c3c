//! Links between the pages of the sample: some pages are linked to, most are not, as on real sites.

use super::writer::Writer;
use crate::site::{ContentType, Status};

/// Every n-th page of a space gets a list of related pages.
const EVERY: usize = 4;
/// Number of pages in such a list.
const RELATED: usize = 3;

/// Appends lists of related pages. Draws no random numbers, so the rest of the sample does not change.
pub(super) fn write(writer: &mut Writer) {
    let spaces: Vec<String> = writer.site.spaces.iter().map(|space| space.id.clone()).collect();
    for space in spaces {
        let pages = well_formed_pages(writer, &space);
        for (nth, (id, _)) in pages.iter().enumerate().step_by(EVERY) {
            let related =
                (1..=RELATED).map(|step| &pages[(nth + step * 5) % pages.len()]).filter(|(other, _)| other != id);
            let mut list = String::from("<h2>Related</h2><ul>");
            for (_, title) in related {
                let title = html_escape::encode_double_quoted_attribute(title);
                list.push_str(r#"<li><ac:link><ri:page ri:content-title=""#);
                list.push_str(&title);
                list.push_str(r#"" /></ac:link></li>"#);
            }
            list.push_str("</ul>");
            writer.change(id, |content| content.body.push_str(&list));
        }
    }
}

/// Returns ids and titles of the current pages of a space whose bodies can be appended to.
fn well_formed_pages(writer: &Writer, space: &str) -> Vec<(String, String)> {
    let pages = writer.site.contents.iter().filter(|content| {
        content.kind == ContentType::Page
            && content.status == Status::Current
            && content.space_id == space
            && !content.hidden
            && content.body.ends_with("</p>")
            && !writer.closed.contains(&content.id)
    });
    pages.map(|page| (page.id.clone(), page.title.clone())).collect()
}
