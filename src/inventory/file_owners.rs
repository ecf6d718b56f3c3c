//! Who can decide about a file: the owner of its page while the account is active, else the next best person.
//!
//! Read for unreferenced files only, after every verdict: no verdict depends on it, and what cannot be read leaves the
//! run complete.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::accounts::{self, NeededFor};
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::options::CrawlOptions;
use super::resumed_crawl::ResumedCrawl;
use super::site::{AccountId, Attachment, Content, ContentId, SpaceId, Status};
use super::{Inventory, PersonAccount};
use crate::progress::Progress;
use crate::support::formatting::plural;
use confluence_client::{Api, RequestError};

/// What was read about the people who can decide about unreferenced files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerFacts {
    /// Whether accounts are active, by id. An account that is not here has an unknown status.
    #[serde(default)]
    pub accounts: BTreeMap<AccountId, AccountState>,
    /// Users who administer a space, by its id; only spaces with a file that has no other active owner.
    #[serde(default)]
    pub administrators: BTreeMap<SpaceId, Vec<AccountId>>,
}

impl OwnerFacts {
    pub(super) fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.administrators.is_empty()
    }
}

/// State of an account whose status was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// Active account of a person.
    Active,
    /// Deactivated or deleted.
    Inactive,
    /// Account of an app.
    App,
}

impl AccountState {
    fn of(account: &PersonAccount) -> Option<Self> {
        match account.active {
            _ if account.app => Some(Self::App),
            Some(true) => Some(Self::Active),
            Some(false) => Some(Self::Inactive),
            None => None,
        }
    }
}

/// Why a person is the one who can decide about a file, best reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnerRole {
    /// Owner of the page; of a blog post, or a page without an owner, its author.
    PageOwner,
    /// Published the current version of the page.
    LastEditor,
    /// Created the page.
    PageAuthor,
    /// Uploaded the newest version of the file that an active person uploaded.
    Uploader,
    /// Administers the space.
    SpaceAdministrator,
}

impl OwnerRole {
    /// Words for people, such as "page owner".
    pub fn words(self) -> &'static str {
        match self {
            Self::PageOwner => "page owner",
            Self::LastEditor => "last editor",
            Self::PageAuthor => "page author",
            Self::Uploader => "uploader",
            Self::SpaceAdministrator => "space administrator",
        }
    }
}

/// The person who can decide about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOwner<'i> {
    pub account: &'i AccountId,
    pub role: OwnerRole,
    /// Whether the account is known to be active. If not, its status is not known.
    pub is_active: bool,
}

impl Inventory {
    /// Returns who can decide about a file of a page or post in a space: the first active account, else the first whose
    /// status is not known. Inactive accounts and apps cannot decide.
    pub fn owner_of<'i>(
        &'i self,
        file: &'i Attachment,
        content: Option<&'i Content>,
        space: Option<&SpaceId>,
    ) -> Option<FileOwner<'i>> {
        let state = |account: &AccountId| self.owners.accounts.get(account);
        let administrators = space.and_then(|space| self.owners.administrators.get(space)).into_iter().flatten();
        let administrators = administrators.map(|account| (OwnerRole::SpaceAdministrator, account));
        let mut active = people_of(file, content)
            .chain(administrators)
            .filter(|(_, account)| state(account) == Some(&AccountState::Active));
        if let Some((role, account)) = active.next() {
            return Some(FileOwner { account, role, is_active: true });
        }
        // without a name no one can be asked
        let mut unknown = people_of(file, content)
            .filter(|(_, account)| state(account).is_none() && self.people.contains_key(*account));
        unknown.next().map(|(role, account)| FileOwner { account, role, is_active: false })
    }
}

/// Returns the people of a file and of its page, the best first.
fn people_of<'i>(
    file: &'i Attachment,
    content: Option<&'i Content>,
) -> impl Iterator<Item = (OwnerRole, &'i AccountId)> {
    let of_page = content.into_iter().flat_map(|content| {
        let owner = content.owner.as_ref().or(content.author.as_ref());
        [
            (OwnerRole::PageOwner, owner),
            (OwnerRole::LastEditor, content.last_editor.as_ref()),
            (OwnerRole::PageAuthor, content.author.as_ref()),
        ]
    });
    let uploaders = std::iter::once(&file.author).chain(file.old_versions.iter().rev().map(|version| &version.author));
    of_page
        .chain(uploaders.map(|uploader| (OwnerRole::Uploader, uploader.as_ref())))
        .filter_map(|(role, account)| Some((role, account?)))
}

