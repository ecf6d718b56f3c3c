//! Reading speed: references and text of a realistic 50 KB body, beside a bare XML pass over the same bytes. What the
//! page metrics measure on top of it is printed too, without a limit.
//!
//! `cargo bench --bench scanner` prints MB/s and the ratio. The two passes take turns, so that a machine that slows
//! down slows both; the medians are quoted.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may panic")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use confluence_storage_analyzer::storage_format::{Depth, OwnSite, Reading, parse, parse_to};
use quick_xml::Reader;
use quick_xml::events::Event;

const ROUNDS: usize = 41;
const PASSES_PER_ROUND: usize = 40;

fn main() {
    let body = realistic_body();
    let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
    let parsed = parse(&body, &site);
    assert_eq!(parsed.reading, Reading::WellFormed);
    let counted = parse_to(&body, &site, Depth::Measures).measures.unwrap();
    println!(
        "body: {} bytes, {} references, {} words, {} macros",
        body.len(),
        parsed.references.len(),
        counted.words,
        counted.macros.values().sum::<u32>()
    );
    let (mut bare, mut full, mut measured) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(time(|| black_box(bare_pass(black_box(&body)))));
        full.push(time(|| black_box(parse(black_box(&body), &site).references.len())));
        measured.push(time(|| black_box(parse_to(black_box(&body), &site, Depth::Measures).references.len())));
    }
    let ratio = median(full.iter().zip(&bare).map(|(full, bare)| full.as_secs_f64() / bare.as_secs_f64()).collect());
    for (label, times) in [("bare XML pass", bare), ("references and text", full), ("with measures", measured)] {
        let seconds = median(times.iter().map(Duration::as_secs_f64).collect());
        let bytes = body.len() * PASSES_PER_ROUND;
        println!("{label:>20}: {:7.1} MB/s", f64::from(u32::try_from(bytes).unwrap()) / seconds / 1e6);
    }
    println!("{:>20}: {ratio:7.2} times the bare pass (median of {ROUNDS} pairs)", "ratio");
}

fn time(mut pass: impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..PASSES_PER_ROUND {
        black_box(pass());
    }
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn bare_pass(body: &str) -> usize {
    let mut reader = Reader::from_str(body);
    reader.config_mut().allow_dangling_amp = true;
    let mut events = 0;
    while !matches!(reader.read_event().unwrap(), Event::Eof) {
        events += 1;
    }
    events
}

fn realistic_body() -> String {
    let mut body = String::from(r#"<ac:structured-macro ac:name="toc" ac:schema-version="1"/>"#);
    let mut section = 0;
    while body.len() < 50_000 {
        section += 1;
        let _ = write!(
            body,
            r#"<h2>Section {section}: rollout &amp; checks</h2>
<p>The service accepts requests from <strong>clients</strong> and answers within 200&nbsp;ms &ndash; see the
<a href="https://docs.example.org/guide/{section}?a=1&amp;b=2">guide</a>, the <ac:link><ri:page ri:content-title="Runbook {section}"/><ac:link-body>runbook</ac:link-body></ac:link>
and <em>the notes</em> below. 添付ファイルの保存形式を確認する。 Every team keeps its own copy of the plan, which is reviewed at the end of
each quarter; changes are announced a week ahead and rolled back when the error budget is spent.</p>
<ac:image ac:align="center" ac:width="760"><ri:attachment ri:filename="diagram-{section}.png" ri:version-at-save="3"/><ac:caption><p>Flow</p></ac:caption></ac:image>
<table data-layout="default"><colgroup><col style="width: 200.0px;"/><col style="width: 300.0px;"/></colgroup><tbody>
<tr><th><p>Name</p></th><th><p>Value</p></th></tr>
<tr><td><p>limit</p></td><td><p>{section} per minute</p></td></tr><tr><td><p>owner</p></td><td><p><ac:link><ri:user ri:account-id="557058:1"/></ac:link></p></td></tr></tbody></table>
<ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="5f0c2a6e"><ac:rich-text-body><p>Mind the &lt;limits&gt; of the plan.</p></ac:rich-text-body></ac:structured-macro>
<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">xml</ac:parameter><ac:plain-text-body><![CDATA[<ac:image><ri:attachment ri:filename="sample.png"/></ac:image>
for i in 1 2 3; do echo "$i"; done]]></ac:plain-text-body></ac:structured-macro>
<ac:task-list><ac:task><ac:task-id>{section}</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>send <ac:link><ri:attachment ri:filename="minutes-{section}.docx"><ri:page ri:space-key="OPS" ri:content-title="Minutes"/></ri:attachment></ac:link></ac:task-body></ac:task></ac:task-list>
<p class="media-group"><ac:structured-macro ac:name="view-file" ac:schema-version="1"><ac:parameter ac:name="name"><ri:attachment ri:filename="report-{section}.pdf"/></ac:parameter></ac:structured-macro></p>
"#
        );
    }
    body
}
