//! Link targets that no list of pages shows.

use confluence_sim::site::Container;
use confluence_sim::{FaultPlan, Site};

use super::super::harness::Harness;
use super::{PUBLIC, href, listed, tiny};

/// The number of single requests is limited; the links beyond the limit are not judged.
#[test]
fn targets_that_no_list_shows_are_requested_up_to_a_limit() {
    let body: String = (0..300).map(|number| href(&format!("{PUBLIC}/x/{}", tiny(77_000 + number)))).collect();
    let mut site = Site::new().space("KB", "KB").page("101", "Home", &body);
    site.public_base = Some(PUBLIC.to_owned());
    let harness = Harness::start(site, FaultPlan::none());
    let run = harness.snapshot(&[]).exits_with(0);
    assert_eq!(listed(&harness, "broken_links.csv").len(), 250);
    assert_eq!(harness.pages()["101"]["broken_internal_links"], "250");
    assert!(run.stderr.contains("50 short links whose targets are in no list are not judged"), "{}", run.stderr);
}

/// The list of attachments shows files on custom content: such a file exists, and so does the content.
#[test]
fn links_to_files_on_custom_content_are_not_broken() {
    let preview =
        |page: u32, file: u32| format!("{PUBLIC}/pages/viewpage.action?pageId=101&preview=/{page}/{file}/x.png");
    let download = |page: u32| format!("{PUBLIC}/download/attachments/{page}/x.png");
    let body: String = [preview(77_001, 9_001), download(77_001), preview(77_002, 9_002), download(77_003)]
        .iter()
        .map(|address| href(address))
        .collect();
    let mut site = Site::new().space("KB", "KB").page("101", "Home", &body);
    site = site.attachment_of(Container::CustomContent("77001".to_owned()), "att9001", "x.png", 10);
    site.public_base = Some(PUBLIC.to_owned());
    let harness = Harness::start(site, FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let named: Vec<String> = listed(&harness, "broken_links.csv").into_iter().map(|(_, _, target)| target).collect();
    assert_eq!(named, ["77002/x.png", "77003/x.png"]);
}
