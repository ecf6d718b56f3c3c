//! Start and end of a new crawl: identifies the account, lists the spaces, determines the site's own hosts, and at the
//! end builds the inventory from what was read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use thiserror::Error;
use url::Url;

use super::account_check::{self, RunStart};
use super::coverage::UnreadVersion;
use super::crawl::Crawl;
use super::inventory_cache::InventoryCache;
use super::last_run::{self, CountedItems, LastRun, SiteFigures};
use super::ledger::Ledger;
use super::not_found::VisibleItems;
use super::options::CrawlOptions;
use super::plan::RequestPlan;
use super::preflight_check::PreflightFacts;
use super::site::{AccountId, Attachment, Content, Space, Status};
use super::space_choice::{self, SpaceChoiceError};
use super::unparsed_texts::UnparsedTexts;
use super::{
    ExcludedFiles, Inventory, OwnerFacts, Scan, VersionSizeCheck, Visibility, lists, plausibility, without_admin_key,
};
use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};
use storage_format::OwnSite;

/// Why a crawl returned no inventory, or only a part of one.
#[derive(Debug, Error)]
pub enum CrawlError {
    /// The choice of spaces is not possible; nothing but the spaces was read.
    #[error(transparent)]
    Scope(#[from] SpaceChoiceError),
    /// `accept_unread` names ids that the site does not have.
    #[error("accept_unread names ids that this site does not have: {}", ids(.0))]
    UnknownAccepted(Vec<UnreadVersion>),
    /// The check before the first list failed, because of the account or the clocks; nothing was listed.
    #[error("{0}")]
    PreflightFailed(Failure),
    /// Nothing usable was read.
    #[error("{cause}")]
    Unusable { base_url: String, cause: RequestError },
    /// A chosen space is not in the list of spaces, which is incomplete: it may be in the missing part.
    #[error("{choice}, but not all spaces could be listed")]
    Unlisted {
        /// Why the listed spaces do not allow the choice.
        choice: SpaceChoiceError,
        /// Why the list is incomplete.
        cause: RequestError,
    },
    /// The account cannot see any space: more likely the wrong account than an empty site.
    #[error("{account} cannot see any space on {base_url}")]
    NoSpaces { account: String, base_url: String },
    /// The run stopped early. The inventory has what was read, and its coverage says what is missing.
    #[error("the crawl stopped early: {cause}")]
    Stopped {
        /// What was read until then; never complete.
        inventory: Box<Inventory>,
        cause: RequestError,
    },
}

fn ids(unread: &[UnreadVersion]) -> String {
    unread.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl CrawlError {
    pub(super) fn unusable(api: &Api, cause: RequestError) -> Self {
        Self::Unusable { base_url: api.address().base_url().to_owned(), cause }
    }

    /// Returns the exit status of a run that ends with this error.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Scope(_) | Self::UnknownAccepted(_) => ExitStatus::Usage,
            Self::PreflightFailed(failure) => failure.status,
            Self::NoSpaces { .. } => ExitStatus::Authentication,
            Self::Unusable { cause, .. } | Self::Unlisted { cause, .. } | Self::Stopped { cause, .. } => match self {
                _ if cause.is_auth_lost() => ExitStatus::Authentication,
                Self::Unusable { .. } | Self::Unlisted { .. } if *cause == RequestError::AdminKeyEnded => {
                    ExitStatus::Authentication
                }
                _ if *cause == RequestError::Interrupted => ExitStatus::Interrupted,
                Self::Stopped { .. } => ExitStatus::Incomplete,
                _ if cause.is_denied() => ExitStatus::Authentication,
                _ => ExitStatus::Unreachable,
            },
        }
    }

