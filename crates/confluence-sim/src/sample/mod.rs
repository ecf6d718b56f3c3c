//! The site of a small company that makes sensors for indoor air: what the `demo` command audits.
//!
//! Every file is written together with its known usage, so the program's answer can be compared with the truth.

mod archive;
mod broken_links;
mod bulk;
mod cross_links;
mod diagrams;
mod discussions;
mod edges;
mod highlights;
mod languages;
mod lists;
mod markup;
mod names;
mod outlines;
mod readership;
#[cfg(test)]
mod tests;
mod workflows;
mod writer;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use self::writer::Writer;
use super::site::{Kind, Site};

/// A site and what is known about its files.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The site to serve.
    pub site: Site,
    /// The known answer of every attachment, by id.
    pub expected: BTreeMap<String, Expected>,
}

/// The known answer for one attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Its usage.
    pub usage: ExpectedUsage,
    /// By what it is used, or why not, for the message of a failed comparison.
    pub why: &'static str,
}

/// The usages of files, as the sample knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpectedUsage {
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
    /// No use found, but something cannot be resolved.
    Undetermined,
    /// Used nowhere.
    Unreferenced,
}

impl ExpectedUsage {
    /// All usages, in the order of the contract.
    pub const ALL: [Self; 7] = [
        Self::NotJudged,
        Self::Embedded,
        Self::Linked,
        Self::LinkedElsewhere,
        Self::Listed,
        Self::Undetermined,
        Self::Unreferenced,
    ];

    /// The word of the contract.
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

/// The address the sample site claims in `_links.base`; bodies name it, too.
pub const SAMPLE_BASE: &str = "https://confluence.larkspur.example/wiki";

/// The sample site at a time: 8 spaces, 162 pages, 20 blog posts, 60 comments, 403 attachments. Every date lies more
/// than an hour before `now`.
pub fn sample_site(now: DateTime<Utc>) -> Site {
    sample(now).site
}

/// The sample site with its known answers.
pub fn sample(now: DateTime<Utc>) -> Sample {
    let mut writer = Writer::new(now);
    writer.site.public_base = Some(SAMPLE_BASE.to_owned());
    writer.site.behaviour.comment_lists_with_replies = true;
    "demo@larkspur.example".clone_into(&mut writer.site.email);
    for (key, name, outline) in outlines::SPACES {
        writer.space(key, name, outline);
    }
    write_posts(&mut writer);
    highlights::write(&mut writer);
    diagrams::write(&mut writer);
    names::write(&mut writer);
    lists::write(&mut writer);
    discussions::write(&mut writer);
    edges::write(&mut writer);
    bulk::write(&mut writer);
    workflows::write(&mut writer);
    cross_links::write(&mut writer);
    archive::write(&mut writer);
    languages::write(&mut writer);
    broken_links::write(&mut writer);
    readership::write(&mut writer);
    Sample { site: writer.site, expected: writer.expected }
}

fn write_posts(writer: &mut Writer) {
    for (key, title) in outlines::POSTS {
        let space = writer.site.spaces.iter().find(|space| space.key == key).map(|space| space.id.clone());
        let id = writer.content(Kind::BlogPost, title, 700);
        writer.change(&id, |post| post.space_id = space.unwrap_or_default());
    }
}
