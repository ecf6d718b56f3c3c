//! Versions, contributors and accounts, and what is remembered of them.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use confluence_sim::site::ContentVersion;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::inventory::AccountId;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::inventory::snapshot::MetricGroup;

use super::Bench;

#[tokio::test(start_paused = true)]
async fn versions_of_the_last_90_days_and_all_contributors_are_known() {
    let bench = Bench::sample(&[MetricGroup::People], FaultPlan::none()).await;
    let run = bench.run().await;
    let now = run.inventory.scan.started_at;
    run.facts();
    let (mut listed, mut old) = (0, 0);
    for page in bench.pages() {
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
    assert_eq!(bench.sent("/versions"), listed, "one list each, and none for the others");
}

#[tokio::test(start_paused = true)]
async fn accounts_bear_a_name_and_whether_they_are_active() {
    let bench = Bench::sample(&[MetricGroup::People], FaultPlan::none()).await;
    let run = bench.run().await;
    let accounts = &run.facts().accounts;
    let (people, statuses) = bench.server.site(|site| (site.people.clone(), site.account_statuses.clone()));
    assert_eq!(statuses.len(), 2);
    for person in people {
        let account = &accounts[&AccountId::new(&person.account_id)];
        assert_eq!(account.name.as_deref(), Some(person.name.as_str()));
        assert_eq!(account.active, Some(!statuses.contains_key(&person.account_id)));
        assert_eq!(run.inventory.people[&AccountId::new(&person.account_id)], person.name);
    }
    assert_eq!((bench.sent("/users-bulk"), bench.sent("/user/bulk")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_one_list_leaves_out_and_the_other_does_not_answer_is_unread() {
    let left_out = confluence_sim::sample_site(Utc::now()).people[0].account_id.clone();
    let id = left_out.clone();
    let cut = Fault::edit_json(move |answer| {
        answer["results"].as_array_mut().unwrap().retain(|account| account["accountId"] != id.as_str());
    });
    let faults = FaultPlan::none()
        .on(RoutePattern::path("/wiki/api/v2/users-bulk").unwrap(), Occurrence::From(1), cut)
        .on(RoutePattern::path("/wiki/rest/api/user/bulk").unwrap(), Occurrence::From(1), Fault::status(500));
    let run = Bench::sample(&[MetricGroup::People], faults).await.run().await;
    let facts = run.facts();
    assert_eq!(facts.unread_accounts, BTreeSet::from([AccountId::new(&left_out)]));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_asks_for_versions_of_changed_pages_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sample(&[MetricGroup::People], FaultPlan::none()).await.cache(folder.path());
    let first = bench.run().await;
    let asked = bench.sent("/versions");
    assert!(asked > 10);
    bench.options.cache = None;
    bench = bench.cache(folder.path());
    let again = bench.run().await;
    assert_eq!(bench.sent("/versions"), asked, "nothing has changed");
    assert_eq!(again.inventory.coverage.units[&UnitKind::PageVersions].remembered, asked as u64);
    for (id, page) in &first.facts().pages {
        assert_eq!(again.facts().pages[id].versions, page.versions);
    }
    let changed = bench.server.site(|site| site.contents.iter().position(|page| page.versions.len() > 2).unwrap());
    bench.server.change_site(|site| {
        let page = &mut site.contents[changed];
        let number = u32::try_from(page.versions.len()).unwrap() + 1;
        page.versions.push(ContentVersion::new(number, Utc::now() - TimeDelta::minutes(5), &page.author.clone()));
    });
    bench.options.cache = None;
    bench = bench.cache(folder.path());
    let third = bench.run().await;
    assert_eq!(bench.sent("/versions"), asked + 1);
    let id = bench.server.site(|site| site.contents[changed].id.clone());
    let count = bench.server.site(|site| site.contents[changed].versions.len());
    assert_eq!(third.page(&id).versions.as_ref().unwrap().list.len(), count);
}
