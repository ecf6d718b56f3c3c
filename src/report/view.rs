//! What every output of a report shows of a file: its verdict joined with its space, page and uses. CSV, pages and
//! manifest all take it from here, so they cannot disagree.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::audit::{Audit, Figures, FileVerdict, Totals, Usage, Use};
use crate::inventory::{AccountId, Attachment, Content, ContentKind, Inventory, Space, Status};
use confluence_client::SiteLinks;
use storage_format::Display;

use super::{ReportError, RunFacts, names};

/// The reason shown on a file whose "no use found" an incomplete run cannot stand for.
const NOT_PROVEN: &str = "no use found, but the run is incomplete";

/// A whole report's input, indexed.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) facts: &'a RunFacts,
    pub(crate) inventory: &'a Inventory,
    pub(crate) audit: &'a Audit,
    pub(crate) links: SiteLinks,
    pub(crate) complete: bool,
    /// Why not complete, one line each.
    pub(crate) incomplete_reasons: Vec<String>,
    /// Content ids to published contents; a draft only where nothing else bears the id.
    contents: HashMap<&'a str, &'a Content>,
    spaces: HashMap<&'a str, &'a Space>,
    /// The figures, as this run tells them.
    figures: Figures,
    /// The reported spaces by key, and where each stands by its id.
    reported: Vec<ReportedSpace<'a>>,
    places: HashMap<&'a str, usize>,
}

/// One reported space with the name of its folder.
#[derive(Debug)]
pub(crate) struct ReportedSpace<'a> {
    pub(crate) space: &'a Space,
    pub(crate) totals: Totals,
    pub(crate) folder: String,
}

impl<'a> View<'a> {
    pub(crate) fn new(facts: &'a RunFacts, inventory: &'a Inventory, audit: &'a Audit) -> Result<Self, ReportError> {
        let (verdicts, attachments) = (audit.files.len(), inventory.attachments.len());
        let belongs = audit.files.iter().enumerate().all(|(index, file)| {
            file.attachment == index && file.uses.iter().all(|used| used.content < inventory.contents.len())
        });
        if verdicts != attachments || !belongs {
            return Err(ReportError::Mismatch { verdicts, attachments });
        }
        check_base_url(&inventory.scan.base_url)?;
        let mut contents: HashMap<&str, &Content> = HashMap::with_capacity(inventory.contents.len());
        for content in &inventory.contents {
            if content.status != Status::Draft || !contents.contains_key(content.id.as_str()) {
                contents.insert(content.id.as_str(), content);
            }
        }
        let complete = facts.is_complete(inventory, audit);
        let figures = audit.figures(inventory, complete);
        let reported = reported_spaces(inventory, &figures);
        let places = reported.iter().enumerate().map(|(at, reported)| (reported.space.id.as_str(), at));
        Ok(Self {
            places: places.collect(),
            figures,
            reported,
            facts,
            inventory,
            audit,
            links: SiteLinks::new(&inventory.scan.base_url),
            complete,
            incomplete_reasons: facts.incomplete_reasons(inventory, audit),
            contents,
            spaces: inventory.spaces.iter().map(|space| (space.id.as_str(), space)).collect(),
        })
    }

    /// All reported files by space key, file name and id; those of an unknown space first.
    pub(crate) fn files(&'a self) -> Vec<FileRow<'a>> {
        let reported = self.audit.files.iter().filter(|verdict| verdict.reported);
        let mut rows: Vec<FileRow<'a>> = reported.map(|verdict| self.row(verdict)).collect();
        rows.sort_by(FileRow::order);
        rows
    }

    /// The row of one verdict, reported or not.
    pub(crate) fn row(&'a self, verdict: &'a FileVerdict) -> FileRow<'a> {
        let attachment = &self.inventory.attachments[verdict.attachment];
        let owner = attachment.container.id().and_then(|id| self.contents.get(id.as_str()).copied());
        let space = verdict.space.as_ref().and_then(|id| self.spaces.get(id.as_str()).copied());
        FileRow { view: self, attachment, verdict, owner, space }
    }

