//! What all pages share: title, banner, way back, policy, style and script.

use crate::report::format;
use crate::report::view::View;

use super::assets::{self, STYLE, Script};
use super::csp;

/// A step of the way back to the dashboard.
#[derive(Debug)]
pub(super) struct Crumb {
    pub(super) name: String,
    pub(super) href: String,
}

/// The frame of one page.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) policy: String,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    /// What the browser's tab says: begins with INCOMPLETE when that is so.
    pub(super) title: String,
    pub(super) heading: String,
    pub(super) crumbs: Vec<Crumb>,
    /// Relative path to the dashboard.
    pub(super) home: &'static str,
    pub(super) complete: bool,
    /// How much was read, in one sentence.
    pub(super) read: String,
    pub(super) incomplete_reasons: Vec<String>,
    pub(super) site: String,
    pub(super) account: String,
    pub(super) scanned_at: String,
    pub(super) scanned_at_iso: String,
    pub(super) program: &'static str,
    /// Which spaces the report is about.
    pub(super) scope: String,
    /// What no report covers.
    pub(super) not_covered: String,
}

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The dashboard itself.
    Dashboard,
    /// Beside the dashboard.
    Root,
    /// In the folder of a space.
    Space,
}

impl Frame {
    pub(super) fn new(view: &View<'_>, heading: String, place: Place, script: Script) -> Self {
        let scan = &view.inventory.scan;
        let site = format::visible(&scan.base_url).into_owned();
        let home = if place == Place::Space { "../index.html" } else { "index.html" };
        let crumbs = match place {
            Place::Dashboard => Vec::new(),
            _ => vec![Crumb { name: "Dashboard".to_owned(), href: home.to_owned() }],
        };
        let mark = if view.complete { "" } else { "INCOMPLETE – " };
        Self {
            policy: csp::policy(STYLE, script.text()),
            style: STYLE,
            script: script.text(),
            title: format!("{mark}{heading} – {site} – {}", format::day(scan.started_at)),
            heading,
            crumbs,
            home,
            complete: view.complete,
            read: read_sentence(view),
            incomplete_reasons: view
                .incomplete_reasons
                .iter()
                .map(|reason| format::visible(reason).into_owned())
                .collect(),
            site,
            account: format::visible(&scan.account.name).into_owned(),
            scanned_at: format::minute(scan.started_at),
            scanned_at_iso: format::iso(scan.started_at),
            program: assets::PROGRAM,
            scope: scope(view),
            not_covered: format::visible(&crate::report::not_covered(&scan.account.name)).into_owned(),
        }
    }
}

/// `all visible spaces`, or `spaces ENG, OPS`; uses that were looked for there only are said to be so.
fn scope(view: &View<'_>) -> String {
    const SHOWN: usize = 6;
    let scan = &view.inventory.scan;
    let mut scope = match scan.reported_spaces.as_deref() {
        None => "all visible spaces".to_owned(),
        Some([key]) => format!("space {}", format::visible(key)),
        Some(keys) => {
            let shown: Vec<_> = keys.iter().take(SHOWN).map(|key| format::visible(key)).collect();
            let rest = keys.len().saturating_sub(SHOWN);
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("spaces {}{more}", shown.join(", "))
        }
    };
    if scan.references_within {
        scope.push_str(", uses looked for in them only");
    }
    scope
}

/// `12,345 of 12,345 units of work were read, 3 were left out by an option`.
fn read_sentence(view: &View<'_>) -> String {
    let total = view.inventory.coverage.total();
    let planned = total.planned.saturating_sub(total.skipped);
    let mut sentence = format!(
        "{} of {} read",
        format::count(total.ok + total.gone),
        format::plural(planned, "unit of work was", "units of work were")
    );
    if total.skipped > 0 {
        sentence.push_str(", and ");
        sentence.push_str(&format::plural(total.skipped, "was", "were"));
        sentence.push_str(" left out by an option");
    }
    sentence
}
