//! Reads a whole site: the order of the lists, and what holds them together.
//!
//! The one place that does several things at once; how many is decided by the client's permits. Every unit of work is
//! in the ledger before its request, and nothing gives "empty" for "failed".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt};
use thiserror::Error;

use super::coverage::UnitKind;
use super::entrance::{Entrance, enter};
use super::kept_bodies::read_body;
use super::ledger::{Ledger, Unit};
use super::memory::{Figures, Memory};
use super::order::{sort_attachments, sort_contents};
use super::plan::{RequestPlan, SiteCounts};
use super::scope::ScopeError;
use super::site::{AccountId, Attachment, Content, ContentKind, Space, Status};
use super::snapshot::{self, MetricGroups};
use super::{
    Account, Inventory, OldSizes, Scan, custom_content, header_images, identity, labels, lists, old_sizes, owners,
    people, plausibility, reconcile, second_walk, versions,
};
use crate::cache::Cache;
use crate::error::ExitStatus;
use crate::progress::Progress;
use confluence_client::api::Single;
use confluence_client::{Api, RequestError};
use storage_format::{Body, Depth, OwnSite, TodoMarkers};

/// Pause before something not found is asked for again (F-41).
const RECHECK_AFTER: Duration = Duration::from_secs(2);

/// Items of a long list whose requests are prepared together.
pub(super) const GROUP: usize = 1024;

/// What to read, and how far.
#[expect(clippy::struct_excessive_bools, reason = "independent options of a run, each named where it is set")]
#[derive(Debug, Clone, Default)]
pub struct CrawlOptions {
    /// Space keys or patterns to report; none means all.
    pub include_spaces: Vec<String>,
    /// Space keys or patterns not to report.
    pub exclude_spaces: Vec<String>,
    /// Former hosts of the site: URLs with them in bodies mean this site.
    pub alias_hosts: Vec<String>,
    /// Read every owner of a candidate alone.
    pub verify_all: bool,
    /// Read the labels of attachments even when no macro filters by them.
    pub needs_labels: bool,
    /// Read the bodies of the reported spaces only.
    pub references_within: bool,
    /// Version of the program, for the record.
    pub program: String,
    /// What earlier runs of the same site and account have read.
    pub cache: Option<Arc<Cache>>,
    /// Believe that much less is there than in the last complete run.
    pub accept_shrink: bool,
    /// Measure the texts of bodies and keep the details of contents, for a snapshot; with the words that mark
    /// unfinished text.
    pub measures: Option<TodoMarkers>,
}

/// Why there is no whole inventory.
#[derive(Debug, Error)]
pub enum CrawlError {
    /// The choice of spaces cannot be made; nothing but the spaces was read.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// Nothing usable was read.
    #[error(transparent)]
    Unusable(#[from] RequestError),
    /// The account sees no space at all: more likely a wrong account than an empty site.
    #[error("{account} sees no space on {base_url}")]
    NoSpaces {
        /// Display name of the account.
        account: String,
        /// The site.
        base_url: String,
    },
    /// The run stopped on the way. What was read is there, and its coverage says what is missing.
    #[error("reading stopped: {cause}")]
    Stopped {
        /// What was read until then; never complete.
        inventory: Box<Inventory>,
        /// Why it stopped.
        cause: RequestError,
    },
}

impl CrawlError {
    /// No space was found: because the lists failed, or because the account sees none.
    pub(super) fn no_spaces(failure: Option<RequestError>, account: &Account, api: &Api) -> Self {
        match failure {
            Some(error) => Self::Unusable(error),
            None => Self::NoSpaces {
                account: account.name.clone(),
                base_url: api.client().deployment().base_url().to_owned(),
            },
        }
    }

    /// The exit status of a run that ends with this error (product contract 1).
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Scope(_) => ExitStatus::Usage,
            Self::NoSpaces { .. } => ExitStatus::Authentication,
            Self::Unusable(cause) | Self::Stopped { cause, .. } if cause.is_auth_lost() => ExitStatus::Authentication,
            Self::Unusable(cause) | Self::Stopped { cause, .. } if *cause == RequestError::Interrupted => {
                ExitStatus::Interrupted
            }
            Self::Unusable(cause) if cause.is_denied() => ExitStatus::Authentication,
            Self::Unusable(_) => ExitStatus::Unreachable,
            Self::Stopped { .. } => ExitStatus::Incomplete,
        }
    }

    /// What to do, one line.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Scope(_) => "check the space keys: they are in the address of a space, after /spaces/",
            Self::NoSpaces { .. } => "check that this account may use Confluence on this site",
            Self::Unusable(cause) | Self::Stopped { cause, .. } => cause.remedy(),
        }
    }
}

/// What every part of the crawl needs.
#[derive(Clone, Copy)]
pub(super) struct Crawl<'a> {
    pub(super) api: &'a Api,
    pub(super) options: &'a CrawlOptions,
    pub(super) progress: &'a Progress,
    pub(super) ledger: &'a Ledger,
    pub(super) site: &'a OwnSite,
    pub(super) memory: Memory<'a>,
    /// When the run began, by the server's clock.
    pub(super) started_at: DateTime<Utc>,
}

