//! Indexed view of inventory and verdicts: joins each file with its space, page and uses. CSV files, pages and manifest
//! all use it, so they cannot disagree.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::audit::{Audit, Figures, FileVerdict, Migration, ReasonKind, Totals, Usage, Use};
use crate::audit_history::{AuditHistoryFacts, Streak};
use crate::inventory::{
    AccountId, Attachment, Content, ContentId, ContentKind, FileOwner, Inventory, Space, Status, contents_by_id,
};
use confluence_client::SiteLinks;
use storage_format::Display;

use super::{ReportError, RunFacts, folder_names};

/// The reason shown on a file without a known use in an incomplete run.
const NOT_PROVEN: &str = "no use found, but the run is incomplete";

/// The input of a report, indexed.
#[derive(Debug)]
pub(crate) struct ReportView<'a> {
    pub(crate) facts: &'a RunFacts,
    pub(crate) inventory: &'a Inventory,
    pub(crate) audit: &'a Audit,
    pub(crate) links: SiteLinks,
    pub(crate) complete: bool,
    /// One reason per line.
    pub(crate) incomplete_reasons: Vec<String>,
    /// Published contents by id; a draft only if nothing else has the id.
    contents: HashMap<&'a str, &'a Content>,
    spaces: HashMap<&'a str, &'a Space>,
    figures: Figures,
    /// What a migration would have to copy.
    pub(crate) migration: Migration,
    /// The reported spaces, sorted by key.
    reported: Vec<ReportedSpace<'a>>,
    /// Index in `reported` by space id.
    space_indexes: HashMap<&'a str, usize>,
    /// Complete runs in a row that call a file unreferenced, by its id.
    streaks: HashMap<&'a str, Streak>,
}

/// One reported space with the name of its folder.
#[derive(Debug)]
pub(crate) struct ReportedSpace<'a> {
    pub(crate) space: &'a Space,
    pub(crate) totals: Totals,
    pub(crate) folder: String,
}

impl<'a> ReportView<'a> {
    pub(crate) fn new(facts: &'a RunFacts, inventory: &'a Inventory, audit: &'a Audit) -> Result<Self, ReportError> {
        let (verdicts, attachments) = (audit.files.len(), inventory.attachments.len());
        let belongs = audit.files.iter().enumerate().all(|(index, file)| {
            file.attachment == index && file.uses.iter().all(|used| used.content < inventory.contents.len())
        });
        if verdicts != attachments || !belongs {
            return Err(ReportError::VerdictMismatch { verdicts, attachments });
        }
        check_base_url(&inventory.scan.base_url)?;
        let contents = contents_by_id(&inventory.contents);
        let complete = facts.is_complete(inventory, audit);
        let figures = audit.figures(inventory, complete);
        let reported = reported_spaces(inventory, &figures);
        let space_indexes = reported.iter().enumerate().map(|(at, reported)| (reported.space.id.as_str(), at));
        Ok(Self {
            space_indexes: space_indexes.collect(),
            streaks: facts.audit_history.as_ref().map(AuditHistoryFacts::streaks).unwrap_or_default(),
            figures,
            migration: Migration::of(inventory, audit, complete),
            reported,
            facts,
            inventory,
            audit,
            links: inventory.scan.links(),
            complete,
            incomplete_reasons: facts.incomplete_reasons(inventory, audit),
            contents,
            spaces: inventory.spaces.iter().map(|space| (space.id.as_str(), space)).collect(),
        })
    }

    /// Returns all reported files, sorted by space key, file name and id; those of an unknown space come first.
    pub(crate) fn files(&'a self) -> Vec<FileRow<'a>> {
        let reported = self.audit.files.iter().filter(|verdict| verdict.reported);
        let mut rows: Vec<FileRow<'a>> = reported.map(|verdict| self.row(verdict)).collect();
        rows.sort_by(FileRow::compare);
        rows
    }

    /// Returns the row of a verdict, reported or not.
    pub(crate) fn row(&'a self, verdict: &'a FileVerdict) -> FileRow<'a> {
        let attachment = &self.inventory.attachments[verdict.attachment];
        let owner = attachment.container.id().and_then(|id| self.contents.get(id.as_str()).copied());
        let space = verdict.space.as_ref().and_then(|id| self.spaces.get(id.as_str()).copied());
        FileRow { view: self, attachment, verdict, owner, space }
    }