    /// The row of an attachment by its index.
    pub(crate) fn row_of(&'a self, attachment: usize) -> Option<FileRow<'a>> {
        self.audit.files.get(attachment).map(|verdict| self.row(verdict))
    }

    /// The reported spaces by key, each with its folder.
    pub(crate) fn reported_spaces(&self) -> &[ReportedSpace<'a>] {
        &self.reported
    }

    /// The figures of the site.
    pub(crate) fn site_totals(&self) -> Totals {
        self.figures.site
    }

    /// The figures of what is in no visible space; they are part of those of the site.
    pub(crate) fn without_space(&self) -> Totals {
        self.figures.without_space
    }

    /// Column `Run Complete`: `Yes`, `No`, or `Yes except ID, ID` for what the user accepts as unread.
    pub(crate) fn run_complete(&self) -> String {
        let accepted = self.inventory.coverage.accepted();
        match (self.complete, accepted.as_slice()) {
            (false, _) => "No".to_owned(),
            (true, []) => "Yes".to_owned(),
            (true, accepted) => {
                let ids: Vec<&str> = accepted.iter().map(|unread| unread.id.as_str()).collect();
                format!("Yes except {}", ids.join(", "))
            }
        }
    }

    /// Display name of a person, or the account id where the name could not be read.
    pub(crate) fn person(&self, id: Option<&'a AccountId>) -> Option<&'a str> {
        id.map(|id| self.inventory.people.get(id).map_or(id.as_str(), String::as_str))
    }

    /// Address of a content. Templates without a path of their own have none: their id opens no page.
    pub(crate) fn content_url(&self, content: &Content) -> Option<String> {
        let has_page = !matches!(content.kind, ContentKind::Template | ContentKind::CustomContent);
        (has_page || content.webui.is_some()).then(|| self.links.content(content.id.as_str(), content.webui.as_deref()))
    }
}

/// The reported spaces by key, each with its folder.
fn reported_spaces<'a>(inventory: &'a Inventory, figures: &Figures) -> Vec<ReportedSpace<'a>> {
    let of_spaces = figures.spaces.iter();
    let mut known: Vec<(&Space, Totals)> =
        of_spaces.filter_map(|totals| Some((inventory.spaces.get(totals.space)?, totals.totals))).collect();
    known.sort_by(|(one, _), (other, _)| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
    let folders = names::folder_names(&known.iter().map(|(space, _)| *space).collect::<Vec<_>>());
    known.into_iter().zip(folders).map(|((space, totals), folder)| ReportedSpace { space, totals, folder }).collect()
}

/// Links are made by putting paths behind the base URL, so it alone decides scheme and host of every link.
fn check_base_url(base: &str) -> Result<(), ReportError> {
    let refused = || ReportError::BaseUrl { url: base.to_owned() };
    let url = url::Url::parse(base).map_err(|_| refused())?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(()) } else { Err(refused()) }
}

/// One attachment with everything said about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRow<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) attachment: &'a Attachment,
    pub(crate) verdict: &'a FileVerdict,
    /// The page or post (or app content) that owns it, where it was found.
    pub(crate) owner: Option<&'a Content>,
    pub(crate) space: Option<&'a Space>,
}

impl<'a> FileRow<'a> {
    /// The usage; an incomplete run never says `unreferenced`, whatever the verdict.
    pub(crate) fn usage(&self) -> Usage {
        self.verdict.shown_usage(self.view.complete)
    }