    /// Returns what the user should do, in one line.
    pub fn remedy(&self) -> &str {
        match self {
            Self::PreflightFailed(failure) => failure.remedy.as_deref().unwrap_or_default(),
            Self::Scope(_) => "check the space keys: the URL of a space has its key after /spaces/ or /display/",
            Self::UnknownAccepted(_) => "copy the ids from an incomplete report, and remove those of deleted contents",
            Self::NoSpaces { .. } => "check that this account may use Confluence on this site",
            Self::Unusable { cause, .. } | Self::Unlisted { cause, .. } | Self::Stopped { cause, .. } => cause.remedy(),
        }
    }
}

impl From<&CrawlError> for Failure {
    fn from(error: &CrawlError) -> Self {
        let failure = match error {
            CrawlError::PreflightFailed(failure) => return failure.clone(),
            CrawlError::Unusable { base_url, cause } => {
                Self::new(error.exit_status(), format!("{base_url} cannot be read")).because(cause.to_string())
            }
            CrawlError::Unlisted { cause, .. } => {
                Self::new(error.exit_status(), error.to_string()).because(cause.to_string())
            }
            other => Self::new(other.exit_status(), other.to_string()),
        };
        failure.remedy(error.remedy())
    }
}

/// Everything a new crawl knows before it reads the contents of spaces, and its ledger.
pub(super) struct NewCrawl<'a> {
    api: &'a Api,
    options: &'a CrawlOptions,
    progress: &'a Progress,
    ledger: Ledger,
    visible_items: VisibleItems,
    texts: UnparsedTexts,
    start: RunStart,
    /// All spaces that the account can see, sorted by key.
    pub(super) spaces: Vec<Space>,
    /// Keys of the reported spaces; `None` reports all.
    pub(super) reported: Option<Vec<String>>,
    own_hosts: Vec<String>,
    former_hosts: Vec<String>,
    site: OwnSite,
    /// The warning that there is nothing to compare with, if there was one.
    warned: Option<String>,
    /// The last complete run, for the plan. It may have lacked other scopes.
    last_run: Option<LastRun>,
}

/// What a crawl read from the spaces.
pub(super) struct SiteContents {
    pub(super) contents: Vec<Content>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) files_elsewhere: ExcludedFiles,
    /// Keys of the spaces whose trash could not be listed.
    pub(super) unread_trash: Vec<String>,
    pub(super) people: BTreeMap<AccountId, String>,
    pub(super) old_sizes: VersionSizeCheck,
    /// Types of custom content whose lists were read.
    pub(super) custom_content_types: Vec<String>,
    pub(super) plan: RequestPlan,
    /// Counts from the first lists.
    pub(super) figures: SiteFigures,
    /// Whether the contents of all spaces are counted.
    pub(super) counts_contents: bool,
    /// Number of pages that the site itself counts.
    pub(super) site_pages: Option<u64>,
    /// Keys of the spaces with a retention policy.
    pub(super) retention_spaces: Vec<String>,
    /// Whether the contents of other spaces were left out, so that uses of files there are not seen.
    pub(super) references_within: bool,
}

