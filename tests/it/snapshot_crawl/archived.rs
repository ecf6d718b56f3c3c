//! Pages of archived spaces: read in bulk if the general search shows them, and one by one if it does not.

use chrono::{TimeDelta, Utc};
use confluence_client::RequestKind;
use confluence_sim::site::{ArchivedSearch, ContentVersion};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::inventory::snapshot::{MetricGroup, PageFacts};
use confluence_storage_analyzer::inventory::{AccountId, ContentId};
use serde_json::json;

use super::{Harness, Run};

const ARCHIVED_PAGES: usize = 12;

/// The same pages in a current space and in an archived one.
fn site(search: ArchivedSearch) -> Site {
    let mut site = Site::new().person("a1", "Ann").person("a2", "Bob");
    let at = Utc::now() - TimeDelta::days(200);
    for (first, key) in [(1000, "ENG"), (2000, "OLD")] {
        site = site.space(key, key).with_space(|space| space.archived = key == "OLD");
        for number in 0..ARCHIVED_PAGES {
            site = site.page(&(first + number).to_string(), &format!("{key} {number}"), "<p>text</p>").with_content(
                |page| {
                    page.labels = (0..number % 3).map(|label| format!("label-{label}")).collect();
                    let author = |version: usize| ["a1", "a2"][version % 2];
                    page.versions = (1..=1 + number)
                        .map(|version| ContentVersion::new(u32::try_from(version).unwrap(), at, author(version)))
                        .collect();
                    page.restrictions.read.users = ["a1".to_owned()].into_iter().filter(|_| number == 1).collect();
                    page.restrictions.update.groups =
                        ["staff".to_owned()].into_iter().filter(|_| number == 2).collect();
                },
            );
            if number != 3 {
                site = site.property("editor", json!("v2"));
            }
        }
    }
    site.behaviour.archived_search = search;
    site
}

async fn harness(search: ArchivedSearch, faults: FaultPlan) -> Harness {
    Harness::start(site(search), &[MetricGroup::People], faults).await
}

/// Returns the facts of a page in the archived space, and of its twin in the current one.
fn twins(run: &Run, number: usize) -> (&PageFacts, &PageFacts) {
    let of = |first: usize| &run.facts().pages[&ContentId::new((first + number).to_string())];
    (of(2000), of(1000))
}

fn assert_same_facts(run: &Run) {
    for number in 0..ARCHIVED_PAGES {
        let (archived, current) = twins(run, number);
        assert_eq!(archived, current, "{number}");
        assert!(archived.contributors.as_ref().is_some_and(|people| people.len() == (number + 1).min(2)), "{number}");
    }
    assert_eq!(twins(run, 1).0.restricted_view, Some(true));
    assert_eq!((twins(run, 2).0.restricted_view, twins(run, 2).0.restricted_edit), (Some(false), Some(true)));
    assert_eq!(twins(run, 3).0.editor.as_deref(), Some(""));
}

fn sent(run: &Run, kind: RequestKind) -> u64 {
    run.inventory.requests.of(kind)
}

#[tokio::test(start_paused = true)]
async fn pages_of_archived_spaces_are_read_in_bulk_if_the_search_shows_them() {
    let harness = harness(ArchivedSearch::Shown, FaultPlan::none()).await;
    let run = harness.run().await;
    assert_same_facts(&run);
    assert_eq!((sent(&run, RequestKind::PageSweep), sent(&run, RequestKind::PageAlone)), (2, 0));
    assert!(run.facts().notes.is_empty(), "{}", run.notes());
    let plan = run.inventory.plan.as_ref().unwrap();
    assert_eq!(plan.requests, run.inventory.requests);
    assert!(plan.to_string().contains("up to 24 more if the search does not cover archived spaces"));
}

#[tokio::test(start_paused = true)]
async fn pages_of_archived_spaces_are_read_one_by_one_if_the_search_ignores_or_refuses_them() {
    for search in [ArchivedSearch::Ignored, ArchivedSearch::Refused] {
        let harness = harness(search, FaultPlan::none()).await;
        let run = harness.run().await;
        assert_same_facts(&run);
        let pages = ARCHIVED_PAGES as u64;
        assert_eq!((sent(&run, RequestKind::PageAlone), sent(&run, RequestKind::PageRestrictions)), (pages, pages));
        assert_eq!(sent(&run, RequestKind::PageLabels), 0);
        assert_eq!(run.inventory.plan.as_ref().unwrap().unless_searched, 2 * pages, "as planned");
        assert!(run.notes().contains("12 pages in archived spaces are not covered by the search"), "{}", run.notes());
        let skipped = run.inventory.coverage.units[&UnitKind::PageSweep].skipped;
        assert_eq!(skipped, u64::from(search == ArchivedSearch::Refused));
    }
}

