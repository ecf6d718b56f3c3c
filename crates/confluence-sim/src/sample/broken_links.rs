//! Link list of the old help centre: links to pages, files and anchors, some of them broken.

use super::SAMPLE_BASE;
use super::SampleUsage::{Embedded, Linked, LinkedElsewhere};
use super::markup::{
    anchor, app, attachment, attachment_in, content_entity, escape, image, link_of, page, paragraph, smart_link,
    view_file,
};
use super::writer::Writer;

const KB: u64 = 1024;
const TERMS: &str = "Warranty terms";
/// No page and no file of the sample has this id.
const NOWHERE: &str = "99440001";

/// Targets of the links.
struct LinkTargets {
    list: String,
    terms: String,
    trashed: String,
    card: String,
}

pub(super) fn write(writer: &mut Writer) {
    let anchors = "<h2>Europe</h2><p>Five years.</p><h2>Everywhere else</h2>";
    let named = app("anchor", &[("", "exceptions")]);
    let terms = writer.page_below("Returns", TERMS, &format!("{anchors}<p>{named}Two years.</p>"));
    let card = writer.file(&terms, "Warranty card.pdf", 95 * KB, LinkedElsewhere, "linked by the old link list");
    let list = writer.page_below("Known issues", "Old help centre: links", "");
    writer.file(&list, "help centre export.csv", 300 * KB, Linked, "file identifier and address on the link list");
    writer.file(&list, "help centre map.pdf", 700 * KB, Embedded, "file card on the link list");
    let trashed = writer.id_of("Untitled idea");
    let targets = LinkTargets { list, terms, trashed, card };
    let mut body = paragraph("Copied from the old help centre. Let us know which links still matter to you.");
    body.push_str("<h2>Still there</h2>");
    body.push_str(&working_links(&targets));
    body.push_str("<h2>Not checked yet</h2>");
    body.push_str(&broken_links(&targets));
    writer.write(&targets.list, &body);
}

/// Returns one working link of each kind.
fn working_links(to: &LinkTargets) -> String {
    let LinkTargets { list, terms, card, .. } = to;
    [
        link_of(&page("SUP", TERMS), "by title"),
        link_of(&content_entity(terms), "by id"),
        anchor(&format!("{SAMPLE_BASE}/spaces/SUP/pages/{terms}/Warranty+terms"), "by address"),
        link_of(&page("SUP", "Old ticket system"), "an archived page"),
        link_of(&attachment("help centre export.csv"), "a file"),
        link_of(&attachment_in("Warranty card.pdf", &page("SUP", TERMS)), "a file of another page"),
        anchor(&download(list, "help%20centre%20export.csv"), "a file by its address"),
        view_file("help centre map.pdf"),
        smart_link(&preview(terms, card.trim_start_matches("att"), "Warranty%20card.pdf"), "inline"),
        anchored("Still there", "", "a heading of this page"),
        anchored("Europe", &page("SUP", TERMS), "a heading of another page"),
        anchored("exceptions", &page("SUP", TERMS), "an anchor of another page"),
        anchor("#Still-there", "a heading of this page by address"),
        anchor(&format!("{SAMPLE_BASE}/spaces/SUP/pages/{terms}#Europe"), "a heading of another page by address"),
    ]
    .concat()
}

/// Returns one broken link of each kind.
fn broken_links(to: &LinkTargets) -> String {
    let LinkTargets { list, terms, trashed, .. } = to;
    [
        link_of(&page("SUP", "Help centre 2019"), "no such title"),
        link_of(&page("HELP", "Start"), "no such space"),
        link_of(&content_entity(NOWHERE), "no such id"),
        anchor(&format!("{SAMPLE_BASE}/spaces/SUP/pages/99440002/Opening+hours"), "no such id, by address"),
        link_of(&page("MKT", "Agency pitch"), "in the trash, by title"),
        link_of(&content_entity(trashed), "in the trash, by id"),
        link_of(&attachment("opening hours.xlsx"), "no such file"),
        image("opening hours.png"),
        link_of(&attachment_in("Warranty card 2019.pdf", &page("SUP", TERMS)), "no such file of another page"),
        anchor(&download(list, "help%20centre%20logo.svg"), "no such file, by address"),
        anchor(&download("99440003", "price%20of%20repairs.pdf"), "file of no such page, by address"),
        view_file("help centre plan.pdf"),
        smart_link(&preview(terms, "99450001", "Warranty%20leaflet.pdf"), "inline"),
        anchored("Opening hours", "", "no such heading here"),
        anchored("Asia", &page("SUP", TERMS), "no such heading there"),
        anchor("#Opening-hours", "no such heading here, by address"),
        anchor(&format!("{SAMPLE_BASE}/spaces/SUP/pages/{terms}#Asia"), "no such heading there, by address"),
    ]
    .concat()
}

fn download(page: &str, name: &str) -> String {
    format!("{SAMPLE_BASE}/download/attachments/{page}/{name}?api=v2")
}

/// Returns the URL of a smart link to a file.
fn preview(page: &str, file: &str, name: &str) -> String {
    format!("{SAMPLE_BASE}/pages/viewpageattachments.action?pageId={page}&preview=%2F{page}%2F{file}%2F{name}")
}

/// Returns a link to an anchor on a page; without a page, on the same page.
fn anchored(anchor: &str, page: &str, text: &str) -> String {
    let (anchor, text) = (escape(anchor), escape(text));
    format!(r#"<p><ac:link ac:anchor="{anchor}">{page}<ac:link-body>{text}</ac:link-body></ac:link></p>"#)
}
