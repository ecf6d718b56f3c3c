//! The frame of a reading begun anew: who reads, which spaces there are, what is the site's own, and in the end what
//! was read as one inventory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use thiserror::Error;
use url::Url;

use super::admission::Reader;
use super::coverage::UnreadVersion;
use super::crawl::Crawl;
use super::identity::{self, Opening};
use super::kept_texts::KeptTexts;
use super::last_run::{self, Figures, LastRun, View};
use super::ledger::Ledger;
use super::memory::Memory;
use super::options::CrawlOptions;
use super::plan::RequestPlan;
use super::scope::{self, ScopeError};
use super::site::{AccountId, Attachment, Content, Space, Status};
use super::witnesses::Witnesses;
use super::{FilesElsewhere, Inventory, OldSizes, Scan, lists};
use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};
use storage_format::OwnSite;

/// Why there is no whole inventory.
#[derive(Debug, Error)]
pub enum CrawlError {
    /// The choice of spaces cannot be made; nothing but the spaces was read.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// `accept_unread` names what the site does not have.
    #[error("accept_unread names what is not on this site: {}", ids(.0))]
    UnknownAccepted(Vec<UnreadVersion>),
    /// The run would be of no use as this account or by this clock; nothing was listed.
    #[error("{0}")]
    NotAdmitted(Failure),
    /// Nothing usable was read.
    #[error("{cause}")]
    Unusable {
        /// The site.
        base_url: String,
        /// Why.
        cause: RequestError,
    },
    /// What was chosen is not among the spaces that could be listed, and not all could: it may be one of the others.
    #[error("{choice}, but not all spaces could be listed")]
    Unlisted {
        /// Why the choice cannot be made of those that were.
        choice: ScopeError,
        /// Why the others were not.
        cause: RequestError,
    },
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

fn ids(unread: &[UnreadVersion]) -> String {
    unread.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl CrawlError {
    /// Nothing usable was read of the site.
    pub(super) fn unusable(api: &Api, cause: RequestError) -> Self {
        Self::Unusable { base_url: api.address().base_url().to_owned(), cause }
    }

    /// The exit status of a run that ends with this error.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Scope(_) | Self::UnknownAccepted(_) => ExitStatus::Usage,
            Self::NotAdmitted(failure) => failure.status,
            Self::NoSpaces { .. } => ExitStatus::Authentication,
            Self::Unusable { cause, .. } | Self::Unlisted { cause, .. } | Self::Stopped { cause, .. } => match self {
                _ if cause.is_auth_lost() => ExitStatus::Authentication,
                _ if *cause == RequestError::Interrupted => ExitStatus::Interrupted,
                Self::Stopped { .. } => ExitStatus::Incomplete,
                _ if cause.is_denied() => ExitStatus::Authentication,
                _ => ExitStatus::Unreachable,
            },
        }
    }

    /// What to do, one line.
    pub fn remedy(&self) -> &str {
        match self {
            Self::NotAdmitted(failure) => failure.remedy.as_deref().unwrap_or_default(),
            Self::Scope(_) => "check the space keys: they are in the address of a space, after /spaces/",
            Self::UnknownAccepted(_) => {
                "write the ids as an incomplete report names them; take out what was deleted since"
            }
            Self::NoSpaces { .. } => "check that this account may use Confluence on this site",
            Self::Unusable { cause, .. } | Self::Unlisted { cause, .. } | Self::Stopped { cause, .. } => cause.remedy(),
        }
    }
}