impl Crawl<'_> {
    /// Reads a body in storage format, as far as the options ask. Every body of an inventory passes here.
    pub(super) fn parse(&self, text: &str) -> Body {
        let depth = self.options.measures.as_ref().map_or(Depth::References, Depth::Measures);
        read_body(self.memory.0, text, self.site, depth)
    }

    /// Begins a phase, unless the run has stopped: then nothing more is read, and nothing should look as if it were.
    pub(super) fn phase(&self, label: &str, total: Option<u64>) {
        if self.api.client().stopped().is_none() {
            self.progress.phase(label, total);
        }
    }

    /// Awaits all futures, as many at once as the client has permits; results come as they are ready.
    ///
    /// Long lists are handed over in groups of [`GROUP`], so that a future for each item is not in memory at once.
    pub(super) async fn all<F: Future>(&self, futures: Vec<F>) -> Vec<F::Output> {
        stream::iter(futures).buffer_unordered(self.api.client().concurrency()).collect().await
    }

    /// Asks again after a while when something is not found: it may be a passing gap (F-41).
    pub(super) async fn twice<T, F>(&self, ask: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        match ask().await {
            Err(error) if error.is_not_found() => {
                self.api.client().pause(RECHECK_AFTER).await?;
                ask().await
            }
            result => result,
        }
    }

    /// Ends a unit whose content was not found twice: `gone` when no list shows it any more, `denied` when one does.
    /// Gives whether it is gone. Lists of comments and of app content cannot be asked for one id, and the list that
    /// has just shown it weighs more than the 404.
    pub(super) async fn settle_missing(&self, unit: Unit<'_>, which: Single, id: &str) -> bool {
        let listed = match which {
            Single::Page | Single::BlogPost => self.api.is_listed(which, id).await,
            Single::FooterComment | Single::InlineComment | Single::CustomContent => Ok(true),
        };
        match listed {
            Ok(false) => {
                unit.gone();
                return true;
            }
            Ok(true) => unit.denied("not found alone, though a list shows it"),
            Err(error) => unit.refused(&error),
        }
        false
    }
}

/// How to read a kind of content alone; templates have an endpoint of their own.
pub(super) fn single(kind: ContentKind) -> Option<Single> {
    match kind {
        ContentKind::Page => Some(Single::Page),
        ContentKind::BlogPost => Some(Single::BlogPost),
        ContentKind::FooterComment => Some(Single::FooterComment),
        ContentKind::InlineComment => Some(Single::InlineComment),
        ContentKind::CustomContent => Some(Single::CustomContent),
        ContentKind::Template => None,
    }
}

/// Names a content for the ledger: `page 1001 "Release Plan"`.
pub(super) fn subject(content: &Content) -> String {
    format!("{} {} {:?}", content.kind.label(), content.id, content.title)
}

/// Reads everything the account can see.
///
/// Fails when nothing usable could be read. Single gaps do not fail it: they are in the coverage of the inventory.
/// A run that had to stop gives what it had read inside the error.
pub async fn take_inventory(api: &Api, options: &CrawlOptions, progress: &Progress) -> Result<Inventory, CrawlError> {
    take(api, options, Extent::Site, progress).await
}

/// How much of a site is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent<'a> {
    /// Everything the account can see.
    Site,
    /// What a snapshot of the chosen spaces' pages needs.
    Pages(&'a MetricGroups),
}

/// The frame of every reading: who reads, which spaces there are, what was read of them, and who read in the end.
pub(super) async fn take(
    api: &Api,
    options: &CrawlOptions,
    extent: Extent<'_>,
    progress: &Progress,
) -> Result<Inventory, CrawlError> {
    let ledger = Ledger::default();
    let entrance = enter(api, options, progress, &ledger).await?;
    let crawl = entrance.crawl(api, options, progress, &ledger);
    let (memory, started_at) = (crawl.memory, crawl.started_at);
    let (spaces, reported) = (&entrance.spaces, entrance.reported.as_deref());
    let read = match extent {
        Extent::Site => crawl.read(spaces, reported, &entrance.opening.account.id).await,
        Extent::Pages(groups) => snapshot::read_lists(&crawl, spaces, reported, groups).await,
    };
    memory.keep_page_limits(api.client().page_limits(), started_at);
    identity::confirm_account(api, &ledger, &entrance.opening.account.id).await;
    for warning in api.client().warnings() {
        ledger.warn(warning);
    }
    warn_of_unknown_statuses(&ledger, &read);
    let Entrance { opening, spaces, reported, own_hosts, former_hosts, .. } = entrance;
    let inventory = Inventory {
        scan: Scan {
            program: options.program.clone(),
            started_at,
            finished_at: Utc::now() + opening.clock_offset,
            base_url: api.client().deployment().base_url().to_owned(),
            own_hosts,
            former_hosts,
            account: opening.account,
            // a use of a file in what such a reading leaves out would not be seen
            references_within: matches!(extent, Extent::Pages(_)) || (options.references_within && reported.is_some()),
            reported_spaces: reported,
            old_sizes: read.old_sizes,
        },
        spaces,
        contents: read.contents,
        attachments: read.attachments,
        people: read.people,
        coverage: ledger.finish(),
        requests: api.client().requests(),
        plan: Some(read.plan),
    };
    match api.client().stopped() {
        None => Ok(inventory),
        Some(cause) => Err(CrawlError::Stopped { inventory: Box::new(inventory), cause }),
    }
}