#[tokio::test(start_paused = true)]
async fn contributors_are_known_only_if_all_versions_were_read() {
    let mut site = site(ArchivedSearch::Ignored);
    let page = |site: &mut Site, id: &str, change: &dyn Fn(&mut Vec<ContentVersion>)| {
        change(&mut site.contents.iter_mut().find(|page| page.id == id).unwrap().versions);
    };
    // a deleted version, and more versions than one response has
    page(&mut site, "2005", &|versions| drop(versions.remove(2)));
    page(&mut site, "2006", &|versions| {
        *versions =
            (1..=51).map(|number| ContentVersion::new(number, Utc::now() - TimeDelta::days(200), "a1")).collect();
    });
    page(&mut site, "2007", &|versions| versions.last_mut().unwrap().author = String::new());
    let harness = Harness::start(site, &[MetricGroup::People], FaultPlan::none()).await;
    let run = harness.run().await;
    let contributors = |id: &str| run.facts().pages[&ContentId::new(id)].contributors.clone();
    assert_eq!((contributors("2005"), contributors("2006")), (None, None));
    assert_eq!(contributors("2004"), Some(vec![AccountId::new("a1"), AccountId::new("a2")]));
    assert!(run.page("2007").nameless_contributors);
    assert!(run.notes().contains("contributors of 2 pages that the search does not cover"), "{}", run.notes());
}

#[tokio::test(start_paused = true)]
async fn labels_beyond_those_in_the_response_of_a_page_are_listed() {
    let mut site = site(ArchivedSearch::Ignored);
    let page = site.contents.iter_mut().find(|page| page.id == "2000").unwrap();
    page.labels = (0..60).map(|number| format!("label-{number:02}")).collect();
    let harness = Harness::start(site, &[], FaultPlan::none()).await;
    let run = harness.run().await;
    assert_eq!(run.facts().pages[&ContentId::new("2000")].labels.as_ref().unwrap().len(), 60);
    assert_eq!(sent(&run, RequestKind::PageLabels), 1);
}

#[tokio::test(start_paused = true)]
async fn refused_restrictions_are_unknown_and_are_not_requested_for_every_page() {
    let refused = RoutePattern::path("**/restriction/byOperation").unwrap();
    let faults = FaultPlan::none().on(refused, Occurrence::From(1), Fault::status(403));
    let harness = harness(ArchivedSearch::Ignored, faults).await;
    let run = harness.run().await;
    for number in 0..ARCHIVED_PAGES {
        let (archived, current) = twins(&run, number);
        assert_eq!((archived.restricted_view, archived.restricted_edit), (None, None));
        assert_eq!((&archived.labels, &archived.contributors), (&current.labels, &current.contributors));
    }
    assert_eq!(run.inventory.coverage.units[&UnitKind::PageRestrictions].skipped, 12);
    assert!(run.notes().contains("restrictions of 12 pages"), "{}", run.notes());
    assert!(sent(&run, RequestKind::PageRestrictions) < 12, "five refusals are enough");
}

#[tokio::test(start_paused = true)]
async fn a_general_search_that_fails_is_a_gap() {
    let failing = RoutePattern::path("/wiki/rest/api/search").unwrap();
    let faults = FaultPlan::none().on(failing, Occurrence::From(1), Fault::status(500));
    let harness = harness(ArchivedSearch::Shown, faults).await;
    let run = harness.run().await;
    assert!(!run.inventory.coverage.is_complete());
    assert_eq!(run.page("2000").labels, None);
    assert!(run.page("1000").labels.is_some());
    assert_eq!(sent(&run, RequestKind::PageAlone), 0, "a failing server does not get a request per page");
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_results_of_the_general_search_are_read() {
    let mut site = Site::new().space("OLD", "Old").with_space(|space| space.archived = true);
    for number in 0..450 {
        site = site.page(&(2000 + number).to_string(), &format!("Page {number}"), "<p>text</p>");
    }
    let harness = Harness::start(site, &[], FaultPlan::none()).await;
    let run = harness.run().await;
    assert!(run.facts().pages.values().all(|page| page.restricted_view == Some(false)));
    assert_eq!((sent(&run, RequestKind::PageSweep), sent(&run, RequestKind::PageAlone)), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn restrictions_that_the_general_search_does_not_expand_are_requested_for_each_page() {
    let bare = RoutePattern::path("/wiki/rest/api/search").unwrap();
    let bare_hits = Fault::edit_json(|response| {
        for hit in response["results"].as_array_mut().unwrap() {
            hit["content"].as_object_mut().unwrap().remove("restrictions");
        }
    });
    let harness = harness(ArchivedSearch::Shown, FaultPlan::none().on(bare, Occurrence::From(1), bare_hits)).await;
    let run = harness.run().await;
    assert_same_facts(&run);
    assert_eq!(sent(&run, RequestKind::PageRestrictions), ARCHIVED_PAGES as u64);
}
