//! The dashboard of the page metrics: its texts, what it must never contain, and its size.

use confluence_storage_analyzer::inventory::workflow::WorkflowSource;
use confluence_storage_analyzer::metrics::findings::{self, FINDINGS};
use confluence_storage_analyzer::metrics::page_row::{PageRow, Workflow};
use confluence_storage_analyzer::metrics::summary::WeekStatus;
use confluence_storage_analyzer::metrics::{Rules, Staleness, columns};
use confluence_storage_analyzer::spreadsheet::{Record, RecordHeader};
use test_support::sample::HOSTILE;
use test_support::snapshot::{SnapshotSample, figures, frame};

/// Returns the part of a page from the heading with this id to the end of its section.
fn section<'p>(page: &'p str, id: &str) -> &'p str {
    let start = page.find(&format!("<h2 id=\"{id}\"")).expect("the heading");
    let rest = &page[start..];
    &rest[..rest.find("</section>").expect("an end")]
}

/// Returns the tile of a headline figure.
fn figure<'p>(page: &'p str, name: &str) -> &'p str {
    let figures = section(page, "figures");
    let end = figures.find(&format!("{name}</dt>")).or_else(|| figures.find(&format!("{name}</a></dt>")));
    let rest = &figures[end.expect(name)..];
    &rest[..rest.find("</dd>").expect("an end")]
}

/// Returns the part of a page about one finding.
fn finding<'p>(page: &'p str, id: &str) -> &'p str {
    let start = page.find(&format!("<h3 id=\"{id}\"")).expect("the heading");
    let rest = &page[start + 1..];
    &rest[..rest.find("<h3 ").unwrap_or(rest.len())]
}

#[test]
fn the_dashboard_of_restored_rows_is_the_same() {
    let mut sample = SnapshotSample::new(300, 20);
    let page = sample.page();
    let header = RecordHeader::new(columns::names());
    for row in &mut sample.rows {
        let cells = columns::cells(&columns::all(), row, &sample.frame);
        *row = PageRow::read(Record::new(&header, &cells));
    }
    assert!(sample.page() == page, "the dashboard uses only fields that have columns");
}

#[test]
fn an_incomplete_snapshot_says_so_first_and_compares_nothing() {
    let page = SnapshotSample::incomplete(60, 20).page();
    assert!(page.contains("<title>INCOMPLETE – Confluence pages – "));
    let heading = page.find("</hgroup>").expect("a heading");
    let banner = page.find("class=\"banner incomplete\"").expect("a banner");
    assert!(page[heading..banner].matches('<').count() <= 2, "the banner follows the heading directly");
    assert!(
        page.contains("INCOMPLETE – counts are too low, and health may be too high; trends do not include this week.")
    );
    assert!(page.contains("<li>1 unit of work could not be read</li>"));
    assert!(section(&page, "gaps").contains("502 after 5 tries"));
    let figures = section(&page, "figures");
    assert!(figures.contains("Not compared with earlier weeks, because this week is incomplete."));
    assert!(!figures.contains("since 2026-W46") && !figures.contains("better") && !figures.contains("worse"));
    assert!(section(&page, "answers").contains("Not known: this week is incomplete, and trends do not include it."));
    assert!(page.contains("2026-W47: ") && page.contains("(incomplete, not in the line)"));
}

#[test]
fn a_run_that_ended_early_has_a_reason_even_without_gaps() {
    let mut sample = SnapshotSample::new(10, 2);
    sample.frame.complete = false;
    assert!(sample.page().contains("<li>the run did not finish</li>"));
}

#[test]
fn figures_show_their_change_with_a_sign_and_in_words() {
    let mut sample = SnapshotSample::new(300, 20);
    let page = sample.page();
    let pages = figure(&page, "Pages");
    assert!(pages.contains("<b>300</b>"), "{pages}");
    assert!(pages.contains("<li><b>+3</b> since 2026-W46</li>"), "{pages}");
    assert!(pages.contains("<li>4 weeks ago: incomplete snapshot</li>"), "2026-W43: {pages}");
    assert!(pages.contains("<li><b>+36</b> in 12 weeks</li>"), "{pages}");
    let health = figure(&page, "Mean health");
    assert!(health.contains("<em class=\"better\">better</em>"), "{health}");
    let unlinked = figure(&page, "No incoming links");
    assert!(unlinked.contains("<em class=\"worse\">worse</em>"), "{unlinked}");
    // fewer outdated pages are better
    for row in &mut sample.rows {
        row.judgement.staleness = Some(Staleness::Fresh);
    }
    let page = sample.page();
    let outdated = figure(&page, "Outdated");
    assert!(outdated.contains("<b>0</b>") && outdated.contains("<b>−"), "{outdated}");
    assert!(outdated.contains("better") && !outdated.contains("worse"), "{outdated}");
}