/// What was read of the spaces.
pub(super) struct Read {
    pub(super) contents: Vec<Content>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) people: BTreeMap<AccountId, String>,
    pub(super) old_sizes: OldSizes,
    pub(super) plan: RequestPlan,
}

impl Crawl<'_> {
    async fn read(&self, spaces: &[Space], reported: Option<&[String]>, account: &AccountId) -> Read {
        let (mut contents, lists::Attachments { mut files, owners }) =
            lists::contents_and_attachments(self, spaces, reported).await;
        plausibility::check(self, account, Figures::of(spaces, &contents, &files));
        let mut counts = SiteCounts::of(self, spaces, reported, &contents, &files, owners.len());
        counts.reply_lists = self.ledger.planned(UnitKind::Replies);
        let plan = counts.plan(self.api.client(), self.memory.last_run().as_ref());
        if self.api.client().stopped().is_none() {
            self.progress.note(&plan);
        }
        let published = reconcile::published(&contents);
        self.phase("header images and owners", None);
        let ((), found, ()) = tokio::join!(
            header_images::sweep(self, &mut contents, reported.filter(|_| self.options.references_within), spaces),
            owners::find(self, &owners),
            reconcile::attachments(self, &files, &published),
        );
        contents.extend(custom_content::read(self, found).await);
        lists::complete_comments(&mut contents, &files);
        second_walk::compare(self, &contents, &files).await;
        versions::read(self, &mut files, &contents, spaces, reported).await;
        let old_sizes = old_sizes::prove(self, &mut files).await;
        labels::read(self, &contents, &mut files).await;
        let people = people::read(self, &contents, &files).await;
        sort_contents(&mut contents);
        sort_attachments(&mut files);
        Read { contents, attachments: files, people, old_sizes, plan }
    }
}

/// What has a status this program does not know is read as if it were published (F-59).
fn warn_of_unknown_statuses(ledger: &Ledger, read: &Read) {
    let of_contents = read.contents.iter().map(|content| &content.status);
    let statuses = of_contents.chain(read.attachments.iter().map(|file| &file.status));
    let unknown: BTreeSet<&str> =
        statuses.filter(|status| matches!(status, Status::Other(_))).map(Status::as_str).collect();
    for word in unknown {
        ledger.warn(format!("the unknown status \"{word}\" occurs: uses in it count, files in it are not judged"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_send<T: Send>(_: &T) {}

    #[test]
    fn a_crawl_can_be_spawned() {
        let settings = confluence_client::ConnectionSettings::new("http://localhost:1", "me", "token".into());
        let api = Api::new(settings).unwrap();
        let (options, progress) = (CrawlOptions::default(), Progress::silent());
        assert_send(&take_inventory(&api, &options, &progress));
    }

    #[tokio::test]
    async fn f_95_a_panic_in_one_request_ends_the_reading_with_it() {
        let settings = confluence_client::ConnectionSettings::new("http://localhost:1", "me", "token".into());
        let (api, options, progress) = (Api::new(settings).unwrap(), CrawlOptions::default(), Progress::silent());
        let (opened, site) = (Ledger::default(), OwnSite::new("http://localhost:1", &[]));
        let (ledger, memory, started_at) = (&opened, Memory(None), DateTime::UNIX_EPOCH);
        let crawl =
            Crawl { api: &api, options: &options, progress: &progress, ledger, site: &site, memory, started_at };
        let units = (0..20).map(|number| async move {
            let unit = ledger.enter(UnitKind::Body, format!("page {number}"));
            assert_ne!(number, 7, "on purpose");
            unit.ok();
        });
        let all = std::panic::AssertUnwindSafe(crawl.all(units.collect()));
        assert!(futures_util::FutureExt::catch_unwind(all).await.is_err(), "it is not swallowed");
        assert!(!opened.finish().is_complete(), "and nobody takes what was read for whole");
    }

    #[test]
    fn every_end_has_its_exit_status() {
        let lost = RequestError::Unauthenticated { answer: "401".into() };
        let denied = RequestError::ScopeMissing { endpoint: "/api/v2/spaces".into() };
        let away = RequestError::GaveUp { last: "503".into() };
        assert_eq!(CrawlError::Unusable(lost).exit_status(), ExitStatus::Authentication);
        assert_eq!(CrawlError::Unusable(denied).exit_status(), ExitStatus::Authentication);
        assert_eq!(CrawlError::Unusable(away).exit_status(), ExitStatus::Unreachable);
        assert_eq!(CrawlError::Unusable(RequestError::Interrupted).exit_status(), ExitStatus::Interrupted);
        assert_eq!(CrawlError::Scope(ScopeError::Empty).exit_status(), ExitStatus::Usage);
    }
}
