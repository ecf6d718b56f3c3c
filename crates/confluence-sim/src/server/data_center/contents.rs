//! The list of contents, and one content by id, in any version.

use chrono::NaiveDate;
use serde_json::Value;

use super::content_json;
use super::expansions::Expansions;
use super::page_of_results::ListRange;
use super::{Exchange, file_json, spaces};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::sort_keys::number_of;
use crate::server::v2_json::draft_edition;
use crate::site::{Attachment, Content, ContentType, Status};

/// Largest `start`, unless the site sets another one.
const DEEPEST_START: usize = 100_000;

/// The contents that a list has.
pub(super) struct ContentFilter<'s> {
    kinds: &'static [ContentType],
    space: Option<&'s str>,
    statuses: Vec<&'s str>,
}

/// Returns the types of content with this name, if a list can have it.
pub(super) fn kinds_of(name: &str) -> Option<&'static [ContentType]> {
    match name {
        "page" => Some(&[ContentType::Page]),
        "blogpost" => Some(&[ContentType::BlogPost]),
        "comment" => Some(&[ContentType::FooterComment, ContentType::InlineComment]),
        _ => None,
    }
}

impl<'s> ContentFilter<'s> {
    /// Reads `spaceKey` and `status`.
    pub(super) fn read(exchange: Exchange<'s>, kinds: &'static [ContentType]) -> Result<Self, Reply> {
        let space = match exchange.request.parameter("spaceKey") {
            None => None,
            Some(key) => Some(spaces::visible(exchange, key)?.id.as_str()),
        };
        let statuses = exchange.words("status", "current");
        if statuses.iter().any(|status| !["current", "draft", "trashed", "historical", "any"].contains(status)) {
            return Err(errors::data_center(400, "Unknown content status"));
        }
        Ok(Self { kinds, space, statuses })
    }

    /// Whether the list has a content. The trash of spaces that the viewer does not administrate is left out silently.
    pub(super) fn has(&self, exchange: Exchange<'_>, content: &Content) -> bool {
        let any = self.statuses.contains(&"any");
        let is_listed = match content.status {
            Status::Current => any || self.statuses.contains(&"current") || self.is_draft(content),
            Status::Trashed => {
                (any || self.statuses.contains(&"trashed")) && exchange.administrates_space(&content.space_id)
            }
            Status::Draft => {
                self.is_draft(content) || (any && exchange.indexed.site.behaviour.data_center.any_with_drafts)
            }
            Status::Archived | Status::Deleted => false,
        };
        let container = content.container.as_deref().and_then(|id| exchange.indexed.content(id));
        let is_on_trash = container.is_some_and(|container| container.status != Status::Current);
        is_listed
            && self.kinds.contains(&content.kind)
            && self.space.is_none_or(|space| content.space_id == space)
            && (any || !is_on_trash)
            && exchange.indexed.sees_content(exchange.viewer, content)
    }

    fn is_draft(&self, content: &Content) -> bool {
        self.statuses.contains(&"draft") && (content.draft.is_some() || content.status == Status::Draft)
    }

    /// Returns a content as this list shows it.
    pub(super) fn render(&self, exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
        if self.statuses == ["draft"] {
            return content_json::edition(exchange, &draft_edition(exchange.indexed, content), "draft", expansions);
        }
        content_json::content(exchange, content, expansions)
    }
}

