//! A large site with faults in two of a hundred responses: the crawl is complete, it sends the planned requests and one
//! more for each fault, and its memory grows with pages, attachments and references, not with bodies.
//!
//! `cargo bench --bench soak` uses a small site, `SOAK_PAGES=100000 SOAK_FILES=300000` a large one, and
//! `SOAK_PARAGRAPHS=200` makes each body some 30 KB. A second process serves the site, so that the peak memory is
//! that of the program alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a benchmark prints and may panic, and its numbers are small"
)]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use test_support::large_site;
use test_support::process::{peak_memory, processor_seconds};

/// The most memory for each page or attachment, whatever the size of its body, not counting responses in flight.
const BYTES_PER_ITEM: u64 = 3_000;
/// The most memory for responses in flight (each a page of results with its bodies) and for the program itself.
const BYTES_IN_FLIGHT: u64 = 128 << 20;
/// This environment variable is set in the process that serves the site.
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

/// Serves until standard input ends, then prints the number of requests, of failed ones, of cut ones and of distinct
/// ones.
async fn serve() {
    let faults = FaultPlan::none().on(RoutePattern::any(), Occurrence::Every(67), Fault::status(503)).on(
        RoutePattern::any(),
        Occurrence::Every(199),
        Fault::CutBody(100),
    );
    let (pages, files) = (number("SOAK_PAGES", 2_000), number("SOAK_FILES", 6_000));
    let site = large_site::site(pages, files, number("SOAK_PARAGRAPHS", 6));
    let server = DemoServer::start_with(site, faults).await.unwrap();
    println!("{} {} {}", server.base_url(), server.user(), server.token());
    std::io::stdout().flush().unwrap();
    // the parent process closes the pipe after the crawl
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
    let crawl = crawl_and_audit(&api, &CrawlOptions::default(), &AuditOptions::default(), &Progress::silent()).await;
    let crawl = crawl.unwrap();
    let crawl_time = began.elapsed();
    let processor_time = [std::process::id(), server.id()].map(processor_seconds);
    let after_crawl = peak_memory();
    let folder = tempfile::TempDir::new().unwrap();
    let began = Instant::now();
    report::write(folder.path(), ReportInput { run: &facts(&crawl), inventory: &crawl.inventory, audit: &crawl.audit })
        .unwrap();
    let report_time = began.elapsed();

    assert_eq!(crawl.status, ExitStatus::Complete, "{:#?}", crawl.inventory.coverage.gaps.first());
    assert_eq!(crawl.inventory.attachments.len(), files);
    let unreferenced = crawl.audit.files.iter().filter(|file| file.usage == Usage::Unreferenced).count();
    assert_eq!(
        unreferenced,
        (0..files).filter(|file| !large_site::is_used(*file)).count(),
        "every third file is used nowhere"
    );
    drop(server.stdin.take());
    let counts = lines.next().unwrap().unwrap();
    server.wait().unwrap();
    let counts: Vec<u64> = counts.split(' ').map(|count| count.parse().unwrap()).collect();
    let [sent, failed, cut, distinct] = counts[..] else { panic!("{counts:?}") };
    let counted = crawl.inventory.requests.total();

    println!("{pages} pages, {files} attachments, {unreferenced} unreferenced, complete");
    println!("requests: {sent} = {distinct} distinct + {} repeated; {failed} failed, {cut} cut", sent - distinct);
    println!(
        "crawl in {crawl_time:.1?}, {:.0} requests/s; report in {report_time:.1?}",
        sent as f64 / crawl_time.as_secs_f64()
    );
    let per_item = |bytes: u64| bytes as f64 / (pages + files) as f64;
    println!(
        "peak memory: {} MiB after the crawl, {} MiB after the report; {:.0} and {:.0} bytes per page and attachment",
        after_crawl >> 20,
        peak_memory() >> 20,
        per_item(after_crawl.saturating_sub(before)),
        per_item(peak_memory().saturating_sub(before))
    );
    println!(
        "processor time of the crawl: {:.1} s the program, {:.1} s the server",
        processor_time[0], processor_time[1]
    );
    let plan = crawl.inventory.plan.unwrap();
    println!("{:>9} requests planned, {sent} sent", plan.total());
    let planned: std::collections::BTreeMap<&str, u64> = plan.requests.iter().collect();
    for (kind, count) in crawl.inventory.requests.iter() {
        println!("  {count:>7} {kind}, {} planned", planned.get(kind).unwrap_or(&0));
    }
    assert_eq!(counted, sent, "the program counts what it sends");
    // the account and the lists of the final pass are requested more than once; all else only after a fault
    let intended_repeats = 40;
    assert!(sent - distinct <= failed + cut + intended_repeats, "requests are the plan and its retries");
    assert!(sent.abs_diff(plan.total()) <= failed + cut + intended_repeats, "{} requests were planned", plan.total());
    let bound = BYTES_IN_FLIGHT + BYTES_PER_ITEM * (pages + files) as u64;
    assert!(after_crawl.saturating_sub(before) <= bound, "memory grows with pages and files, not with bodies");
}

fn facts(crawl: &AuditRun) -> RunFacts {
    RunFacts {
        local_time: chrono::Local::now().fixed_offset(),
        exit_code: crawl.status.code(),
        stopped: None,
        quota_bytes: None,
        previous: None,
        thresholds: Vec::new(),
        options: Vec::new(),
        audit_history: None,
        audit: AuditOptions::default(),
    }
}