/// Returns the published contents by id; a draft only if nothing else has the id.
pub fn contents_by_id(contents: &[Content]) -> HashMap<&str, &Content> {
    let mut by_id: HashMap<&str, &Content> = HashMap::with_capacity(contents.len());
    for content in contents {
        if content.status != Status::Draft || !by_id.contains_key(content.id.as_str()) {
            by_id.insert(content.id.as_str(), content);
        }
    }
    by_id
}

/// Reads who can decide about unreferenced files: `files` has the index of each, with the space of its page.
///
/// An error means that the run had to stop.
pub async fn read_owners(
    api: &Api,
    inventory: &mut Inventory,
    files: &[(usize, Option<SpaceId>)],
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    if files.is_empty() {
        return Ok(());
    }
    let resumed = ResumedCrawl::of(inventory, api, options, progress);
    let crawl = resumed.crawl();
    let of_files = account_ids(inventory, files);
    read_states(&crawl, inventory, of_files).await;
    // without any status it would not be known which administrators are active
    let knows_accounts = !inventory.owners.accounts.is_empty();
    let spaces = if knows_accounts { spaces_without_owner(inventory, files) } else { Vec::new() };
    crawl.phase("space administrators", Some(spaces.len() as u64));
    let read = crawl.all(spaces.iter().map(|space| read_administrators(&crawl, space)).collect()).await;
    let (mut found, mut refusals) = (BTreeMap::new(), Vec::new());
    for result in read {
        match result {
            Ok((space, accounts)) => drop(found.insert(space, accounts)),
            Err(error) => refusals.push(error),
        }
    }
    if let Some(error) = refusals.first() {
        let spaces = plural(refusals.len() as u64, "space", "spaces");
        crawl.ledger.warn(format!("owners of unreferenced files: administrators of {spaces} are not known: {error}"));
    }
    let of_spaces = found.values().flatten();
    let new = of_spaces.filter(|account: &&AccountId| !inventory.owners.accounts.contains_key(*account));
    read_states(&crawl, inventory, new.map(|account| account.as_str().to_owned()).collect()).await;
    inventory.owners.administrators = found;
    resumed.close(inventory)
}

/// Returns the accounts of the files and their pages.
fn account_ids(inventory: &Inventory, files: &[(usize, Option<SpaceId>)]) -> BTreeSet<String> {
    let contents = contents_by_id(&inventory.contents);
    let files = files.iter().filter_map(|(index, _)| inventory.attachments.get(*index));
    let people = files.flat_map(|file| people_of(file, content_of(&contents, file)));
    people.map(|(_, account)| account.as_str().to_owned()).collect()
}

fn content_of<'i>(contents: &HashMap<&str, &'i Content>, file: &Attachment) -> Option<&'i Content> {
    file.container.id().and_then(|id: &ContentId| contents.get(id.as_str()).copied())
}

/// Reads the accounts, and adds their names to those that are known.
async fn read_states(crawl: &Crawl<'_>, inventory: &mut Inventory, ids: BTreeSet<String>) {
    let batch = accounts::read(crawl, NeededFor::Owners, &ids).await;
    for note in batch.notes {
        crawl.ledger.warn(format!("owners of unreferenced files: {note}"));
    }
    for (id, account) in batch.accounts {
        if let Some(state) = AccountState::of(&account) {
            inventory.owners.accounts.insert(id.clone(), state);
        }
        if let Some(name) = account.name {
            inventory.people.entry(id).or_insert(name);
        }
    }
}

/// Returns the spaces of files without an active owner, in the order of their ids.
fn spaces_without_owner(inventory: &Inventory, files: &[(usize, Option<SpaceId>)]) -> Vec<SpaceId> {
    let contents = contents_by_id(&inventory.contents);
    let without_owner = files.iter().filter_map(|(index, space)| {
        let file = inventory.attachments.get(*index)?;
        let owner = inventory.owner_of(file, content_of(&contents, file), None);
        space.clone().filter(|_| owner.is_none_or(|owner| !owner.is_active))
    });
    let spaces: HashSet<SpaceId> = without_owner.collect();
    let mut spaces: Vec<SpaceId> = spaces.into_iter().collect();
    spaces.sort();
    spaces
}

/// Reads the administrators of one space.
async fn read_administrators(crawl: &Crawl<'_>, space: &SpaceId) -> Result<(SpaceId, Vec<AccountId>), RequestError> {
    let unit = crawl.ledger.enter(UnitKind::SpaceAdministrators, format!("administrators of space {space}"));
    let result = crawl.api.space_administrators(space.as_str()).await;
    crawl.progress.advance(1);
    match &result {
        Err(error) if !error.stops_run() => unit.skipped("no verdict depends on administrators"),
        settled => unit.settle(settled),
    }
    let mut accounts: Vec<AccountId> = result?.into_iter().map(AccountId::new).collect();
    accounts.sort();
    accounts.dedup();
    Ok((space.clone(), accounts))
}
