//! Context shared by all parts of a crawl: API, ledger, cache, progress, and the helpers to send several requests at
//! once.
//!
//! The client's permits decide how many requests are sent at once. Every unit of work is in the ledger before its
//! request, and no function returns an empty result for a failed request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt};

use super::body_cache::read_body;
use super::convert;
use super::inventory_cache::InventoryCache;
use super::last_run::LastRun;
use super::ledger::{Ledger, WorkUnit};
use super::not_found::{ItemKind, VisibleItems};
use super::options::CrawlOptions;
use super::site::{Content, ContentKind};
use super::unparsed_texts::{self, UnparsedTexts};
use super::unread::UnreadReason;
use crate::progress::Progress;
use confluence_client::api::ContentType;
use confluence_client::{Api, RequestError, model};
use storage_format::{Body, OwnSite, ParseDepth, parse_adf};

/// Pause before an item that was not found is requested again (F-41).
const NOT_FOUND_RETRY_DELAY: Duration = Duration::from_secs(2);

/// Number of items of a long list whose requests are prepared together.
pub(super) const GROUP: usize = 1024;

#[derive(Clone, Copy)]
pub(super) struct Crawl<'a> {
    pub(super) api: &'a Api,
    pub(super) options: &'a CrawlOptions,
    pub(super) progress: &'a Progress,
    pub(super) ledger: &'a Ledger,
    pub(super) visible_items: &'a VisibleItems,
    pub(super) texts: &'a UnparsedTexts,
    pub(super) site: &'a OwnSite,
    pub(super) cache: InventoryCache<'a>,
    /// The last complete run of this site by this account, if known.
    pub(super) last_run: Option<&'a LastRun>,
    /// When the run began, by the server's clock.
    pub(super) started_at: DateTime<Utc>,
}

