//! Frame of all pages: title, completeness banner, breadcrumb, policy, style and script.

use chrono::{DateTime, Utc};

use crate::inventory::Coverage;
use crate::inventory::coverage::UnitEnd;
use crate::report::format;
use crate::report::report_view::ReportView;

use super::assets::{self, PageScript};
use super::csp;

#[derive(Debug)]
pub(in crate::report) struct PageFrame {
    pub(in crate::report) policy: String,
    pub(in crate::report) style: &'static str,
    pub(in crate::report) script: &'static str,
    pub(in crate::report) heading: String,
    pub(in crate::report) location: PageLocation,
    /// Relative path to the dashboard.
    pub(in crate::report) home: &'static str,
    pub(in crate::report) complete: bool,
    /// How much was read, as a sentence.
    pub(in crate::report) read: String,
    pub(in crate::report) incomplete_reasons: Vec<String>,
    /// Content accepted as unread.
    pub(in crate::report) accepted: Vec<String>,
    pub(in crate::report) site: String,
    pub(in crate::report) account: String,
    pub(in crate::report) day: String,
    pub(in crate::report) scanned_at: String,
    pub(in crate::report) scanned_at_iso: String,
    pub(in crate::report) program: &'static str,
    /// What the report covers, one entry per part.
    pub(in crate::report) scope: Vec<String>,
    /// What the report does not cover.
    pub(in crate::report) not_covered: String,
}

/// Input of a frame; [`PageFrame::of`] makes hidden characters visible.
#[derive(Debug)]
pub(in crate::report) struct PageFrameInput<'a> {
    pub(in crate::report) heading: String,
    pub(in crate::report) location: PageLocation,
    pub(in crate::report) script: PageScript,
    pub(in crate::report) complete: bool,
    pub(in crate::report) reasons: &'a [String],
    pub(in crate::report) coverage: &'a Coverage,
    pub(in crate::report) site: &'a str,
    pub(in crate::report) account: &'a str,
    pub(in crate::report) at: DateTime<Utc>,
    pub(in crate::report) scope: Vec<String>,
    pub(in crate::report) not_covered: String,
}

/// Where a page is in the report folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum PageLocation {
    /// The page is the dashboard.
    Dashboard,
    /// In the same folder as the dashboard.
    Root,
    /// In the folder of a space, or of the owners.
    Space,
    /// A page that is sent alone, so it has no link to the dashboard.
    Alone,
}

impl PageLocation {
    pub(in crate::report) fn has_home(self) -> bool {
        !matches!(self, Self::Dashboard | Self::Alone)
    }
}

impl PageFrame {
    /// Creates the frame of a page of an audit.
    pub(super) fn new(view: &ReportView<'_>, heading: String, location: PageLocation, script: PageScript) -> Self {
        let scan = &view.inventory.scan;
        Self::of(PageFrameInput {
            heading,
            location,
            script,
            complete: view.complete,
            reasons: &view.incomplete_reasons,
            coverage: &view.inventory.coverage,
            site: &scan.base_url,
            account: &scan.account.name,
            at: scan.started_at,
            scope: vec![scope(view)],
            not_covered: crate::report::not_covered_by(view.inventory),
        })
    }

    /// Creates the frame of any page.
    pub(in crate::report) fn of(facts: PageFrameInput<'_>) -> Self {
        let home = if facts.location == PageLocation::Space { "../index.html" } else { "index.html" };
        let visible = |texts: &[String]| texts.iter().map(|text| format::visible(text).into_owned()).collect();
        Self {
            policy: csp::policy(facts.script.style(), facts.script.text()),
            style: facts.script.style(),
            script: facts.script.text(),
            heading: facts.heading,
            location: facts.location,
            home,
            complete: facts.complete,
            read: read_sentence(facts.coverage),
            incomplete_reasons: visible(facts.reasons),
            accepted: accepted(facts.coverage),
            site: format::visible(facts.site).into_owned(),
            account: format::visible(facts.account).into_owned(),
            day: format::day(facts.at),
            scanned_at: format::minute(facts.at),
            scanned_at_iso: format::iso(facts.at),
            program: assets::PROGRAM,
            scope: visible(&facts.scope),
            not_covered: format::visible(&facts.not_covered).into_owned(),
        }
    }
}

/// Returns `all visible spaces`, or `spaces ENG, OPS`, and whether references were searched only there.
fn scope(view: &ReportView<'_>) -> String {
    let scan = &view.inventory.scan;
    let mut scope = match scan.reported_spaces.as_deref() {
        None => "all visible spaces".to_owned(),
        Some(keys) => spaces(keys.iter().map(String::as_str)),
    };
    if scan.references_within {
        scope.push_str(", references searched only there");
    }
    scope
}

/// Returns `space ENG`, or `spaces ENG, OPS and 3 more`.
pub(in crate::report) fn spaces<'k>(keys: impl ExactSizeIterator<Item = &'k str>) -> String {
    const SHOWN: usize = 6;
    let rest = keys.len().saturating_sub(SHOWN);
    let number = keys.len();
    let shown: Vec<_> = keys.take(SHOWN).map(format::visible).collect();
    let word = if number == 1 { "space" } else { "spaces" };
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{word} {}{more}", shown.join(", "))
}

/// Returns `12,345 of 12,345 units of work were read, and 3 were left out by an option`.
pub(in crate::report) fn read_sentence(coverage: &Coverage) -> String {
    let total = coverage.total();
    let planned = total.planned.saturating_sub(total.skipped);
    let units = format::plural(planned, "unit of work was", "units of work were");
    let sentence = format!("{} of {units} read", format::count(total.ok + total.gone));
    let left_out = [(total.skipped, "left out by an option"), (total.accepted, "accepted as unread")];
    let left_out = left_out.into_iter().filter(|(number, _)| *number > 0);
    left_out.fold(sentence, |sentence, (number, words)| {
        format!("{sentence}, and {} {words}", format::plural(number, "was", "were"))
    })
}

/// Returns the contents accepted as unread, each as `page 1001 "Plan" (1001@3)`.
fn accepted(coverage: &Coverage) -> Vec<String> {
    let lines = coverage.gaps.iter().filter_map(|gap| match &gap.end {
        UnitEnd::Accepted { unread, .. } => Some(format!("{} ({unread})", gap.subject)),
        _ => None,
    });
    lines.map(|line| format::visible(&line).into_owned()).collect()
}
