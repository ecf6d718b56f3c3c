//! Targets of links that no list of pages shows.

use confluence_sim::site::Container;
use confluence_sim::{FaultPlan, Site};

use super::super::bench::Bench;
use super::{PUBLIC, href, tiny, told};

/// So many are looked up one by one, and no more: of the others nothing is said.
#[test]
fn targets_that_no_list_shows_are_looked_up_within_bounds() {
    let body: String = (0..300).map(|number| href(&format!("{PUBLIC}/x/{}", tiny(77_000 + number)))).collect();
    let mut site = Site::new().space("KB", "KB").page("101", "Home", &body);
    site.public_base = Some(PUBLIC.to_owned());
    let bench = Bench::start(site, FaultPlan::none());
    let run = bench.snapshot(&[]).ends(0);
    assert_eq!(told(&bench, "broken_links.csv").len(), 250);
    assert_eq!(bench.pages()["101"]["broken_internal_links"], "250");
    assert!(run.stderr.contains("50 short links whose targets no list shows are not judged"), "{}", run.stderr);
}

/// The list of files shows what lies on contents of apps: such a file is there, and so is what it lies on.
#[test]
fn files_on_contents_of_apps_are_there() {
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
    let bench = Bench::start(site, FaultPlan::none());
    bench.snapshot(&[]).ends(0);
    let named: Vec<String> = told(&bench, "broken_links.csv").into_iter().map(|(_, _, target)| target).collect();
    assert_eq!(named, ["77002/x.png", "77003/x.png"]);
}
