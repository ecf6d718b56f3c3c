//! Versions, contributors and accounts, and the cache of versions.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use confluence_sim::site::ContentVersion;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::inventory::AccountId;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::inventory::snapshot::MetricGroup;

use super::Harness;

#[tokio::test(start_paused = true)]
async fn versions_of_the_last_90_days_and_all_contributors_are_known() {
    let harness = Harness::sample(&[MetricGroup::People], FaultPlan::none()).await;
    let run = harness.run().await;
    let now = run.inventory.scan.started_at;
    run.facts();
    let (mut listed, mut old) = (0, 0);
    for page in harness.pages() {
        let read = run.page(&page.id);
        let versions = read.versions.as_ref().unwrap();
        let is_old = now - page.modified_at() > TimeDelta::days(90);
        let numbers: Vec<u32> = versions.list.iter().map(|version| version.number).collect();
        let newest_first: Vec<u32> = page.versions.iter().rev().map(|version| version.number).collect();
        if page.versions.len() == 1 || !is_old {
            assert_eq!((numbers, versions.whole), (newest_first, true), "{}", page.title);
            listed += usize::from(page.versions.len() > 1);
        } else {
            assert_eq!((numbers, versions.whole), (vec![newest_first[0]], false), "{}", page.title);
            old += 1;
        }
        for version in &versions.list {
            let served = page.versions.iter().find(|served| served.number == version.number).unwrap();
            assert_eq!(version.author.as_ref().unwrap().as_str(), served.author);
            assert_eq!(version.at.unwrap().timestamp_millis(), served.created_at.timestamp_millis());
            assert_eq!(version.minor, served.minor);
        }
        let authors: BTreeSet<AccountId> =
            page.versions.iter().map(|version| AccountId::new(&version.author)).collect();
        assert_eq!(read.contributors, Some(authors.into_iter().collect::<Vec<_>>()), "{}", page.title);
    }
    assert!(listed > 10 && old > 10, "{listed} listed, {old} old");
    assert_eq!(harness.sent("/versions"), listed, "one list per page, and none for the others");
}

#[tokio::test(start_paused = true)]
async fn accounts_have_a_name_and_whether_they_are_active() {
    let harness = Harness::sample(&[MetricGroup::People], FaultPlan::none()).await;
    let run = harness.run().await;
    let accounts = &run.facts().accounts;
    let (people, statuses) = harness.server.site(|site| (site.people.clone(), site.account_statuses.clone()));
    assert_eq!(statuses.len(), 2);
    for person in people {
        let account = &accounts[&AccountId::new(&person.account_id)];
        assert_eq!(account.name.as_deref(), Some(person.name.as_str()));
        assert_eq!(account.active, Some(!statuses.contains_key(&person.account_id)));
        assert_eq!(run.inventory.people[&AccountId::new(&person.account_id)], person.name);
    }
    assert_eq!((harness.sent("/users-bulk"), harness.sent("/user/bulk")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_neither_endpoint_returns_is_unread() {
    let left_out = confluence_sim::sample_site(Utc::now()).people[0].account_id.clone();
    let id = left_out.clone();
    let cut = Fault::edit_json(move |response| {
        response["results"].as_array_mut().unwrap().retain(|account| account["accountId"] != id.as_str());
    });
    let faults = FaultPlan::none()
        .on(RoutePattern::path("/wiki/api/v2/users-bulk").unwrap(), Occurrence::From(1), cut)
        .on(RoutePattern::path("/wiki/rest/api/user/bulk").unwrap(), Occurrence::From(1), Fault::status(500));
    let run = Harness::sample(&[MetricGroup::People], faults).await.run().await;
    let facts = run.facts();
    assert_eq!(facts.unread_accounts, BTreeSet::from([AccountId::new(&left_out)]));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_requests_versions_of_changed_pages_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::sample(&[MetricGroup::People], FaultPlan::none()).await.cache(folder.path());
    let first = harness.run().await;
    let asked = harness.sent("/versions");
    assert!(asked > 10);
    harness.options.cache = None;
    harness = harness.cache(folder.path());
    let again = harness.run().await;
    assert_eq!(harness.sent("/versions"), asked, "nothing has changed");
    assert_eq!(again.inventory.coverage.units[&UnitKind::PageVersions].remembered, asked as u64);
    for (id, page) in &first.facts().pages {
        assert_eq!(again.facts().pages[id].versions, page.versions);
    }
    let changed = harness.server.site(|site| site.contents.iter().position(|page| page.versions.len() > 2).unwrap());
    harness.server.change_site(|site| {
        let page = &mut site.contents[changed];
        let number = u32::try_from(page.versions.len()).unwrap() + 1;
        page.versions.push(ContentVersion::new(number, Utc::now() - TimeDelta::minutes(5), &page.author.clone()));
    });
    harness.options.cache = None;
    harness = harness.cache(folder.path());
    let third = harness.run().await;
    assert_eq!(harness.sent("/versions"), asked + 1);
    let id = harness.server.site(|site| site.contents[changed].id.clone());
    let count = harness.server.site(|site| site.contents[changed].versions.len());
    assert_eq!(third.page(&id).versions.as_ref().unwrap().list.len(), count);
}
