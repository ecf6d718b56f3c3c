//! Link problems of one page: broken links and links to archived content, each once, however often it occurs.

use std::collections::HashSet;

use super::targets::{Destination, folded};
use super::{LinkIndex, LinkMeaning};
use crate::inventory::{Content, ContentId, Status};
use crate::metrics::link_problems::{LinkProblem, LinkProblemReason, TargetKind};
use storage_format::{AnchorLink, Body, ContainerRef, Measures, PageLink, ParseOutcome, Target};

/// Identity of a link, to list each link once.
#[derive(PartialEq, Eq, Hash)]
enum LinkIdentity<'a> {
    Page(LinkMeaning<'a>),
    File { owner: String, name: String },
    FileId(String),
    Anchor { page: &'a ContentId, anchor: String },
}

impl<'a> LinkIndex<'a> {
    /// Returns the link problems of a page: contents and spaces, then files, then anchors, each in the order of the body.
    pub(super) fn problems(&self, page: &'a Content, body: &Body, measures: &Measures) -> Vec<LinkProblem> {
        let contents = body.page_links.iter().chain(&measures.includes).filter_map(|link| self.of_content(page, link));
        let references = body.references.iter().filter(|reference| reference.certainly_means_file());
        let files = references.filter_map(|reference| self.of_file(page, &reference.target));
        let places = measures.place_links.iter().filter_map(|link| self.of_place(page, link));
        let mut seen = HashSet::new();
        let all = contents.chain(files).chain(places);
        all.filter_map(|(same, problem)| seen.insert(same).then(|| problem.shortened())).collect()
    }

    fn of_content(&self, page: &Content, link: &PageLink) -> Option<(LinkIdentity<'a>, LinkProblem)> {
        let (meaning, destination) = self.meaning(page, link);
        let why = match destination {
            Destination::Missing(why) => why,
            Destination::Archived => LinkProblemReason::Archived,
            Destination::Content(content) if content.status == Status::Archived && content.id != page.id => {
                LinkProblemReason::Archived
            }
            Destination::Content(_) | Destination::Unread => return None,
        };
        let mut problem = self.with_target(page, link, why);
        if let Destination::Content(content) = destination {
            problem.title.get_or_insert_with(|| content.title.clone());
        }
        Some((LinkIdentity::Page(meaning), problem))
    }

    /// Returns a link problem whose target is written as in the link.
    fn with_target(&self, page: &Content, link: &PageLink, why: LinkProblemReason) -> LinkProblem {
        let own = || page.space.as_ref().and_then(|id| self.destinations.key_of(id)).map(str::to_owned);
        let problem = |kind| LinkProblem { why, ..LinkProblem::of(kind) };
        match link.clone() {
            PageLink::Title { title, space } => {
                LinkProblem { title: Some(title), space: space.or_else(own), ..problem(TargetKind::Page) }
            }
            PageLink::Post { title, space } => {
                LinkProblem { title: Some(title), space: space.or_else(own), ..problem(TargetKind::BlogPost) }
            }
            PageLink::Known { id, title, space, post } => {
                let kind = if post { TargetKind::BlogPost } else { TargetKind::Page };
                LinkProblem { id: Some(id), title: Some(title), space: space.or_else(own), ..problem(kind) }
            }
            PageLink::Id(id) | PageLink::Any(id) | PageLink::Perhaps(id) | PageLink::Former(id) => {
                LinkProblem { id: Some(id), ..problem(TargetKind::Content) }
            }
            PageLink::Space(key) => LinkProblem { space: Some(key), ..problem(TargetKind::Space) },
        }
    }

    fn of_file(&self, page: &'a Content, target: &Target) -> Option<(LinkIdentity<'a>, LinkProblem)> {
        match target {
            Target::File { name, other_readings, container, .. } => {
                let owner = self.destinations.owner(page, container);
                // `+` may stand for a space character or for itself
                let spaced = name.replace('+', " ");
                let mut names = std::iter::once(name.as_str()).chain(other_readings.iter().map(String::as_str));
                let why = match owner {
                    Destination::Content(content) => {
                        self.files.missing(&content.id, names.by_ref().chain([&*spaced]))?
                    }
                    Destination::Missing(why) => self.files.without_owner(why)?,
                    Destination::Archived | Destination::Unread => return None,
                };
                let mut problem = match page_of(container) {
                    Some(link) => self.with_target(page, &link, why),
                    None => LinkProblem { why, ..LinkProblem::of(TargetKind::File) },
                };
                problem.kind = TargetKind::File;
                problem.file = Some(name.clone());
                let owner = match owner {
                    Destination::Content(content) => content.id.as_str().to_owned(),
                    _ => format!("{container:?}").to_lowercase(),
                };
                Some((LinkIdentity::File { owner, name: folded(name) }, problem))
            }
            Target::Attachment { id, fallback } => {
                let why = self.of_attachment(id, fallback.as_ref())?;
                let (on, name) = fallback.clone().unzip();
                let problem = LinkProblem { why, id: on, file: name, ..LinkProblem::of(TargetKind::File) };
                let file_id = Some(format!("att{id}"));
                Some((LinkIdentity::FileId(id.clone()), LinkProblem { file_id, ..problem }))
            }
            _ => None,
        }
    }

    /// Returns why a link to an attachment by id is broken; `None` if it is not, or if that is not known.
    fn of_attachment(&self, id: &str, fallback: Option<&(String, String)>) -> Option<LinkProblemReason> {
        let has = self.files.has(id);
        if has == Some(true) {
            return None;
        }
        if self.files.is_trashed(id) {
            return Some(LinkProblemReason::FileInTrash);
        }
        let (page, name) = fallback?;
        match self.destinations.by_id(page) {
            Destination::Missing(why) => self.files.without_owner(why),
            Destination::Content(content) if has == Some(false) => {
                self.files.missing(&content.id, std::iter::once(name.as_str()))
            }
            Destination::Content(_) | Destination::Archived | Destination::Unread => None,
        }
    }

    fn of_place(&self, page: &'a Content, link: &AnchorLink) -> Option<(LinkIdentity<'a>, LinkProblem)> {
        let target = match &link.page {
            None => page,
            Some(link) => match self.destinations.of(page, link) {
                Destination::Content(content) => content,
                Destination::Archived | Destination::Unread | Destination::Missing(_) => return None,
            },
        };
        let body = target.body.as_ref().filter(|body| body.reading == ParseOutcome::WellFormed)?;
        if body.measures.as_ref()?.anchors.leads(&target.title, &link.anchor)? {
            return None;
        }
        let mut problem = match &link.page {
            Some(to) => self.with_target(page, to, LinkProblemReason::NoSuchPlace),
            None => LinkProblem { why: LinkProblemReason::NoSuchPlace, ..LinkProblem::of(TargetKind::Place) },
        };
        problem.kind = TargetKind::Place;
        problem.title.get_or_insert_with(|| target.title.clone());
        problem.anchor = Some(link.anchor.clone());
        Some((LinkIdentity::Anchor { page: &target.id, anchor: link.anchor.to_lowercase() }, problem))
    }
}

/// Returns the page that a container names; `None` for the page of the link itself.
fn page_of(container: &ContainerRef) -> Option<PageLink> {
    match container.clone() {
        ContainerRef::Content(id) => Some(PageLink::Id(id)),
        ContainerRef::Page { title, space } => Some(PageLink::Title { title, space }),
        ContainerRef::BlogPost { title, space, .. } => Some(PageLink::Post { title, space }),
        ContainerRef::Known { id, otherwise } => match *otherwise {
            ContainerRef::Page { title, space } => Some(PageLink::Known { id, title, space, post: false }),
            ContainerRef::BlogPost { title, space, .. } => Some(PageLink::Known { id, title, space, post: true }),
            _ => Some(PageLink::Id(id)),
        },
        _ => None,
    }
}
