//! The sample site in the past: what a snapshot would have found some weeks ago.
//!
//! Items created or published later are removed; labels and approvals are reduced as if people had added them week by
//! week. Bodies are the current ones, because the sample has no earlier bodies.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::builder::hash;
use super::site::Site;
use super::workflow::PageWorkflow;

/// Number of weeks over which pages get their labels and workflow states.
const WEEKS_OF_WORK: u64 = 16;
/// The state of pages that no one worked on yet.
const DRAFT: &str = "Draft";

/// Returns the site as it was `weeks` weeks before `now`.
pub fn weeks_ago(site: &Site, now: DateTime<Utc>, weeks: u32) -> Site {
    let moment = now - TimeDelta::weeks(i64::from(weeks));
    let mut past = site.clone();
    for content in &mut past.contents {
        content.versions.retain(|version| version.created_at <= moment);
        content.draft = None;
        if was_worked_on_since(&content.id, weeks) {
            content.labels.clear();
        }
    }
    past.contents.retain(|content| content.created_at <= moment && !content.versions.is_empty());
    for file in &mut past.attachments {
        file.versions.retain(|version| version.created_at <= moment);
    }
    past.attachments.retain(|file| !file.versions.is_empty());
    let created: HashMap<&str, DateTime<Utc>> =
        site.contents.iter().map(|content| (content.id.as_str(), content.created_at)).collect();
    for (page, workflow) in &mut past.workflow.pages {
        if was_worked_on_since(page, weeks) {
            let draft = PageWorkflow::new(&workflow.name, DRAFT, false);
            let (since, approvals) = (created.get(page.as_str()).copied(), std::mem::take(&mut workflow.approvals));
            *workflow = PageWorkflow { since, approvals, ..draft };
        }
    }
    past
}

/// Whether people worked on a page in the last `weeks` weeks: the more weeks, the more pages.
fn was_worked_on_since(id: &str, weeks: u32) -> bool {
    weeks_since_work(id) < i64::from(weeks)
}

/// Full weeks since people last worked on a page.
fn weeks_since_work(id: &str) -> i64 {
    (hash(id) % WEEKS_OF_WORK).cast_signed()
}

/// Dates the workflow states of a site, so that they fit to what the site was like in each week before `now`: pages are
/// drafts from their creation until people worked on them.
pub(crate) fn date_states(site: &mut Site, now: DateTime<Utc>) {
    for content in &site.contents {
        let Some(workflow) = site.workflow.pages.get_mut(&content.id) else { continue };
        let worked_on = now - TimeDelta::weeks(weeks_since_work(&content.id)) - TimeDelta::days(2);
        let since = if workflow.state == DRAFT { content.created_at } else { worked_on.max(content.created_at) };
        let published = content.versions.iter().filter(|version| version.created_at <= since);
        workflow.since = Some(since);
        workflow.last_final_version =
            workflow.is_final.then(|| published.map(|version| version.number).max().unwrap_or(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_site;

    #[test]
    fn the_site_only_grows_and_ends_as_it_is() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let site = sample_site(now);
        let counts = |site: &Site| {
            let versions: usize = site.contents.iter().map(|content| content.versions.len()).sum();
            let labels: usize = site.contents.iter().map(|content| content.labels.len()).sum();
            let approved = site.workflow.pages.values().filter(|page| page.is_final).count();
            [site.contents.len(), site.attachments.len(), versions, labels, approved]
        };
        let mut before = counts(&weeks_ago(&site, now, 16));
        for weeks in (0..16).rev() {
            let after = counts(&weeks_ago(&site, now, weeks));
            assert!(before.iter().zip(&after).all(|(before, after)| before <= after), "{before:?} {after:?}");
            before = after;
        }
        assert_eq!(before, counts(&site));
        assert_ne!(counts(&weeks_ago(&site, now, 12)), counts(&site));
    }

    #[test]
    fn no_page_is_in_a_state_since_a_later_time() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let site = sample_site(now);
        let mut dated = 0;
        for weeks in 0..16 {
            let moment = now - TimeDelta::weeks(weeks);
            let past = weeks_ago(&site, now, u32::try_from(weeks).unwrap());
            for page in &past.contents {
                let Some(workflow) = past.workflow.pages.get(&page.id) else { continue };
                let since = workflow.since.unwrap();
                assert!(page.created_at <= since && since <= moment, "{} {weeks} weeks ago: {workflow:?}", page.title);
                dated += 1;
            }
        }
        assert!(dated > 200, "{dated}");
    }
}
