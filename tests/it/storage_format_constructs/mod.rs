//! Every construct of storage format (`docs/usage-rules.md`), each with a counter-example that only looks like a use.
//!
//! One module for each group of constructs, one test for each construct.

mod adf;
mod case_table;
mod constructs;
mod core_markup;
mod generated_sites;
mod listing_macros;
mod macros;
mod oddities;
mod outside_the_body;
mod resolution;
mod robustness;
mod urls;

use confluence_storage_analyzer::inventory::Status;
use storage_format::Certainty::{self, Possible, Proven};
use test_support::test_site::TestSite;

/// The page whose body is under test, and another page of the same space.
const OWN: &str = "1001";
const OTHER: &str = "2001";

/// A site whose page 1001 "Release Plan" has `body`. Files: `own` is `name` on that page, `other` has the same name on
/// page 2001 "Deployment Guide", and `near` on page 1001 has a longer name that contains `name`.
fn site(body: &str, name: &str) -> TestSite {
    let mut site = TestSite::acme();
    site.page(OWN, "Release Plan", body);
    site.page(OTHER, "Deployment Guide", "<p>Nothing here.</p>");
    site.file("own", OWN, name);
    site.file("other", OTHER, name);
    site.file("near", OWN, &format!("data-{name}"));
    site
}

/// [`site`] for `a.png` where no page names a file, for uses from elsewhere.
fn quiet_site() -> TestSite {
    site("<p>Nothing here.</p>", "a.png")
}

/// Asserts the usage of these files only.
#[track_caller]
fn assert_usage(site: &TestSite, expected: &[(&str, &str)]) {
    for (id, usage) in expected {
        let verdict = site.verdict(id);
        assert_eq!(verdict.usage.as_str(), *usage, "{id}: {verdict:#?}");
    }
}

/// Asserts that `id` is used by exactly this construct with this certainty.
#[track_caller]
fn assert_evidence(site: &TestSite, id: &str, construct: &str, certainty: Certainty) {
    let verdict = site.verdict(id);
    let found: Vec<_> = verdict.uses.iter().map(|one| (one.construct.to_string(), one.certainty)).collect();
    assert!(found.contains(&(construct.to_owned(), certainty)), "{id}: {construct} {certainty:?} is not in {found:?}");
    assert_eq!(verdict.certainty, Some(certainty), "{id}: {found:?}");
}

/// Asserts that the body uses the file of its own page, and no other file.
#[track_caller]
fn assert_own(body: &str, name: &str, usage: &str, construct: &str, certainty: Certainty) {
    let site = site(body, name);
    assert_usage(&site, &[("own", usage), ("other", "unreferenced"), ("near", "unreferenced")]);
    assert_evidence(&site, "own", construct, certainty);
}

/// Asserts that the body uses the file of page 2001, and not the file of the same name on its own page.
#[track_caller]
fn assert_other(body: &str, name: &str, construct: &str, certainty: Certainty) {
    let site = site(body, name);
    assert_usage(&site, &[("other", "linked-elsewhere"), ("own", "unreferenced"), ("near", "unreferenced")]);
    assert_evidence(&site, "other", construct, certainty);
}

/// Asserts that the body uses no file.
#[track_caller]
fn assert_nothing(body: &str, name: &str) {
    assert_usage(&site(body, name), &[("own", "unreferenced"), ("other", "unreferenced"), ("near", "unreferenced")]);
}

/// Asserts that the body names a file on a possible former host: not a use, but files of that name are undetermined.
#[track_caller]
fn assert_doubted(body: &str, name: &str) {
    assert_usage(&site(body, name), &[("own", "undetermined"), ("other", "undetermined"), ("near", "unreferenced")]);
}

fn image(name: &str) -> String {
    format!(r#"<ac:image><ri:attachment ri:filename="{name}" ri:version-at-save="1" /></ac:image>"#)
}

fn image_in(name: &str, container: &str) -> String {
    format!(r#"<ac:image><ri:attachment ri:filename="{name}">{container}</ri:attachment></ac:image>"#)
}

/// A macro with text parameters.
fn call(name: &str, parameters: &[(&str, &str)]) -> String {
    let parameters = parameters.iter().fold(String::new(), |all, (key, value)| {
        all + &format!(r#"<ac:parameter ac:name="{key}">{value}</ac:parameter>"#)
    });
    format!(r#"<ac:structured-macro ac:name="{name}" ac:schema-version="1">{parameters}</ac:structured-macro>"#)
}

/// A macro with a plain text body.
fn code(name: &str, text: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="{name}"><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"#
    )
}

fn trashed(site: &mut TestSite, id: &str) {
    let content = site.inventory.contents.iter_mut().find(|content| content.id.as_str() == id).unwrap();
    content.status = Status::Trashed;
}