impl Crawl<'_> {
    /// Parses a body in storage format, to the depth that the options require. All bodies of an inventory pass through
    /// here.
    pub(super) fn parse(&self, text: &str) -> Body {
        let mut body = self.read(text);
        self.texts.keep(&mut body);
        body
    }

    fn read(&self, text: &str) -> Body {
        let depth = self.options.measures.as_ref().map_or(ParseDepth::References, ParseDepth::Measures);
        read_body(self.cache.0, text, self.site, depth)
    }

    /// Parses a body in the Atlassian Document Format, the editor's form.
    pub(super) fn document(&self, text: &str) -> Body {
        let mut body = parse_adf(text, self.site);
        self.texts.keep(&mut body);
        body
    }

    /// Converts a content from a list. The text of its body is not kept. What contents in the trash name does not count
    /// as a use, but is mentioned if it is the only one, so their bodies are parsed if the list returns them.
    ///
    /// An empty text becomes `None`: some lists return it for a body that they leave out.
    pub(super) fn listed(&self, sent: model::Content, kind: ContentKind) -> Content {
        let is_empty = sent.storage().is_some_and(str::is_empty);
        let content = self.content(sent, kind);
        if is_empty { Content { body: None, ..content } } else { content }
    }

    /// Converts a content that was requested by its id.
    pub(super) fn content(&self, sent: model::Content, kind: ContentKind) -> Content {
        let body = sent.storage().map(|text| match sent.status.as_deref() {
            // no unparsed text of the trash is searched
            Some("trashed") => unparsed_texts::without_text(self.read(text)),
            _ => self.parse(text),
        });
        let details = self.options.measures.is_some().then(|| Box::new(convert::details(&sent)));
        Content { details, ..convert::content(sent, kind, body) }
    }

    /// Saves what the client learned: page sizes for later runs, and its warnings in the coverage.
    pub(super) fn save_client_state(&self) {
        let client = self.api.client();
        self.cache.save_page_limits(client.page_limits(), self.started_at);
        for warning in client.warnings() {
            self.ledger.warn(warning);
        }
    }

    /// Begins a progress phase, unless the run has stopped: then nothing more is read, and the progress must not
    /// suggest otherwise.
    pub(super) fn phase(&self, label: &str, total: Option<u64>) {
        if self.api.client().stopped().is_none() {
            self.progress.phase(label, total);
        }
    }

    /// Awaits all futures, as many at once as the client has permits. Results are in order of completion.
    ///
    /// Callers pass long lists in groups of [`GROUP`], so that memory never holds a future for each item.
    pub(super) async fn all<F: Future>(&self, futures: Vec<F>) -> Vec<F::Output> {
        stream::iter(futures).buffer_unordered(self.api.client().concurrency()).collect().await
    }

    /// Sends a request again after a pause if it returns "not found", which may be temporary (F-41).
    pub(super) async fn retry_not_found<T, F>(&self, send: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        match send().await {
            Err(error) if error.is_not_found() => {
                self.api.client().pause(NOT_FOUND_RETRY_DELAY).await?;
                send().await
            }
            result => result,
        }
    }

    /// Ends a unit whose content was not found twice: as `gone` if no list shows it and other contents are still found,
    /// else as `denied`. Returns whether it is `gone`. Lists of comments and custom content cannot be filtered by id;
    /// for those, the list that has just shown the content outweighs the 404.
    pub(super) async fn settle_missing(&self, unit: WorkUnit<'_>, which: ContentType, id: &str) -> bool {
        match self.is_hidden(which, id).await {
            Ok(false) => return self.settle_gone(unit, ItemKind::Content(kind_of(which)), id).await,
            Ok(true) => unit.denied("not found by its id, although a list shows it"),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// Ends the unit of a request about one page as the result says. The error is in the ledger, so it is not returned.
    pub(super) async fn settle_page<T>(
        &self,
        unit: WorkUnit<'_>,
        id: &str,
        result: Result<T, RequestError>,
    ) -> Result<T, ()> {
        match result {
            Ok(value) => {
                unit.ok();
                return Ok(value);
            }
            Err(error) if error.is_not_found() => {
                self.settle_missing(unit, ContentType::Page, id).await;
            }
            Err(error) => unit.refused(&error),
        }
        Err(())
    }

    /// Does the same as [`Self::settle_missing`] for a content whose body is needed: one that a list shows may be
    /// accepted as unread.
    pub(super) async fn settle_missing_body(
        &self,
        unit: WorkUnit<'_>,
        which: ContentType,
        content: &mut Content,
    ) -> bool {
        match self.is_hidden(which, content.id.as_str()).await {
            Ok(false) => return self.settle_gone(unit, ItemKind::Content(content.kind), content.id.as_str()).await,
            Ok(true) => self.unreadable(unit, content, UnreadReason::Hidden),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// Returns whether a list shows a content that was not found by its id.
    async fn is_hidden(&self, which: ContentType, id: &str) -> Result<bool, RequestError> {
        match which {
            ContentType::Page | ContentType::BlogPost => self.api.is_listed(which, id).await,
            ContentType::FooterComment | ContentType::InlineComment | ContentType::CustomContent => Ok(true),
        }
    }
}

fn kind_of(which: ContentType) -> ContentKind {
    match which {
        ContentType::Page => ContentKind::Page,
        ContentType::BlogPost => ContentKind::BlogPost,
        ContentType::FooterComment => ContentKind::FooterComment,
        ContentType::InlineComment => ContentKind::InlineComment,
        ContentType::CustomContent => ContentKind::CustomContent,
    }
}

/// Returns the endpoint that reads one content of this kind; templates have an endpoint of their own.
pub(super) fn content_type_of(kind: ContentKind) -> Option<ContentType> {
    match kind {
        ContentKind::Page => Some(ContentType::Page),
        ContentKind::BlogPost => Some(ContentType::BlogPost),
        ContentKind::FooterComment => Some(ContentType::FooterComment),
        ContentKind::InlineComment => Some(ContentType::InlineComment),
        ContentKind::CustomContent => Some(ContentType::CustomContent),
        ContentKind::Template => None,
    }
}

/// Returns a content's name in the ledger: `page 1001 "Release Plan"`.
pub(super) fn subject(content: &Content) -> String {
    format!("{} {} {:?}", content.kind.label(), content.id, content.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::coverage::UnitKind;

    #[tokio::test]
    async fn a_panic_in_one_request_ends_the_crawl_f_95() {
        let settings = confluence_client::ConnectionSettings::new(
            "http://localhost:1",
            confluence_client::Credentials::basic("me", "token".into()),
        );
        let (api, options, progress) = (Api::new(settings).unwrap(), CrawlOptions::default(), Progress::silent());
        let (opened, site) = (Ledger::default(), OwnSite::new("http://localhost:1", &[]));
        let (ledger, cache, started_at) = (&opened, InventoryCache(None), DateTime::UNIX_EPOCH);
        let crawl = Crawl {
            api: &api,
            options: &options,
            progress: &progress,
            ledger,
            visible_items: &VisibleItems::default(),
            texts: &UnparsedTexts::remaining_after(&[], &options),
            site: &site,
            cache,
            last_run: None,
            started_at,
        };
        let units = (0..20).map(|number| async move {
            let unit = ledger.enter(UnitKind::Body, format!("page {number}"));
            assert_ne!(number, 7, "on purpose");
            unit.ok();
        });
        let all = std::panic::AssertUnwindSafe(crawl.all(units.collect()));
        assert!(futures_util::FutureExt::catch_unwind(all).await.is_err(), "the panic is not swallowed");
        assert!(!opened.finish().is_complete(), "the coverage is not complete");
    }
}
