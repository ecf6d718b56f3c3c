//! What every reading begins with: the account, the spaces, and what is the site's own.

use url::Url;

use super::crawl::{Crawl, CrawlError, CrawlOptions};
use super::identity::{self, Opening};
use super::ledger::Ledger;
use super::memory::Memory;
use super::{Space, lists, scope};
use crate::progress::Progress;
use confluence_client::Api;
use storage_format::OwnSite;

/// What is known before anything of a space is read.
pub(super) struct Entrance {
    pub(super) opening: Opening,
    /// All spaces the account sees, by key.
    pub(super) spaces: Vec<Space>,
    /// Keys of the spaces that are reported; `None` is all.
    pub(super) reported: Option<Vec<String>>,
    /// Hosts that mean this site.
    pub(super) own_hosts: Vec<String>,
    pub(super) former_hosts: Vec<String>,
    site: OwnSite,
}

/// Asks who the account is and lists the spaces.
pub(super) async fn enter(
    api: &Api,
    options: &CrawlOptions,
    progress: &Progress,
    ledger: &Ledger,
) -> Result<Entrance, CrawlError> {
    progress.phase("account and spaces", None);
    let opening = identity::open(api, ledger).await?;
    let found = lists::spaces(api, ledger).await;
    let spaces = found.by_key;
    if spaces.is_empty() {
        return Err(CrawlError::no_spaces(found.failure, &opening.account, api));
    }
    let reported = scope::reported(&spaces, &options.include_spaces, &options.exclude_spaces)?;
    let (own_hosts, former_hosts) = own_hosts(api, found.base.as_deref(), options);
    let site = OwnSite::new(api.client().deployment().base_url(), &own_hosts).with_former_hosts(&former_hosts);
    Ok(Entrance { opening, spaces, reported, own_hosts, former_hosts, site })
}

impl Entrance {
    /// What every part of the reading needs. The page sizes that earlier runs have learned hold from here on.
    pub(super) fn crawl<'a>(
        &'a self,
        api: &'a Api,
        options: &'a CrawlOptions,
        progress: &'a Progress,
        ledger: &'a Ledger,
    ) -> Crawl<'a> {
        let (memory, started_at) = (Memory(options.cache.as_deref()), self.opening.started_at);
        api.client().remember_page_limits(memory.page_limits(started_at));
        Crawl { api, options, progress, ledger, site: &self.site, memory, started_at }
    }
}

/// The hosts that mean this site, and those of them that meant it before.
fn own_hosts(api: &Api, base: Option<&str>, options: &CrawlOptions) -> (Vec<String>, Vec<String>) {
    let named_by_server = base.and_then(|base| Url::parse(base).ok()).and_then(|base| {
        let host = base.host_str()?;
        Some(base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    });
    let own = api.client().deployment().host();
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