impl<'a> NewCrawl<'a> {
    /// Identifies the account and lists the spaces. From here on, the client uses the page sizes that earlier runs
    /// learned.
    pub(super) async fn open(
        api: &'a Api,
        options: &'a CrawlOptions,
        progress: &'a Progress,
    ) -> Result<Self, CrawlError> {
        progress.phase("account and spaces", None);
        let ledger = Ledger::default();
        let start =
            account_check::identify_account(api, &ledger).await.map_err(|error| CrawlError::unusable(api, error))?;
        if let Some(admission) = &options.admission {
            let (here, server) = start.clocks;
            let (account, admin_key) = (start.account.id.clone(), api.uses_admin_key());
            let site = api.address().base_url().to_owned();
            let facts = PreflightFacts { site, account, admin_key, here, server };
            admission.judge(&facts).map_err(CrawlError::PreflightFailed)?;
        }
        let found = lists::spaces(api, &ledger).await;
        let (spaces, base_url) = (found.by_key, api.address().base_url());
        if spaces.is_empty() {
            return Err(match found.failure {
                Some(error) => CrawlError::unusable(api, error),
                None => CrawlError::NoSpaces { account: start.account.name, base_url: base_url.to_owned() },
            });
        }
        let reported =
            space_choice::reported(&spaces, &options.include_spaces, &options.exclude_spaces).map_err(|choice| {
                match found.failure {
                    Some(cause) if choice.depends_on_listed_spaces() => CrawlError::Unlisted { choice, cause },
                    _ => choice.into(),
                }
            })?;
        for pattern in space_choice::unmatched_patterns(&spaces, &options.exclude_spaces)? {
            progress.warn(format!("--exclude-space {pattern} has no effect: it matches no visible space"));
        }
        let (own_hosts, former_hosts) = own_hosts(api, found.base.as_deref(), options);
        let site = OwnSite::new(base_url, &own_hosts).with_former_hosts(&former_hosts);
        let visibility = Visibility::through(api, &start.account.id);
        let results = options.results.as_deref();
        let found = last_run::find(results, &visibility);
        // which scopes are missing is known after the lists: then the run is compared, or a warning says why not
        let with_other_scopes = last_run::find_with_other_scopes(results, &visibility);
        let warned = found.warning.filter(|_| with_other_scopes.is_none());
        if let Some(warning) = &warned {
            progress.warn(warning);
        }
        let cache = InventoryCache(options.cache.as_deref());
        api.client().remember_page_limits(cache.page_limits(start.started_at));
        let visible_items = VisibleItems::default();
        Ok(Self {
            api,
            options,
            progress,
            ledger,
            visible_items,
            texts: UnparsedTexts::remaining_after(&[], options),
            start,
            spaces,
            reported,
            own_hosts,
            former_hosts,
            site,
            warned,
            last_run: found.run.or(with_other_scopes),
        })
    }

    /// Returns the account that reads.
    pub(super) fn account(&self) -> &super::Account {
        &self.start.account
    }

    pub(super) fn crawl(&self) -> Crawl<'_> {
        Crawl {
            api: self.api,
            options: self.options,
            progress: self.progress,
            ledger: &self.ledger,
            visible_items: &self.visible_items,
            texts: &self.texts,
            site: &self.site,
            cache: InventoryCache(self.options.cache.as_deref()),
            last_run: self.last_run.as_ref(),
            started_at: self.start.started_at,
        }
    }

    /// Returns the ledger of a crawl that ends without an inventory.
    pub(super) fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// Checks the account once more and builds the inventory. If the run had to stop, the inventory is inside the
    /// error.
    pub(super) async fn close(mut self, mut read: SiteContents) -> Result<Inventory, CrawlError> {
        let mut spaces = std::mem::take(&mut self.spaces);
        let listed_without_key = without_admin_key::mark(&self.crawl(), &mut spaces, &mut read.contents).await;
        account_check::confirm_account(self.api, &self.ledger, &self.start.account.id).await;
        self.crawl().save_client_state();
        let (visibility, counted) = self.compare_with_last_run(&mut read);
        warn_of_unknown_statuses(&self.ledger, &read);
        let Self { api, options, ledger, start, reported, own_hosts, former_hosts, .. } = self;
        let client = api.client();
        let mut inventory = Inventory {
            scan: Scan {
                program: options.program.clone(),
                started_at: start.started_at,
                finished_at: Utc::now() + start.clock_offset,
                base_url: api.address().base_url().to_owned(),
                deployment: api.deployment(),
                own_hosts,
                former_hosts,
                account: start.account,
                counted,
                visibility: Some(visibility),
                listed_without_key,
                reported_spaces: reported,
                references_within: read.references_within,
                old_sizes: read.old_sizes,
                custom_content_types: read.custom_content_types,
                unread_trash: read.unread_trash,
                site_pages: read.site_pages,
                retention_spaces: read.retention_spaces,
                final_pass: None,
            },
            spaces,
            contents: read.contents,
            attachments: read.attachments,
            files_elsewhere: read.files_elsewhere,
            people: read.people,
            owners: OwnerFacts::default(),
            coverage: ledger.finish(),
            requests: client.requests(),
            plan: Some(read.plan),
            figures: read.figures,
            doubtful: BTreeSet::new(),
            outdated: BTreeSet::new(),
        };
        inventory.sort();
        match client.stopped() {
            None => Ok(inventory),
            Some(cause) => Err(CrawlError::Stopped { inventory: Box::new(inventory), cause }),
        }
    }
}

