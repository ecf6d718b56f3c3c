//! How the company reads its pages: views, likes, watchers, restrictions, and who has left.
//!
//! Nothing here changes a body, a file or a version. The dice are others than the writer's, so what those decide stays
//! as it is.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::outlines::PEOPLE_LIST;
use super::writer::{Dice, Writer};
use crate::readers::View;
use crate::site::{Content, Kind, Status};

/// Every so-manieth page is restricted.
const RESTRICTED: usize = 23;

pub(super) fn write(writer: &mut Writer) {
    let (mut dice, now) = (Dice::new(20_260_202), writer.now);
    let left = [(PEOPLE_LIST[10].0, "inactive"), (PEOPLE_LIST[11].0, "closed")];
    writer.site.account_statuses = left.map(|(id, status)| (id.to_owned(), status.to_owned())).into();
    let contents = writer.site.contents.iter_mut();
    let pages = contents.filter(|content| content.kind == Kind::Page && content.status == Status::Current);
    for (number, page) in pages.enumerate() {
        read(page, number, &mut dice, now);
        restrict(page, number);
        if number % 9 != 4 {
            // the others were made with the old editor, which leaves no property
            page.properties.insert("editor".to_owned(), json!("v2"));
        }
        if number % 11 == 7 {
            page.last_owner = Some(somebody(&mut dice));
        }
    }
    let inline = writer.site.contents.iter_mut().filter(|content| content.kind == Kind::InlineComment);
    for comment in inline.skip(1).step_by(3) {
        comment.resolution = Some("resolved".to_owned());
    }
}

/// Some pages are read every day, some were read long ago, some never.
fn read(page: &mut Content, number: usize, dice: &mut Dice, now: DateTime<Utc>) {
    let (not_before, count) = match number % 10 {
        9 => (0, 0),
        8 => (400, 6),
        7 => (200, 9),
        6 => (100, 12),
        5 => (40, 20),
        _ => (0, 20 + dice.below(40)),
    };
    let age = u64::try_from((now - page.created_at).num_days()).unwrap_or_default();
    if age > not_before {
        for _ in 0..count {
            let days = not_before + dice.below(age - not_before);
            let minutes = days * 1440 + 120 + dice.below(600);
            let at = now - TimeDelta::minutes(i64::try_from(minutes).unwrap_or_default());
            page.readers.views.push(View { at: at.max(page.created_at), viewer: somebody(dice) });
        }
    }
    page.readers.likes = some_people(dice, 4);
    page.readers.watchers = some_people(dice, 6);
}

fn restrict(page: &mut Content, number: usize) {
    let author = page.author.clone();
    match (number % RESTRICTED, number / RESTRICTED % 2) {
        (11, 0) => page.restrictions.read.users.push(author),
        (11, _) => page.restrictions.read.groups.push("larkspur-leads".to_owned()),
        (17, _) => page.restrictions.update.groups.push("larkspur-leads".to_owned()),
        _ => {}
    }
}

fn somebody(dice: &mut Dice) -> String {
    let at = usize::try_from(dice.below(PEOPLE_LIST.len() as u64)).unwrap_or_default();
    PEOPLE_LIST.get(at).map_or_else(String::new, |person| person.0.to_owned())
}

/// Fewer than `bound` people, each once.
fn some_people(dice: &mut Dice, bound: u64) -> Vec<String> {
    let mut people: Vec<String> = (0..dice.below(bound)).map(|_| somebody(dice)).collect();
    people.sort_unstable();
    people.dedup();
    people
}
