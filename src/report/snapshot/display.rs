//! Formats pages, people and numbers for the templates.

use crate::metrics::approvals::{PageRef, Wait};
use crate::metrics::page_row::{PageRow, Person};
use crate::report::format;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageLink {
    pub(super) title: String,
    /// Only `http` and `https` URLs; otherwise the title is not a link.
    pub(super) url: Option<String>,
}

impl PageLink {
    /// Creates a link from a title and a URL as they were read.
    pub(super) fn new(title: &str, url: &str) -> Self {
        let title = if title.trim().is_empty() { "(no title)" } else { title };
        Self { title: format::visible(title).into_owned(), url: web_url(url) }
    }

    pub(super) fn of(row: &PageRow) -> Self {
        Self::new(&row.title, &row.place.url)
    }

    pub(super) fn to(page: &PageRef) -> Self {
        Self::new(&page.title, &page.url)
    }
}

/// Accepts only `http` and `https` URLs without user name: people can edit the history file.
fn web_url(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let is_plain =
        matches!(parsed.scheme(), "https" | "http") && parsed.username().is_empty() && parsed.password().is_none();
    is_plain.then(|| url.to_owned())
}

/// Returns the name of a person, or the account id if the name could not be read.
pub(super) fn person(person: &Person) -> String {
    format::visible(person.name.as_ref().unwrap_or(&person.id)).into_owned()
}

/// Formats days; negative ones, as from clocks that differ, are 0.
pub(super) fn days(number: i64) -> String {
    format::plural(u64::try_from(number).unwrap_or(0), "day", "days")
}

/// Formats the time in a state: `84 days`, or `at least 84 days` for a lower bound.
pub(super) fn wait(time: Wait) -> String {
    if time.is_at_least { format!("at least {}", days(time.days)) } else { days(time.days) }
}

pub(super) fn pages(number: u64) -> String {
    format::plural(number, "page", "pages")
}

pub(super) fn spaces(number: u64) -> String {
    format::plural(number, "space", "spaces")
}

/// Formats a number that can be negative.
pub(super) fn number(value: i64) -> String {
    let digits = format::count(value.unsigned_abs());
    if value < 0 { format!("−{digits}") } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_urls_become_links() {
        let url = "https://acme.atlassian.net/wiki/spaces/ENG/pages/1";
        assert_eq!(PageLink::new("Plan", url).url.as_deref(), Some(url));
        for url in ["javascript:alert(1)", "file:///etc/passwd", "", "//evil.example", "https://a@evil.example/"] {
            assert_eq!(PageLink::new("Plan", url).url, None, "{url}");
        }
    }

    #[test]
    fn hidden_characters_of_titles_are_shown_and_empty_titles_have_a_placeholder() {
        assert_eq!(PageLink::new("a\u{202E}b", "").title, "a[U+202E]b");
        assert_eq!(PageLink::new(" ", "").title, "(no title)");
    }

    #[test]
    fn numbers_have_separators_and_signs() {
        assert_eq!((number(-12_345).as_str(), number(7).as_str()), ("−12,345", "7"));
        let words = [-1, 0, 1, 1200].map(days);
        assert_eq!(words, ["0 days", "0 days", "1 day", "1,200 days"]);
    }
}
