//! The sample site: a small company that makes sensors for indoor air. The `demo` command audits it.
//!
//! Every file is added together with its known usage, so that the program's verdict can be compared with the truth.

mod archived_space;
mod broken_links;
mod common_uses;
mod cross_links;
mod diagrams;
mod discussions;
mod file_names;
mod generated;
mod languages;
mod list_macros;
mod markup;
mod outlines;
mod readership;
#[cfg(test)]
mod tests;
mod undetermined_files;
mod workflows;
mod writer;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use self::writer::Writer;
use super::past_weeks;
use super::site::{ContentType, Site};

/// A site with the known usage of its files.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The site to serve.
    pub site: Site,
    /// The known usage of every attachment, by id.
    pub expected: BTreeMap<String, KnownUsage>,
}

/// The known usage of one attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownUsage {
    /// Its usage.
    pub usage: SampleUsage,
    /// What uses it, or why nothing does, for the message of a failed comparison.
    pub why: &'static str,
}

/// Usage category of a file in the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SampleUsage {
    /// In the trash, on a page in the trash, or owned by no page or post.
    NotJudged,
    /// Shown on its own page.
    Embedded,
    /// Linked on its own page, not shown.
    Linked,
    /// Used by other contents only.
    LinkedElsewhere,
    /// Listed by an attachments macro only.
    Listed,
    /// No use found, but one could be hidden.
    Undetermined,
    /// Not used anywhere.
    Unreferenced,
}

impl SampleUsage {
    /// All categories, in the order of the report.
    pub const ALL: [Self; 7] = [
        Self::NotJudged,
        Self::Embedded,
        Self::Linked,
        Self::LinkedElsewhere,
        Self::Listed,
        Self::Undetermined,
        Self::Unreferenced,
    ];

    /// The name of the category in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJudged => "not-judged",
            Self::Embedded => "embedded",
            Self::Linked => "linked",
            Self::LinkedElsewhere => "linked-elsewhere",
            Self::Listed => "listed",
            Self::Undetermined => "undetermined",
            Self::Unreferenced => "unreferenced",
        }
    }
}

/// The sample site's value of `_links.base`; bodies contain it too.
pub const SAMPLE_BASE: &str = "https://confluence.larkspur.example/wiki";

/// Returns the sample site: 8 spaces, 162 pages, 20 blog posts, 60 comments, 403 attachments. Every date is more than
/// an hour before `now`.
pub fn sample_site(now: DateTime<Utc>) -> Site {
    sample(now).site
}

/// Returns the sample site with the known usage of its files.
pub fn sample(now: DateTime<Utc>) -> Sample {
    let mut writer = Writer::new(now);
    writer.site.public_base = Some(SAMPLE_BASE.to_owned());
    writer.site.behaviour.comment_lists_with_replies = true;
    "demo@larkspur.example".clone_into(&mut writer.site.email);
    for (key, name, outline) in outlines::SPACES {
        writer.space(key, name, outline);
    }
    write_posts(&mut writer);
    common_uses::write(&mut writer);
    diagrams::write(&mut writer);
    file_names::write(&mut writer);
    list_macros::write(&mut writer);
    discussions::write(&mut writer);
    undetermined_files::write(&mut writer);
    generated::write(&mut writer);
    workflows::write(&mut writer);
    cross_links::write(&mut writer);
    archived_space::write(&mut writer);
    languages::write(&mut writer);
    broken_links::write(&mut writer);
    readership::write(&mut writer);
    past_weeks::date_states(&mut writer.site, now);
    Sample { site: writer.site, expected: writer.expected }
}

fn write_posts(writer: &mut Writer) {
    for (key, title) in outlines::POSTS {
        let space = writer.site.spaces.iter().find(|space| space.key == key).map(|space| space.id.clone());
        let id = writer.content(ContentType::BlogPost, title, 700);
        writer.change(&id, |post| post.space_id = space.unwrap_or_default());
    }
}
