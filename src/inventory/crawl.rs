//! What every part of a reading stands on: the connection, the ledger, the memory, and how several requests go out at
//! once.
//!
//! How many go out at once is decided by the client's permits. Every unit of work is in the ledger before its request,
//! and nothing gives "empty" for "failed".

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt};

use super::convert;
use super::kept_bodies::read_body;
use super::kept_texts::{self, KeptTexts};
use super::last_run::LastRun;
use super::ledger::{Ledger, Unit};
use super::memory::Memory;
use super::options::CrawlOptions;
use super::site::{Content, ContentKind};
use super::unread::Why;
use super::witnesses::{Kind, Witnesses};
use crate::progress::Progress;
use confluence_client::api::Single;
use confluence_client::{Api, RequestError, model};
use storage_format::{Body, Depth, OwnSite, parse_adf};

/// Pause before something not found is asked for again (F-41).
const RECHECK_AFTER: Duration = Duration::from_secs(2);

/// Items of a long list whose requests are prepared together.
pub(super) const GROUP: usize = 1024;

/// What every part of the crawl needs.
#[derive(Clone, Copy)]
pub(super) struct Crawl<'a> {
    pub(super) api: &'a Api,
    pub(super) options: &'a CrawlOptions,
    pub(super) progress: &'a Progress,
    pub(super) ledger: &'a Ledger,
    pub(super) witnesses: &'a Witnesses,
    pub(super) texts: &'a KeptTexts,
    pub(super) site: &'a OwnSite,
    pub(super) memory: Memory<'a>,
    /// The last complete run of this site by this account, where one is known.
    pub(super) last_run: Option<&'a LastRun>,
    /// When the run began, by the server's clock.
    pub(super) started_at: DateTime<Utc>,
}

impl Crawl<'_> {
    /// Reads a body in storage format, as far as the options ask. Every body of an inventory passes here.
    pub(super) fn parse(&self, text: &str) -> Body {
        let mut body = self.read(text);
        self.texts.keep(&mut body);
        body
    }

    fn read(&self, text: &str) -> Body {
        let depth = self.options.measures.as_ref().map_or(Depth::References, Depth::Measures);
        read_body(self.memory.0, text, self.site, depth)
    }

    /// Reads a body in its other form, the document that the editor shows.
    pub(super) fn document(&self, text: &str) -> Body {
        let mut body = parse_adf(text, self.site);
        self.texts.keep(&mut body);
        body
    }

    /// Reads a content as a list gives it; the text of its body is not kept. What contents in the trash name counts for
    /// nothing, but is mentioned where it is the only use, so theirs is read as far as it comes with the list.
    ///
    /// An empty text is what some lists give for a body they leave out, so the content has none here.
    pub(super) fn listed(&self, sent: model::Content, kind: ContentKind) -> Content {
        let is_empty = sent.storage().is_some_and(str::is_empty);
        let content = self.content(sent, kind);
        if is_empty { Content { body: None, ..content } } else { content }
    }

    /// Reads a content that was asked for alone.
    pub(super) fn content(&self, sent: model::Content, kind: ContentKind) -> Content {
        let body = sent.storage().map(|text| match sent.status.as_deref() {
            // nothing is searched in the trash
            Some("trashed") => kept_texts::without(self.read(text)),
            _ => self.parse(text),
        });
        let details = self.options.measures.is_some().then(|| Box::new(convert::details(&sent)));
        Content { details, ..convert::content(sent, kind, body) }
    }

    /// Keeps what the client has learned: the page sizes for later runs, and its remarks with the coverage.
    pub(super) fn keep_what_was_learned(&self) {
        let client = self.api.client();
        self.memory.keep_page_limits(client.page_limits(), self.started_at);
        for warning in client.warnings() {
            self.ledger.warn(warning);
        }
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

    /// Ends a unit whose content was not found twice: `gone` when no list shows it any more and others are found,
    /// `denied` when one does. Gives whether it is gone. Lists of comments and of app content cannot be asked for one id,
    /// and the list that has just shown it weighs more than the 404.
    pub(super) async fn settle_missing(&self, unit: Unit<'_>, which: Single, id: &str) -> bool {
        match self.is_hidden(which, id).await {
            Ok(false) => return self.settle_gone(unit, Kind::Content(kind_of(which)), id).await,
            Ok(true) => unit.denied("not found alone, though a list shows it"),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// The same for a content whose body is wanted: one that a list shows may be accepted as unread.
    pub(super) async fn settle_missing_body(&self, unit: Unit<'_>, which: Single, content: &mut Content) -> bool {
        match self.is_hidden(which, content.id.as_str()).await {
            Ok(false) => return self.settle_gone(unit, Kind::Content(content.kind), content.id.as_str()).await,
            Ok(true) => self.unreadable(unit, content, Why::Hidden),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// Whether a list shows what was not found alone.
    async fn is_hidden(&self, which: Single, id: &str) -> Result<bool, RequestError> {
        match which {
            Single::Page | Single::BlogPost => self.api.is_listed(which, id).await,
            Single::FooterComment | Single::InlineComment | Single::CustomContent => Ok(true),
        }
    }
}

fn kind_of(which: Single) -> ContentKind {
    match which {
        Single::Page => ContentKind::Page,
        Single::BlogPost => ContentKind::BlogPost,
        Single::FooterComment => ContentKind::FooterComment,
        Single::InlineComment => ContentKind::InlineComment,
        Single::CustomContent => ContentKind::CustomContent,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::coverage::UnitKind;

    #[tokio::test]
    async fn a_panic_in_one_request_ends_the_reading_with_it_f_95() {
        let settings = confluence_client::ConnectionSettings::new(
            "http://localhost:1",
            confluence_client::Credentials::basic("me", "token".into()),
        );
        let (api, options, progress) = (Api::new(settings).unwrap(), CrawlOptions::default(), Progress::silent());
        let (opened, site) = (Ledger::default(), OwnSite::new("http://localhost:1", &[]));
        let (ledger, memory, started_at) = (&opened, Memory(None), DateTime::UNIX_EPOCH);
        let crawl = Crawl {
            api: &api,
            options: &options,
            progress: &progress,
            ledger,
            witnesses: &Witnesses::default(),
            texts: &KeptTexts::beside(&[], &options),
            site: &site,
            memory,
            last_run: None,
            started_at,
        };
        let units = (0..20).map(|number| async move {
            let unit = ledger.enter(UnitKind::Body, format!("page {number}"));
            assert_ne!(number, 7, "on purpose");
            unit.ok();
        });
        let all = std::panic::AssertUnwindSafe(crawl.all(units.collect()));
        assert!(futures_util::FutureExt::catch_unwind(all).await.is_err(), "it is not swallowed");
        assert!(!opened.finish().is_complete(), "and nobody takes what was read for whole");
    }
}