#[test]
fn word_counts_are_not_compared_with_imported_weeks() {
    let mut sample = SnapshotSample::new(60, 2);
    sample.trend[0].status = WeekStatus::Imported;
    let page = sample.page();
    assert!(figure(&page, "Words").contains("<li>2026-W46: counted differently</li>"));
    assert!(figure(&page, "Pages").contains("since 2026-W46"));
}

#[test]
fn spaces_that_only_one_week_has_are_named_and_not_compared() {
    let mut sample = SnapshotSample::new(60, 2);
    assert!(!section(&sample.page(), "figures").contains("Not compared"));
    let rows: Vec<_> = sample.rows.iter().filter(|row| row.place.space_key != "OPS").cloned().collect();
    sample.trend[0].figures = Some(figures(&rows, &frame("2026-W46", true)));
    sample.trend[0].spaces.remove("OPS");
    let page = sample.page();
    let note = "Not compared with 2026-W46: space OPS (not in 2026-W46).";
    assert!(figure(&page, "Pages").contains("unchanged since 2026-W46 in 4 of 5 spaces"), "a new space is not growth");
    assert!(section(&page, "figures").contains(note));
    assert!(section(&page, "trends").contains("From 2026-W47 on, the snapshots cover 5 spaces instead of 4."));
}

#[test]
fn a_week_without_a_group_interrupts_the_lines_and_is_not_compared() {
    let mut sample = SnapshotSample::new(60, 3);
    let without_links = sample.trend[1].figures.as_mut().expect("figures");
    for figures in without_links.spaces.values_mut().chain([&mut without_links.total]) {
        (figures.orphans_links, figures.broken_links) = (None, None);
    }
    let page = sample.page();
    let trends = section(&page, "trends");
    let health = "pages that nothing links to, broken links and mean health of spaces ARA, ENG, OPS, ~kim, 日本";
    for (then, now, only) in [("2026-W45", "2026-W46", "2026-W45"), ("2026-W46", "2026-W47", "2026-W47")] {
        let note = format!("Not compared between {then} and {now}: {health} (links were read only in {only}).");
        assert!(trends.contains(&note), "{note}");
    }
    let drawn = |title: &str| {
        let picture = &trends[trends.find(&format!("{title}, ")).expect("a picture")..];
        let line = picture.split("class=\"line\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a line");
        (line.matches('M').count(), line.matches('L').count())
    };
    assert_eq!((drawn("Mean health"), drawn("Pages")), ((3, 0), (1, 2)));
    let tile = figure(&page, "Mean health");
    assert!(tile.contains("<li>2026-W46: different groups read</li>") && !tile.contains("better"), "{tile}");
    assert!(figure(&page, "Pages").contains("since 2026-W46"));
}