    /// Returns the keys of the reported spaces with a retention policy.
    pub(crate) fn retention_spaces(&self) -> Vec<&'a str> {
        let keys = self.inventory.scan.retention_spaces.iter().map(String::as_str);
        keys.filter(|key| self.reported.iter().any(|reported| reported.space.key == *key)).collect()
    }

    /// Returns the endpoint that deletes a file.
    pub(crate) fn delete_endpoint(&self, file: &Attachment) -> String {
        let container = file.container.id().map(ContentId::as_str);
        self.links.delete_attachment(container, file.id.as_str())
    }

    /// Returns the row of an attachment by its index.
    pub(crate) fn row_of(&'a self, attachment: usize) -> Option<FileRow<'a>> {
        self.audit.files.get(attachment).map(|verdict| self.row(verdict))
    }

    /// Returns the reported spaces, sorted by key, each with its folder.
    pub(crate) fn reported_spaces(&self) -> &[ReportedSpace<'a>] {
        &self.reported
    }

    pub(crate) fn site_totals(&self) -> Totals {
        self.figures.site
    }

    /// Returns the totals of files in no visible space; those of the site include them.
    pub(crate) fn without_space(&self) -> Totals {
        self.figures.without_space
    }

    /// Returns the value of `Run Complete`: `Yes`, `No`, or `Yes except ID, ID` for content accepted as unread.
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

    /// Returns the display name of a person, or the account id if the name could not be read.
    pub(crate) fn person(&self, id: Option<&'a AccountId>) -> Option<&'a str> {
        id.map(|id| self.inventory.people.get(id).map_or(id.as_str(), String::as_str))
    }

    /// Returns the URL of a content. Templates and custom content without a path have none: their id opens no page.
    pub(crate) fn content_url(&self, content: &Content) -> Option<String> {
        let has_page = !matches!(content.kind, ContentKind::Template | ContentKind::CustomContent);
        (has_page || content.webui.is_some()).then(|| self.links.content(content.id.as_str(), content.webui.as_deref()))
    }
}

/// Returns the reported spaces, sorted by key, each with its folder.
fn reported_spaces<'a>(inventory: &'a Inventory, figures: &Figures) -> Vec<ReportedSpace<'a>> {
    let of_spaces = figures.spaces.iter();
    let mut known: Vec<(&Space, Totals)> =
        of_spaces.filter_map(|totals| Some((inventory.spaces.get(totals.space)?, totals.totals))).collect();
    known.sort_by(|(one, _), (other, _)| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
    let folders = folder_names::folder_names(&known.iter().map(|(space, _)| *space).collect::<Vec<_>>());
    known.into_iter().zip(folders).map(|((space, totals), folder)| ReportedSpace { space, totals, folder }).collect()
}

/// Rejects base URLs that are unsafe in links: paths are appended to it, so it decides scheme and host of every link.
fn check_base_url(base: &str) -> Result<(), ReportError> {
    let refused = || ReportError::InvalidBaseUrl { url: base.to_owned() };
    let url = url::Url::parse(base).map_err(|_| refused())?;
    let is_plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_plain { Ok(()) } else { Err(refused()) }
}

/// One attachment with its verdict, owner and space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRow<'a> {
    pub(crate) view: &'a ReportView<'a>,
    pub(crate) attachment: &'a Attachment,
    pub(crate) verdict: &'a FileVerdict,
    /// The page, blog post or custom content that owns the file, if it was found.
    pub(crate) owner: Option<&'a Content>,
    pub(crate) space: Option<&'a Space>,
}

impl<'a> FileRow<'a> {
    /// Returns the usage to show; that of an incomplete run is never `unreferenced`, whatever the verdict.
    pub(crate) fn usage(&self) -> Usage {
        self.verdict.shown_usage(self.view.complete)
    }