impl NewCrawl<'_> {
    /// Compares the counts with those of the last complete run that could see the same, and returns what this run could
    /// see. Called after the lists, because only then it is known which scopes they lack.
    fn compare_with_last_run(&self, read: &mut SiteContents) -> (Visibility, CountedItems) {
        let visibility = Visibility::through(self.api, &self.start.account.id);
        let is_same = |warning| last_run::find(self.options.results.as_deref(), &visibility).warning == Some(warning);
        let compared = self.warned.clone().is_some_and(is_same);
        let counted = CountedItems { contents: read.counts_contents, compared };
        let counted = plausibility::compare(&self.ledger, self.options, &visibility, &mut read.figures, counted);
        (visibility, counted)
    }
}

/// Returns the hosts of this site, and those of them that are former hosts.
fn own_hosts(api: &Api, base: Option<&str>, options: &CrawlOptions) -> (Vec<String>, Vec<String>) {
    let named_by_server = base.and_then(|base| Url::parse(base).ok()).and_then(|base| {
        let host = base.host_str()?;
        Some(base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    });
    let own = api.address().host();
    let mut hosts: Vec<String> = Vec::new();
    let mut add = |host: &str| {
        let host = host.trim().to_ascii_lowercase();
        let is_new = !host.is_empty() && !hosts.contains(&host);
        if is_new {
            hosts.push(host.clone());
        }
        is_new.then_some(host)
    };
    add(own);
    named_by_server.map(|host| add(&host));
    let former = options.alias_hosts.iter().filter_map(|host| add(host)).collect();
    (hosts, former)
}

/// Warns of unknown statuses. Contents with one are treated as published, and files with one are not judged (F-59).
fn warn_of_unknown_statuses(ledger: &Ledger, read: &SiteContents) {
    let of_contents = read.contents.iter().map(|content| &content.status);
    let statuses = of_contents.chain(read.attachments.iter().map(|file| &file.status));
    let unknown: BTreeSet<&str> =
        statuses.filter(|status| matches!(status, Status::Other(_))).map(Status::as_str).collect();
    for word in unknown {
        ledger.warn(format!("unknown status \"{word}\": contents with it count as uses, files with it are not judged"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_exit_status() {
        let unusable = |cause| CrawlError::Unusable { base_url: "https://acme.example".into(), cause }.exit_status();
        let lost = RequestError::Unauthenticated { response: "401".into() };
        let denied = RequestError::ScopeMissing { endpoint: "/api/v2/spaces".into() };
        let away = RequestError::GaveUp { last: "503".into() };
        assert_eq!(unusable(lost), ExitStatus::Authentication);
        assert_eq!(unusable(denied), ExitStatus::Authentication);
        assert_eq!(unusable(away), ExitStatus::Unreachable);
        assert_eq!(unusable(RequestError::Interrupted), ExitStatus::Interrupted);
        assert_eq!(CrawlError::Scope(SpaceChoiceError::Empty).exit_status(), ExitStatus::Usage);
        let unlisted = CrawlError::Unlisted {
            choice: SpaceChoiceError::Unknown { patterns: vec!["OLD".into()] },
            cause: RequestError::GaveUp { last: "503".into() },
        };
        assert_eq!(unlisted.exit_status(), ExitStatus::Unreachable);
        let message = Failure::from(&unlisted).to_string();
        assert!(
            message.contains("OLD") && message.contains("not all spaces could be listed") && message.contains("503"),
            "{message}"
        );
    }
}