    /// Why undetermined or not judged, and other remarks.
    pub(crate) fn reasons(&self) -> Vec<&'a str> {
        let mut reasons: Vec<&str> = self.verdict.reasons.iter().map(String::as_str).collect();
        if self.usage() != self.verdict.usage {
            reasons.push(NOT_PROVEN);
        }
        reasons
    }

    /// Belongs into the unreferenced lists: no use found by a complete run, and not protected.
    pub(crate) fn is_candidate(&self) -> bool {
        self.view.complete && self.verdict.is_candidate()
    }

    pub(crate) fn space_key(&self) -> &'a str {
        self.space.map_or("", |space| &space.key)
    }

    /// Folder of its space; none where the space is not known.
    pub(crate) fn folder(&self) -> Option<&'a str> {
        let place = self.view.places.get(self.space?.id.as_str())?;
        self.view.reported.get(*place).map(|reported| reported.folder.as_str())
    }

    pub(crate) fn container_id(&self) -> &'a str {
        self.attachment.container.id().map_or("", |id| id.as_str())
    }

    /// Title of the owner, where that was found.
    pub(crate) fn owner_title(&self) -> Option<&'a str> {
        self.owner.map(|owner| owner.title.as_str())
    }

    /// Who has to decide about the file: the owner of its page or post, or its author where no owner is known.
    pub(crate) fn owner_name(&self) -> Option<&'a str> {
        self.view.person(self.owner.and_then(|owner| owner.owner.as_ref().or(owner.author.as_ref())))
    }

    /// Bytes of all versions whose size is known.
    pub(crate) fn known_bytes(&self) -> u64 {
        let sizes = self.attachment.old_versions.iter().map(|version| version.size).chain([self.attachment.size]);
        sizes.flatten().fold(0, u64::saturating_add)
    }

    pub(crate) fn owner_url(&self) -> Option<String> {
        self.owner.and_then(|owner| self.view.content_url(owner))
    }

    /// The attachment screen of the owner; only pages and posts have one.
    pub(crate) fn screen_url(&self) -> Option<String> {
        use crate::inventory::Container::{BlogPost, Page};
        match &self.attachment.container {
            Page(id) | BlogPost(id) => Some(self.view.links.attachment_screen(id.as_str())),
            _ => None,
        }
    }

    /// Uses by other contents than the published owner, one per content, in the order of the verdict.
    pub(crate) fn elsewhere(&self) -> Vec<&'a Content> {
        let mut contents: Vec<(usize, &Content)> = Vec::new();
        for used in self.verdict.uses.iter().filter(|used| !used.on_owner) {
            if !contents.iter().any(|(index, _)| *index == used.content) {
                contents.push((used.content, self.content_of(used)));
            }
        }
        contents.into_iter().map(|(_, content)| content).collect()
    }

    /// The content that bears a use.
    pub(crate) fn content_of(&self, used: &Use) -> &'a Content {
        &self.view.inventory.contents[used.content]
    }

    /// Column `Linked on Page`: the owner's body, header image or attachments macro uses the file.
    pub(crate) fn linked_on_page(&self) -> &'static str {
        match self.usage() {
            Usage::NotJudged | Usage::Undetermined => "Unknown",
            Usage::Embedded | Usage::Linked => "Yes",
            _ if self.verdict.uses.iter().any(|used| used.on_owner) => "Yes",
            _ => "No",
        }
    }

    /// Column "Embedded on owning page?": `Yes`, `Linked`, `Listed`, `No` or `Unknown`.
    pub(crate) fn embedded(&self) -> &'static str {
        let on_owner = self.verdict.uses.iter().filter(|used| used.on_owner).map(|used| used.display).min();
        match (self.usage(), on_owner) {
            (Usage::NotJudged | Usage::Undetermined, _) => "Unknown",
            (Usage::Embedded, _) | (_, Some(Display::Shown)) => "Yes",
            (Usage::Linked, _) | (_, Some(Display::Linked)) => "Linked",
            (_, Some(Display::Listed)) => "Listed",
            (_, None) => "No",
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.space_key(), &row.attachment.title, &row.attachment.id);
        key(self).cmp(&key(other))
    }
}

/// Id of a content as in `Linked Content IDs`: drafts are marked, because they bear the id of their page.
pub(crate) fn content_id(content: &Content) -> String {
    if content.status == Status::Draft { format!("{}(draft)", content.id) } else { content.id.to_string() }
}