/// `content`: pages or blog posts, by space, title, day or id.
pub(super) fn list(exchange: Exchange<'_>) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let deepest = exchange.indexed.site.behaviour.data_center.max_start.unwrap_or(DEEPEST_START);
    if range.start > deepest {
        return Err(errors::data_center(400, &format!("start must not exceed {deepest}")));
    }
    let ids = exchange.request.ids("ids");
    let kind = exchange.request.parameter("type").unwrap_or("page");
    let kinds = kinds_of(kind).filter(|_| kind != "comment");
    let kinds = kinds.ok_or_else(|| errors::data_center(400, "Only page and blogpost can be listed"))?;
    let filter = ContentFilter::read(exchange, if ids.is_empty() { kinds } else { &ALL_KINDS })?;
    let title = exchange.request.parameter("title");
    let day = exchange.request.parameter("postingDay").map(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d"));
    let day = day.transpose().map_err(|_| errors::data_center(400, "postingDay is not a date"))?;
    let contents = &exchange.indexed.site.contents;
    let listed = exchange
        .indexed
        .orders
        .contents("id")
        .unwrap_or_default()
        .iter()
        .map(|at| &contents[*at])
        .filter(|content| filter.has(exchange, content))
        .filter(|content| ids.is_empty() || ids.contains(&content.id.as_str()))
        .filter(|content| title.is_none_or(|title| content.title == title))
        .filter(|content| day.is_none_or(|day| content.created_at.date_naive() == day));
    Ok(Reply::ok(range.page(exchange, listed, |content| filter.render(exchange, content, &expansions))))
}

const ALL_KINDS: [ContentType; 4] =
    [ContentType::Page, ContentType::BlogPost, ContentType::FooterComment, ContentType::InlineComment];

/// `content/{id}`: a content or attachment with one of the statuses, or in one of its versions.
pub(super) fn one(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("history,space,version");
    let statuses = exchange.words("status", "current");
    let version = match exchange.request.parameter("version") {
        None => None,
        Some(number) => Some(number.parse::<u32>().map_err(|_| errors::data_center(400, "version must be a number"))?),
    };
    let shown = if let Some(content) = visible(exchange, id) {
        content_edition(exchange, content, &statuses, version, &expansions)
    } else {
        let file = exchange.indexed.visible_attachment(exchange.viewer, id).ok_or_else(|| not_found(id))?;
        file_edition(exchange, file, &statuses, version, &expansions)
    };
    shown.map(Reply::ok).ok_or_else(|| not_found(id))
}

/// Returns a visible content of a type that Data Center has.
pub(super) fn visible<'s>(exchange: Exchange<'s>, id: &str) -> Option<&'s Content> {
    let content = exchange.indexed.visible_content(exchange.viewer, id)?;
    let is_out = matches!(content.status, Status::Archived | Status::Deleted)
        || (content.status == Status::Trashed && !exchange.administrates_space(&content.space_id));
    (ALL_KINDS.contains(&content.kind) && !is_out).then_some(content)
}

/// The 404 of a content that does not exist or is not visible.
pub(super) fn not_found(id: &str) -> Reply {
    errors::data_center(404, &format!("No content found with id: ContentId{{id={id}}}"))
}

fn content_edition(
    exchange: Exchange<'_>,
    content: &Content,
    statuses: &[&str],
    version: Option<u32>,
    expansions: &Expansions,
) -> Option<Value> {
    let is_requested = |status: &str| statuses.contains(&status) || statuses.contains(&"any");
    if let Some(number) = version {
        let is_newest = content.version().is_some_and(|version| version.number == number);
        let shown = earlier(content, number)?;
        let status = if is_newest { content.status.as_str() } else { "historical" };
        return Some(content_json::edition(exchange, &shown, status, expansions));
    }
    let has_draft = content.draft.is_some() || content.status == Status::Draft;
    if statuses.contains(&"draft") && has_draft {
        let draft = draft_edition(exchange.indexed, content);
        return Some(content_json::edition(exchange, &draft, "draft", expansions));
    }
    is_requested(content.status.as_str()).then(|| content_json::content(exchange, content, expansions))
}

/// Returns a content as it was in an earlier version.
fn earlier(content: &Content, number: u32) -> Option<Content> {
    let end = content.versions.iter().position(|version| version.number == number)?;
    let mut shown = content.clone();
    shown.versions.truncate(end + 1);
    if let Some(body) = content.earlier_bodies.get(&number) {
        shown.body.clone_from(body);
    }
    Some(shown)
}

fn file_edition(
    exchange: Exchange<'_>,
    file: &Attachment,
    statuses: &[&str],
    version: Option<u32>,
    expansions: &Expansions,
) -> Option<Value> {
    if let Some(number) = version {
        return Some(file_json::version(exchange, file, file.existing_version(number)?, expansions));
    }
    let status = if file.status.is_trash() { "trashed" } else { "current" };
    let is_requested = statuses.contains(&status) || statuses.contains(&"any");
    is_requested.then(|| file_json::current(exchange, file, expansions))
}

/// Returns the id of a content as a number, for cursors.
pub(super) fn position(content: &Content) -> i64 {
    number_of(&content.id)
}
