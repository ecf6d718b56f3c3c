//! The sample site in the past: what a snapshot would have found some weeks ago.
//!
//! Items created or published later are removed; labels and approvals are reduced as if people had added them week by
//! week. Bodies are the current ones, because the sample has no earlier bodies.

use chrono::{DateTime, TimeDelta, Utc};

use super::builder::hash;
use super::site::Site;

/// Number of weeks over which pages get their labels and workflow states.
const WEEKS_OF_WORK: u64 = 16;

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
    for (page, workflow) in &mut past.workflow.pages {
        if was_worked_on_since(page, weeks) {
            "Draft".clone_into(&mut workflow.state);
            workflow.is_final = false;
            workflow.due = None;
        }
    }
    past
}

/// Whether people worked on a page in the last `weeks` weeks: the more weeks, the more pages.
fn was_worked_on_since(id: &str, weeks: u32) -> bool {
    hash(id) % WEEKS_OF_WORK < u64::from(weeks)
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
}
