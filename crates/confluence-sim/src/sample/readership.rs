//! Readership of the sample: views, likes, watchers, restrictions, and inactive accounts.
//!
//! Changes no body, file or version, and uses its own random numbers, so that the rest of the sample does not depend on
//! it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::outlines::PEOPLE_LIST;
use super::writer::{SampleRng, Writer};
use crate::readership::PageView;
use crate::site::{Content, ContentType, Status};

/// One page in this many has a restriction of each kind.
const RESTRICTION_PERIOD: usize = 23;

pub(super) fn write(writer: &mut Writer) {
    let (mut rng, now) = (SampleRng::new(20_260_202), writer.now);
    let left = [(PEOPLE_LIST[10].0, "inactive"), (PEOPLE_LIST[11].0, "closed")];
    writer.site.account_statuses = left.map(|(id, status)| (id.to_owned(), status.to_owned())).into();
    let contents = writer.site.contents.iter_mut();
    let pages = contents.filter(|content| content.kind == ContentType::Page && content.status == Status::Current);
    for (number, page) in pages.enumerate() {
        add_readers(page, number, &mut rng, now);
        restrict(page, number);
        if number % 9 != 4 {
            // the others were created with the old editor, which leaves no property
            page.properties.insert("editor".to_owned(), json!("v2"));
        }
        if number % 11 == 7 {
            page.last_owner = Some(random_person(&mut rng));
        }
    }
    let inline = writer.site.contents.iter_mut().filter(|content| content.kind == ContentType::InlineComment);
    for comment in inline.skip(1).step_by(3) {
        comment.resolution = Some("resolved".to_owned());
    }
}

/// Adds views: some pages are read every day, some were read long ago, some never.
fn add_readers(page: &mut Content, number: usize, rng: &mut SampleRng, now: DateTime<Utc>) {
    let (not_before, count) = match number % 10 {
        9 => (0, 0),
        8 => (400, 6),
        7 => (200, 9),
        6 => (100, 12),
        5 => (40, 20),
        _ => (0, 20 + rng.below(40)),
    };
    let age = u64::try_from((now - page.created_at).num_days()).unwrap_or_default();
    if age > not_before {
        for _ in 0..count {
            let days = not_before + rng.below(age - not_before);
            let minutes = days * 1440 + 120 + rng.below(600);
            let at = now - TimeDelta::minutes(i64::try_from(minutes).unwrap_or_default());
            page.readers.views.push(PageView { at: at.max(page.created_at), viewer: random_person(rng) });
        }
    }
    page.readers.likes = some_people(rng, 4);
    page.readers.watchers = some_people(rng, 6);
}

fn restrict(page: &mut Content, number: usize) {
    let author = page.author.clone();
    match (number % RESTRICTION_PERIOD, number / RESTRICTION_PERIOD % 2) {
        (11, 0) => page.restrictions.read.users.push(author),
        (11, _) => page.restrictions.read.groups.push("larkspur-leads".to_owned()),
        (17, _) => page.restrictions.update.groups.push("larkspur-leads".to_owned()),
        _ => {}
    }
}

fn random_person(rng: &mut SampleRng) -> String {
    let at = usize::try_from(rng.below(PEOPLE_LIST.len() as u64)).unwrap_or_default();
    PEOPLE_LIST.get(at).map_or_else(String::new, |person| person.0.to_owned())
}

/// Returns fewer than `bound` people, each once.
fn some_people(rng: &mut SampleRng, bound: u64) -> Vec<String> {
    let mut people: Vec<String> = (0..rng.below(bound)).map(|_| random_person(rng)).collect();
    people.sort_unstable();
    people.dedup();
    people
}