#[test]
fn a_run_of_some_spaces_says_so() {
    let mut sample = SnapshotSample::new(20, 1);
    let scope = |page: &str| page[page.find("class=\"run\"").expect("a run")..].lines().next().map(str::to_owned);
    assert!(scope(&sample.page()).expect("a line").contains("<bdi>all 5 visible spaces</bdi>"));
    sample.whole_site = false;
    let page = sample.page();
    let shown = scope(&page).expect("a line");
    for part in
        ["spaces ARA, ENG, OPS, ~kim, 日本, not the entire site", "week 2026-W47", "metrics core, people, links"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(page.contains("Only these spaces were read. Links from other spaces do not count"));
}

#[test]
fn the_first_snapshot_has_no_trends_and_changes() {
    let page = SnapshotSample::new(40, 1).page();
    assert!(section(&page, "trends").contains("Trends begin with the second snapshot"));
    assert!(section(&page, "changes").contains("There is no earlier snapshot"));
    assert!(section(&page, "figures").contains("There is no earlier complete snapshot to compare with"));
    assert!(!page.contains("<svg role=\"img\""));
}

#[test]
fn a_figure_that_was_not_read_is_a_dash_and_names_the_group_to_add() {
    let mut sample = SnapshotSample::new(60, 1);
    sample.groups = vec!["core"];
    for row in &mut sample.rows {
        row.links.broken_internal = None;
        row.judgement.is_orphan_link = None;
        row.workflow = Workflow::default();
    }
    let page = sample.page();
    for name in ["No incoming links", "Overdue reviews", "Stalled approvals"] {
        let tile = figure(&page, name);
        assert!(tile.contains("title=\"not read\">–</abbr></b>"), "{name}: {tile}");
    }
    for (id, group) in [("orphans_links", "links"), ("broken_links", "links"), ("workflow_overdue", "workflow")] {
        assert!(finding(&page, id).contains(&format!("Not read: add {group} to --metrics.")), "{id}");
    }
    assert!(finding(&page, "unread_with_files").contains("Not read: add engagement to --metrics."));
    assert!(section(&page, "workflow").contains("The workflow was not read: add workflow to --metrics."));
    assert!(section(&page, "answers").contains("links were not read"));
}

#[test]
fn without_a_workflow_source_the_dashboard_says_what_to_configure() {
    let mut sample = SnapshotSample::new(30, 1);
    for row in &mut sample.rows {
        row.workflow = Workflow::default();
        row.workflow.source = Some(WorkflowSource::None);
    }
    let page = sample.page();
    let workflow = section(&page, "workflow");
    assert!(workflow.contains("the section [workflow] of the configuration"), "{workflow}");
    assert!(workflow.contains("no state found (30 pages)"), "{workflow}");
    assert!(!workflow.contains("<table"));
}

#[test]
fn the_workflow_section_names_states_waits_and_sources() {
    let page = SnapshotSample::new(300, 2).page();
    let workflow = section(&page, "workflow");
    assert_eq!(workflow.matches("class=\"cards funnel\"").count(), 2);
    for words in [
        "the search fields of Comala on Cloud (100 pages)",
        "known only to the week",
        "Pending reviews by reviewer",
        "<bdi>Genehmigt</bdi> <span class=\"usage\">final</span>",
    ] {
        assert!(workflow.contains(words), "{words}");
    }
}

#[test]
fn a_finding_shows_up_to_a_hundred_pages_and_links_to_its_csv() {
    let sample = SnapshotSample::new(1_000, 2);
    let page = sample.page();
    let found = findings::find(&sample.rows, &Rules::default());
    assert_eq!(found.len(), FINDINGS.len());
    for found in &found {
        let shown = finding(&page, found.finding.id);
        // a page with broken links has a row for each of them
        let rows = if found.finding.id == "broken_links" { 100 } else { found.pages.len().min(100) };
        assert_eq!(shown.matches("<th scope=\"row\"").count(), rows, "{}", found.finding.id);
        let link = format!("href=\"findings/{}.csv\"", found.finding.id);
        assert_eq!(shown.contains(&link), rows > 0, "{}", found.finding.id);
    }
    assert!(finding(&page, "outdated").contains("The first 100 of "));
}

#[test]
fn broken_links_are_listed_with_target_and_reason() {
    let mut sample = SnapshotSample::new(30, 1);
    sample.whole_site = false;
    let shown = sample.page();
    let shown = finding(&shown, "broken_links");
    for words in [
        "8 links on 4 pages",
        "<bdi>plan 9.pdf on “",
        "no file with this name on the page",
        "title not found in the space, or not visible to this account",
        "findings/archived_links.csv lists 4 links to archived pages",
        "links to titles, files and anchors in other spaces are not checked",
        "href=\"findings/broken_links.csv\"",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // rows of an older version have only the number of broken links
    sample.rows.iter_mut().for_each(|row| row.links.problems = None);
    let shown = sample.page();
    let shown = finding(&shown, "broken_links");
    assert!(shown.contains("The targets of 8 broken links on 4 pages are not known"), "{shown}");
    assert_eq!(shown.matches("<th scope=\"row\"").count(), 4);
}

#[test]
fn the_dashboard_is_a_safe_offline_page() {
    for sample in [SnapshotSample::new(300, 52), SnapshotSample::incomplete(30, 2), SnapshotSample::new(0, 1)] {
        let page = sample.page();
        let head = page.find("<head>").expect("a head");
        assert!(page[head + 6..].trim_start().starts_with("<meta http-equiv=\"Content-Security-Policy\""));
        assert!(!page.contains(" style=\""));
        for hostile in HOSTILE.iter().filter(|hostile| hostile.contains('<')) {
            assert!(!page.contains(hostile), "{hostile}");
        }
        for link in page.split("<a ").skip(1) {
            let link = &link[..link.find('>').expect("an end")];
            let href = link.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
            if href.contains(':') {
                assert!(href.starts_with("https://acme.atlassian.net/wiki/"), "{href}");
                assert!(link.contains("rel=\"noopener noreferrer\""), "{link}");
            }
        }
    }
}

#[test]
fn the_same_snapshot_results_in_the_same_bytes() {
    assert!(SnapshotSample::new(120, 20).page() == SnapshotSample::new(120, 20).page());
}

#[test]
fn fifteen_thousand_pages_stay_below_three_megabytes() {
    let mut sample = SnapshotSample::new(15_000, 1);
    // trends of a year, the largest possible
    sample.trend = SnapshotSample::new(600, 52).trend;
    let size = sample.page().len();
    assert!(size < 3_000_000, "{size}");
}
