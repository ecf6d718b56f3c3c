//! A large site with two faults in a hundred answers: the reading ends complete, sends what it planned and one request
//! more for each fault, and its memory grows with pages, attachments and references, not with bodies.
//!
//! `cargo bench --bench soak` takes a small site; `SOAK_PAGES=100000 SOAK_FILES=300000` a large one, and
//! `SOAK_PARAGRAPHS=200` makes each body some 30 KB. The site is served by a second process, so that the peak of memory
//! is the program's own.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a benchmark prints and may panic, and its numbers are small"
)]

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::{Attachment, AttachmentVersion, Container, Kind, Status};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::reading::{Reading, read_site};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::{self, RunFacts};
use test_support::process::{peak_memory, processor_seconds};

/// The most bytes of memory that a page or attachment may take, whatever its body weighs, beside what is on the way.
const BYTES_PER_ITEM: u64 = 3_000;
/// The answers on their way at once, each a page of a list with its bodies, and the program itself.
const BYTES_ON_THE_WAY: u64 = 128 << 20;
/// Set in the process that serves the site.
const SERVES: &str = "SOAK_SERVES";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::var_os(SERVES).is_some() {
        runtime.block_on(serve());
    } else {
        runtime.block_on(soak());
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Serves until standard input ends, then tells what was asked.
async fn serve() {
    let faults = FaultPlan::none().on(RoutePattern::any(), Occurrence::Every(67), Fault::status(503)).on(
        RoutePattern::any(),
        Occurrence::Every(199),
        Fault::CutBody(100),
    );
    let site = site(number("SOAK_PAGES", 2_000), number("SOAK_FILES", 6_000));
    let server = DemoServer::start_with(site, faults).await.unwrap();
    println!("{} {} {}", server.base_url(), server.user(), server.token());
    std::io::stdout().flush().unwrap();
    // the parent closes the pipe when it has read the site
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await.unwrap();
    let log = server.requests();
    let failed = log.iter().filter(|request| request.status >= 500).count();
    let cut = log.len() / 199;
    let distinct: HashSet<(&str, &str)> =
        log.iter().map(|request| (request.path.as_str(), request.query.as_str())).collect();
    println!("{} {failed} {cut} {}", log.len(), distinct.len());
}

async fn soak() {
    let (pages, files) = (number("SOAK_PAGES", 2_000), number("SOAK_FILES", 6_000));
    let mut server = Command::new(std::env::current_exe().unwrap())
        .env(SERVES, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    let address: Vec<&str> = address.split(' ').collect();
    let api = Api::new(ConnectionSettings::new(address[0], Credentials::basic(address[1], address[2].into()))).unwrap();

    let before = peak_memory();
    let began = Instant::now();
    let reading = read_site(&api, &CrawlOptions::default(), &AuditOptions::default(), &Progress::silent()).await;
    let reading = reading.unwrap();
    let read_in = began.elapsed();
    let busy = [std::process::id(), server.id()].map(processor_seconds);
    let after_reading = peak_memory();
    let place = tempfile::TempDir::new().unwrap();
    let began = Instant::now();
    report::write(place.path(), &facts(&reading), &reading.inventory, &reading.audit).unwrap();
    let written_in = began.elapsed();

    assert_eq!(reading.status, ExitStatus::Complete, "{:#?}", reading.inventory.coverage.gaps.first());
    assert_eq!(reading.inventory.attachments.len(), files);
    let unreferenced = reading.audit.files.iter().filter(|file| file.usage == Usage::Unreferenced).count();
    assert_eq!(unreferenced, (0..files).filter(|file| !is_used(*file)).count(), "every third file is used nowhere");
    drop(server.stdin.take());
    let told = lines.next().unwrap().unwrap();
    server.wait().unwrap();
    let told: Vec<u64> = told.split(' ').map(|count| count.parse().unwrap()).collect();
    let [sent, failed, cut, distinct] = told[..] else { panic!("{told:?}") };
    let counted = reading.inventory.requests.total();

    println!("{pages} pages, {files} attachments, {unreferenced} unreferenced, complete");
    println!("requests: {sent} = {distinct} different + {} repeated; {failed} failed, {cut} cut", sent - distinct);
    println!(
        "read in {read_in:.1?}, {:.0} requests/s; report in {written_in:.1?}",
        sent as f64 / read_in.as_secs_f64()
    );
    let per_item = |bytes: u64| bytes as f64 / (pages + files) as f64;
    println!(
        "peak memory: {} MiB after reading, {} MiB after the report; {:.0} and {:.0} bytes per page and attachment",
        after_reading >> 20,
        peak_memory() >> 20,
        per_item(after_reading.saturating_sub(before)),
        per_item(peak_memory().saturating_sub(before))
    );
    println!("processor time of the reading: {:.1} s here, {:.1} s the server", busy[0], busy[1]);
    let plan = reading.inventory.plan.unwrap();
    println!("{:>9} requests planned, {sent} sent", plan.total());
    let planned: std::collections::BTreeMap<&str, u64> = plan.requests.iter().collect();
    for (kind, count) in reading.inventory.requests.iter() {
        println!("  {count:>7} {kind}, {} planned", planned.get(kind).unwrap_or(&0));
    }
    assert_eq!(counted, sent, "the program counts what it sends");
    // identity and closing lists are asked more than once on purpose; all else only again after a fault
    let on_purpose = 40;
    assert!(sent - distinct <= failed + cut + on_purpose, "requests are the plan and its retries");
    assert!(sent.abs_diff(plan.total()) <= failed + cut + on_purpose, "{} requests were planned", plan.total());
    let bound = BYTES_ON_THE_WAY + BYTES_PER_ITEM * (pages + files) as u64;
    assert!(after_reading.saturating_sub(before) <= bound, "memory grows with pages and files, not with bodies");
}

fn facts(reading: &Reading) -> RunFacts {
    RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: reading.status.code(),
        stopped: None,
        quota_bytes: None,
        options: Vec::new(),
        audit: AuditOptions::default(),
    }
}

fn is_used(file: usize) -> bool {
    !file.is_multiple_of(3)
}

/// Pages in ten spaces, files on them, each used on its own page, on the next one, or nowhere.
fn site(pages: usize, files: usize) -> Site {
    let mut site = Site::new();
    for space in 0..10 {
        site = site.space(&format!("SPACE{space}"), &format!("Space {space}"));
        let begin = pages * space / 10;
        for page in begin..pages * (space + 1) / 10 {
            let mut content = site.new_content(Kind::Page, &(10_000 + page).to_string(), &format!("Page {page}"), "");
            content.body = body(page, pages, files);
            site.contents.push(content);
            if page % 20 == 0 {
                site = site.footer_comment(&(50_000_000 + page).to_string(), "<p>A remark.</p>");
            }
        }
    }
    site.attachments = (0..files).map(|file| attachment(file, pages, &site.account.account_id)).collect();
    site
}

fn body(page: usize, pages: usize, files: usize) -> String {
    let mut body = String::new();
    for paragraph in 0..number("SOAK_PARAGRAPHS", 6) {
        let _ = write!(
            body,
            "<p>Paragraph {paragraph} of page {page} says what such paragraphs say: not much, but at length, so that bodies weigh more than what is kept of them.</p>"
        );
    }
    for file in (page..files).step_by(pages).filter(|file| is_used(*file) && file % 2 == 0) {
        let _ = write!(body, r#"<p><ac:image><ri:attachment ri:filename="file {file}.png"/></ac:image></p>"#);
    }
    // those with an odd number are used on the page before the one that owns them
    let next = (page + 1) % pages;
    let space = format!("SPACE{}", next * 10 / pages);
    for file in (next..files).step_by(pages).filter(|file| is_used(*file) && file % 2 == 1) {
        let _ = write!(
            body,
            r#"<p><ac:link><ri:attachment ri:filename="file {file}.png"><ri:page ri:space-key="{space}" ri:content-title="Page {next}"/></ri:attachment></ac:link></p>"#
        );
    }
    body
}

fn attachment(file: usize, pages: usize, author: &str) -> Attachment {
    let id = format!("att{}", 1_000_000 + file);
    let at = chrono::DateTime::from_timestamp(1_700_000_000 + i64::try_from(file).unwrap(), 0).unwrap();
    let name = format!("file {file}.png");
    let count = if file.is_multiple_of(40) { 2 } else { 1 };
    Attachment {
        versions: (1..=count).map(|n| AttachmentVersion::new(&id, n, &name, 1000 + u64::from(n), at, author)).collect(),
        id,
        status: Status::Current,
        container: Container::Page((10_000 + file % pages).to_string()),
        media_type: "image/png".to_owned(),
        comment: String::new(),
        labels: Vec::new(),
        visible_without_container: false,
    }
}