impl From<&CrawlError> for Failure {
    fn from(error: &CrawlError) -> Self {
        let failure = match error {
            CrawlError::NotAdmitted(failure) => return failure.clone(),
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

/// What is known before anything of a space is read, and what all that is read goes into.
pub(super) struct Frame<'a> {
    api: &'a Api,
    options: &'a CrawlOptions,
    progress: &'a Progress,
    ledger: Ledger,
    witnesses: Witnesses,
    texts: KeptTexts,
    opening: Opening,
    /// All spaces the account sees, by key.
    pub(super) spaces: Vec<Space>,
    /// Keys of the spaces that are reported; `None` is all.
    pub(super) reported: Option<Vec<String>>,
    own_hosts: Vec<String>,
    former_hosts: Vec<String>,
    site: OwnSite,
    last_run: Option<LastRun>,
}

/// What was read of the spaces.
pub(super) struct Read {
    pub(super) contents: Vec<Content>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) files_elsewhere: FilesElsewhere,
    pub(super) people: BTreeMap<AccountId, String>,
    pub(super) old_sizes: OldSizes,
    /// Types of app content whose lists were walked.
    pub(super) app_content_types: Vec<String>,
    pub(super) plan: RequestPlan,
    /// How much the lists held.
    pub(super) figures: Figures,
    /// Contents of other spaces were left out: a use of a file there would not be seen.
    pub(super) references_within: bool,
}

impl<'a> Frame<'a> {
    /// Asks who the account is and lists the spaces. The page sizes that earlier runs have learned hold from here on.
    pub(super) async fn open(
        api: &'a Api,
        options: &'a CrawlOptions,
        progress: &'a Progress,
    ) -> Result<Self, CrawlError> {
        progress.phase("account and spaces", None);
        let ledger = Ledger::default();
        let opening = identity::open(api, &ledger).await.map_err(|error| CrawlError::unusable(api, error))?;
        if let Some(admission) = &options.admission {
            let (here, server) = opening.clocks;
            let reader = Reader { account: opening.account.id.clone(), here, server };
            admission.judge(&reader).map_err(CrawlError::NotAdmitted)?;
        }
        let found = lists::spaces(api, &ledger).await;
        let (spaces, base_url) = (found.by_key, api.address().base_url());
        if spaces.is_empty() {
            return Err(match found.failure {
                Some(error) => CrawlError::unusable(api, error),
                None => CrawlError::NoSpaces { account: opening.account.name, base_url: base_url.to_owned() },
            });
        }
        let reported =
            scope::reported(&spaces, &options.include_spaces, &options.exclude_spaces).map_err(|choice| match found
                .failure
            {
                Some(cause) if choice.is_of_the_spaces() => CrawlError::Unlisted { choice, cause },
                _ => choice.into(),
            })?;
        for pattern in scope::without_match(&spaces, &options.exclude_spaces)? {
            progress
                .warn(format!("--exclude-space {pattern}: no visible space matches, so nothing is left out for it"));
        }
        let (own_hosts, former_hosts) = own_hosts(api, found.base.as_deref(), options);
        let site = OwnSite::new(base_url, &own_hosts).with_former_hosts(&former_hosts);
        let found = last_run::find(options.results.as_deref(), &View::new(base_url, &opening.account.id));
        if let Some(remark) = found.remark {
            progress.warn(remark);
        }
        let memory = Memory(options.cache.as_deref());
        api.client().remember_page_limits(memory.page_limits(opening.started_at));
        let witnesses = Witnesses::default();
        Ok(Self {
            api,
            options,
            progress,
            ledger,
            witnesses,
            texts: KeptTexts::beside(&[], options),
            opening,
            spaces,
            reported,
            own_hosts,
            former_hosts,
            site,
            last_run: found.run,
        })
    }

    /// Who reads.
    pub(super) fn account(&self) -> &super::Account {
        &self.opening.account
    }

    /// What every part of the reading needs.
    pub(super) fn crawl(&self) -> Crawl<'_> {
        Crawl {
            api: self.api,
            options: self.options,
            progress: self.progress,
            ledger: &self.ledger,
            witnesses: &self.witnesses,
            texts: &self.texts,
            site: &self.site,
            memory: Memory(self.options.cache.as_deref()),
            last_run: self.last_run.as_ref(),
            started_at: self.opening.started_at,
        }
    }

    /// The ledger, for a reading that ends without an inventory.
    pub(super) fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// Asks once more who the account is, and gives what was read as an inventory; inside an error where the run had to
    /// stop.
    pub(super) async fn close(self, read: Read) -> Result<Inventory, CrawlError> {
        identity::confirm_account(self.api, &self.ledger, &self.opening.account.id).await;
        self.crawl().keep_what_was_learned();
        warn_of_unknown_statuses(&self.ledger, &read);
        let Self { api, options, ledger, opening, spaces, reported, own_hosts, former_hosts, .. } = self;
        let client = api.client();
        let mut inventory = Inventory {
            scan: Scan {
                program: options.program.clone(),
                started_at: opening.started_at,
                finished_at: Utc::now() + opening.clock_offset,
                base_url: api.address().base_url().to_owned(),
                own_hosts,
                former_hosts,
                account: opening.account,
                reported_spaces: reported,
                references_within: read.references_within,
                old_sizes: read.old_sizes,
                app_content_types: read.app_content_types,
                closing_walk: None,
            },
            spaces,
            contents: read.contents,
            attachments: read.attachments,
            files_elsewhere: read.files_elsewhere,
            people: read.people,
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

/// The hosts that mean this site, and those of them that meant it before.
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

    #[test]
    fn every_end_has_its_exit_status() {
        let unusable = |cause| CrawlError::Unusable { base_url: "https://acme.example".into(), cause }.exit_status();
        let lost = RequestError::Unauthenticated { answer: "401".into() };
        let denied = RequestError::ScopeMissing { endpoint: "/api/v2/spaces".into() };
        let away = RequestError::GaveUp { last: "503".into() };
        assert_eq!(unusable(lost), ExitStatus::Authentication);
        assert_eq!(unusable(denied), ExitStatus::Authentication);
        assert_eq!(unusable(away), ExitStatus::Unreachable);
        assert_eq!(unusable(RequestError::Interrupted), ExitStatus::Interrupted);
        assert_eq!(CrawlError::Scope(ScopeError::Empty).exit_status(), ExitStatus::Usage);
        let unlisted = CrawlError::Unlisted {
            choice: ScopeError::Unknown { patterns: vec!["OLD".into()] },
            cause: RequestError::GaveUp { last: "503".into() },
        };
        assert_eq!(unlisted.exit_status(), ExitStatus::Unreachable);
        let told = Failure::from(&unlisted).to_string();
        assert!(
            told.contains("OLD") && told.contains("not all spaces could be listed") && told.contains("503"),
            "{told}"
        );
    }
}