    /// Returns why the file is undetermined or not judged, and other remarks.
    pub(crate) fn reasons(&self) -> Vec<&'a str> {
        self.typed_reasons().into_iter().map(|(reason, _)| reason).collect()
    }

    /// Returns the same reasons with their kinds.
    pub(crate) fn typed_reasons(&self) -> Vec<(&'a str, ReasonKind)> {
        let reasons = self.verdict.reasons.iter();
        let mut reasons: Vec<_> = reasons.map(|reason| (reason.text.as_str(), reason.kind)).collect();
        if self.usage() != self.verdict.usage {
            reasons.push((NOT_PROVEN, ReasonKind::Incomplete));
        }
        reasons
    }

    /// Returns in how many complete runs in a row the file is unreferenced; `None` if it is not unreferenced, or the run is
    /// not counted.
    pub(crate) fn streak(&self) -> Option<Streak> {
        let streak = self.view.streaks.get(self.attachment.id.as_str()).copied();
        streak.filter(|_| self.usage() == Usage::Unreferenced)
    }

    /// Whether the lists of unreferenced files include it: a complete run found no use, and no rule protects it.
    pub(crate) fn is_candidate(&self) -> bool {
        self.view.complete && self.verdict.is_candidate()
    }

    pub(crate) fn space_key(&self) -> &'a str {
        self.space.map_or("", |space| &space.key)
    }

    /// Returns the folder of the file's space; `None` if the space is unknown.
    pub(crate) fn folder(&self) -> Option<&'a str> {
        let index = self.view.space_indexes.get(self.space?.id.as_str())?;
        self.view.reported.get(*index).map(|reported| reported.folder.as_str())
    }

    pub(crate) fn container_id(&self) -> &'a str {
        self.attachment.container.id().map_or("", |id| id.as_str())
    }

    /// Returns the title of the owning content, if it was found.
    pub(crate) fn owner_title(&self) -> Option<&'a str> {
        self.owner.map(|owner| owner.title.as_str())
    }

    /// Returns the name of the owner of its page or post, or of the author if no owner is known. The account may be
    /// inactive: [`Self::file_owner`] is who can decide.
    pub(crate) fn owner_name(&self) -> Option<&'a str> {
        self.view.person(self.owner.and_then(|owner| owner.owner.as_ref().or(owner.author.as_ref())))
    }

    /// Returns who can decide about the file. Known for unreferenced files only.
    pub(crate) fn file_owner(&self) -> Option<FileOwner<'a>> {
        self.view.inventory.owner_of(self.attachment, self.owner, self.verdict.space.as_ref())
    }

    /// Returns the bytes of all versions whose size is known.
    pub(crate) fn known_bytes(&self) -> u64 {
        let sizes = self.attachment.old_versions.iter().map(|version| version.size).chain([self.attachment.size]);
        sizes.flatten().fold(0, u64::saturating_add)
    }

    /// Returns the URL that shows the file in Confluence.
    pub(crate) fn preview_url(&self) -> Option<String> {
        self.attachment.webui.as_deref().and_then(|path| self.view.links.path(path))
    }

    /// Returns what the run found out about the use of an unreferenced file, with its remarks.
    pub(crate) fn no_use_reason(&self) -> String {
        std::iter::once("no use found").chain(self.reasons()).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn owner_url(&self) -> Option<String> {
        self.owner.and_then(|owner| self.view.content_url(owner))
    }

    /// Returns the URL of the owner's attachment screen; only pages and blog posts have one.
    pub(crate) fn screen_url(&self) -> Option<String> {
        use crate::inventory::Container::{BlogPost, Page};
        match &self.attachment.container {
            Page(id) | BlogPost(id) => Some(self.view.links.attachment_screen(id.as_str())),
            _ => None,
        }
    }

    /// Returns the contents other than the published owner that use the file, each once, in the order of the verdict.
    pub(crate) fn elsewhere(&self) -> Vec<&'a Content> {
        let mut contents: Vec<(usize, &Content)> = Vec::new();
        for used in self.verdict.uses.iter().filter(|used| !used.on_owner) {
            if !contents.iter().any(|(index, _)| *index == used.content) {
                contents.push((used.content, self.content_of(used)));
            }
        }
        contents.into_iter().map(|(_, content)| content).collect()
    }

    /// Returns the content that contains a use.
    pub(crate) fn content_of(&self, used: &Use) -> &'a Content {
        &self.view.inventory.contents[used.content]
    }

    /// Returns the value of `Linked on Page`: `Yes` if body, header image or attachments macro of the owner use the file.
    pub(crate) fn linked_on_page(&self) -> &'static str {
        match self.usage() {
            Usage::NotJudged | Usage::Undetermined => "Unknown",
            Usage::Embedded | Usage::Linked => "Yes",
            _ if self.verdict.uses.iter().any(|used| used.on_owner) => "Yes",
            _ => "No",
        }
    }

    /// Returns the value of "Embedded on owning page?": `Yes`, `Linked`, `Listed`, `No` or `Unknown`.
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

    fn compare(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.space_key(), &row.attachment.title, &row.attachment.id);
        key(self).cmp(&key(other))
    }
}

/// Returns the id of a content as in `Linked Content IDs`: drafts are marked, because they have the id of their page.
pub(crate) fn content_id(content: &Content) -> String {
    if content.status == Status::Draft { format!("{}(draft)", content.id) } else { content.id.to_string() }
}
