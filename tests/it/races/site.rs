//! The site of the race tests: the known site, with content that only some changes affect.

use confluence_sim::Site;
use confluence_sim::site::{Container, ContentType, Status};
use test_support::known_site;

/// A file without a use on the page "Home".
pub(crate) const UNREFERENCED_FILE: &str = "att901";
/// A file without a use that no row affects: every complete run has to call it unreferenced.
pub(crate) const SPARE: &str = "att902";
/// Ids of the spaces, in order.
pub(crate) const ENG: &str = "65538";
pub(crate) const DOC: &str = "196610";
pub(crate) const OLD: &str = "327682";

/// The site before any change.
pub(crate) fn site() -> Site {
    let (site, _) = known_site::site();
    let gallery = r#"<ac:structured-macro ac:name="gallery"><ac:parameter ac:name="includeLabel">show</ac:parameter></ac:structured-macro>"#;
    let mut site = site
        .page("1202", "Gallery", gallery)
        .attachment("att121", "unlabelled.png", 1210)
        .attachment("att122", "labelled.png", 1220)
        .with_attachment(|file| file.labels.push("show".to_owned()))
        .page("1203", "Diagrams", "<p>text</p>");
    for id in ["1202", "1203"] {
        at(&mut site, id, |content| DOC.clone_into(&mut content.space_id));
    }
    let mut app = site.new_content(ContentType::CustomContent, "5001", "Diagram", "<p>text</p>");
    app.custom_type = Some("ac:app:diagram".to_owned());
    app.container = Some("1203".to_owned());
    DOC.clone_into(&mut app.space_id);
    let mut site =
        site.content(app).attachment_of(Container::CustomContent("5001".to_owned()), "att123", "raw.bin", 12);
    site.behaviour.page_cap = Some(4);
    site
}

/// Changes the content with the given id.
pub(crate) fn at(site: &mut Site, id: &str, change: impl FnOnce(&mut confluence_sim::site::Content)) {
    change(site.contents.iter_mut().find(|content| content.id == id).unwrap());
}

/// Adds a page to a space.
pub(crate) fn with_page(site: Site, space: &str, id: &str, body: &str) -> Site {
    let title = format!("Page {id}");
    site.page(id, &title, body).with_content(|page| space.clone_into(&mut page.space_id))
}

/// Adds a page in the trash.
pub(crate) fn with_trashed(site: Site, space: &str, id: &str, body: &str) -> Site {
    with_page(site, space, id, body).with_content(|page| page.status = Status::Trashed)
}

pub(crate) fn image(name: &str) -> String {
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}"/></ac:image></p>"#)
}

pub(crate) fn image_of(name: &str, space: &str, title: &str) -> String {
    format!(
        r#"<p><ac:image><ri:attachment ri:filename="{name}"><ri:page ri:space-key="{space}" ri:content-title="{title}"/></ri:attachment></ac:image></p>"#
    )
}

/// Returns markup that uses [`UNREFERENCED_FILE`] and works in any body.
pub(crate) fn used() -> String {
    image_of("unused.mov", "ENG", "Home")
}
