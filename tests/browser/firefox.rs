//! The same pages in Firefox, opened from disk: tests for differences between browsers.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::filter_reference;
use crate::firefox_driver::Firefox;
use crate::{ALL, Dashboard, IS_COMPLETE, NAMES, PAGES, Report, SPACE};
use test_support::snapshot::SnapshotSample;

test_support::trials! {
    [FIREFOX]:
        sync pages_cause_no_messages_and_fit_into_320_pixels_in_firefox,
        sync a_foreign_script_in_the_page_is_blocked_in_firefox,
        sync filter_order_and_export_are_the_same_in_firefox,
        sync the_dashboard_of_a_snapshot_filters_in_firefox,
        sync the_colours_follow_the_system_in_firefox;
}

/// Returns every kind of page: of complete and incomplete audits, and the dashboard of a snapshot.
fn pages(complete: &Report, incomplete: &Report, snapshot: &Dashboard) -> Vec<PathBuf> {
    let audits = [complete, incomplete].into_iter().flat_map(|report| PAGES.map(|page| report.page(page)));
    audits.chain([snapshot.page.clone()]).collect()
}

fn pages_cause_no_messages_and_fit_into_320_pixels_in_firefox() {
    let mut firefox = Firefox::start(&[]);
    let (complete, incomplete, snapshot) = (Report::complete(), Report::incomplete(), Dashboard::complete());
    for page in pages(&complete, &incomplete, &snapshot) {
        firefox.resize(1400, 1000);
        firefox.open(&page, "");
        assert_eq!(firefox.complaints(), [] as [String; 0], "{}", page.display());
        let error = "return document.querySelectorAll('#data-error:not([hidden])').length";
        assert_eq!(firefox.run(error), 0, "{}", page.display());
        firefox.resize(320, 800);
        let wide = "const root = document.documentElement; return [root.scrollWidth - root.clientWidth, innerWidth]";
        assert_eq!(firefox.run(wide), json!([0, 320]), "{}", page.display());
    }
    firefox.resize(1024, 800);
    for page in [ALL, SPACE] {
        firefox.open(&complete.page(page), "");
        let cut = "const region = document.querySelector('.scroll'); return region.scrollWidth - region.clientWidth";
        assert_eq!(firefox.run(cut), 0, "{page}");
    }
}

fn a_foreign_script_in_the_page_is_blocked_in_firefox() {
    let mut firefox = Firefox::start(&[]);
    let (report, snapshot) = (Report::complete(), Dashboard::of(&SnapshotSample::new(30, 3)));
    let spoiled = report.page("spoiled.html");
    for text in [report.read(ALL), fs::read_to_string(&snapshot.page).expect("read")] {
        let foreign = "<script>document.title = 'taken over'</script><p style=\"color: red\"><footer>";
        fs::write(&spoiled, text.replace("<footer>", foreign)).expect("written");
        firefox.open(&spoiled, "");
        assert_ne!(firefox.run("return document.title"), "taken over");
        let complaints = firefox.complaints().join("\n");
        assert!(complaints.contains("script-src") && complaints.contains("style-src"), "{complaints}");
    }
}

fn filter_order_and_export_are_the_same_in_firefox() {
    let mut firefox = Firefox::start(&[]);
    let report = Report::complete();
    let program = report.read("attachments.csv");
    let rows = filter_reference::rows(&program);
    firefox.open(&report.page(ALL), "?rows=200");
    firefox.run("document.querySelector('#filter').focus()");
    let query = "große size>1k";
    firefox.press(query);
    firefox.wait_for(IS_COMPLETE);
    let (terms, _) = filter_reference::parse(query);
    let expected: Vec<_> = rows.iter().filter(|row| filter_reference::matches(&terms, row)).collect();
    assert!((2..200).contains(&expected.len()), "the query distinguishes files");
    let ids = "return [...document.querySelectorAll('#table .endpoint')].map(code => code.title.split('/').pop())";
    let mut found = firefox.texts(ids);
    found.sort();
    let mut wanted: Vec<&str> = expected.iter().map(|row| row["Attachment ID"].as_str()).collect();
    wanted.sort_unstable();
    assert_eq!(found, wanted);

    firefox.run("document.querySelector('th[data-sort=name] button').click()");
    let names = firefox.texts(NAMES);
    assert_eq!(names.len(), expected.len());
    firefox.run("document.querySelector('th[data-sort=name] button').click()");
    let mut reversed = firefox.texts(NAMES);
    assert_ne!(reversed, names);
    reversed.reverse();
    // equal names are sorted by id, in both directions
    assert_eq!(reversed, names);
    assert_eq!(
        firefox.run("return document.querySelector('th[data-sort=name]').getAttribute('aria-sort')"),
        "descending"
    );

    let ids = firefox.texts(ids);
    firefox.run("document.querySelector('#export-button').click()");
    let (name, exported) = firefox.downloaded();
    assert!(name.starts_with("attachments_V0_1_2026-11-21_19-41-07") && name.ends_with("_filtered.csv"), "{name}");
    let (header, lines) = program.split_once("\r\n").expect("a header");
    let line_of = |id: &String| lines.split("\r\n").find(|line| line.contains(&format!("\"{id}\""))).expect("the row");
    let lines = [header].into_iter().chain(ids.iter().map(line_of)).chain([""]);
    assert_eq!(exported, lines.collect::<Vec<_>>().join("\r\n"));
    assert_eq!(firefox.complaints(), [] as [String; 0]);
}

fn the_dashboard_of_a_snapshot_filters_in_firefox() {
    let mut firefox = Firefox::start(&[]);
    let snapshot = Dashboard::complete();
    firefox.open(&snapshot.page, "");
    let shown = "[...document.querySelectorAll('.finding tbody tr')].filter(row => !row.hidden).length";
    let all = firefox.run(&format!("return {shown}")).as_u64().expect("rows");
    assert!(all > 10);
    firefox.run("document.querySelector('#filter').focus()");
    firefox.press("1");
    firefox.wait_for(&format!("return {shown} > 0 && {shown} < {all}"));
    assert_eq!(firefox.complaints(), [] as [String; 0]);
}

fn the_colours_follow_the_system_in_firefox() {
    let mut firefox = Firefox::start(&[("layout.css.prefers-color-scheme.content-override", "0")]);
    let (complete, snapshot) = (Report::complete(), Dashboard::complete());
    let lightness = "const canvas = getComputedStyle(document.documentElement).backgroundColor; \
        return canvas.match(/[\\d.]+/g).slice(0, 3).reduce((sum, one) => sum + Number(one), 0) / 3";
    for page in [complete.page("index.html"), complete.page(ALL), snapshot.page.clone()] {
        firefox.open(&page, "");
        let dark = firefox.run(lightness).as_f64().expect("a lightness");
        firefox.run("document.querySelector('#theme [data-theme=light]').click()");
        let light = firefox.run(lightness).as_f64().expect("a lightness");
        assert!(dark < 60.0 && light > 200.0, "{}: {dark} {light}", page.display());
        firefox.run("document.querySelector('#theme [data-theme=auto]').click()");
        assert_eq!(firefox.run(lightness), json!(dark), "{}", page.display());
    }
}
