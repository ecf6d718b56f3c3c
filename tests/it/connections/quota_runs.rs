//! A complete audit under the gateway's quota of points, which it uses up every hour. The clock is paused.
//!
//! A normal run reads a fiftieth of a site of 400,000 objects under a fiftieth of the usual quota: as many hours and
//! waits. `QUOTA_SITE=all` reads all of it, as the long check does.

use std::time::Duration;

use chrono::Utc;
use confluence_client::Credentials;
use confluence_sim::{DemoServer, ServedAs};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::crawl_and_audit;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::progress::Progress;
use test_support::large_site;
use test_support::log_buffer::LogBuffer;

use super::settings;

const PAGES: usize = 100_000;
const FILES: usize = 300_000;
const POINTS_PER_HOUR: u64 = 65_000;
/// How much smaller a normal run is.
const FRACTION: usize = 50;

#[tokio::test(start_paused = true)]
async fn an_audit_of_400_000_objects_waits_for_each_quota_and_is_complete() {
    let fraction = if std::env::var("QUOTA_SITE").is_ok_and(|asked| asked == "all") { 1 } else { FRACTION };
    let (pages, files, per_hour) = (PAGES / fraction, FILES / fraction, POINTS_PER_HOUR / fraction as u64);
    let mut site = large_site::site(pages, files, 1);
    site.behaviour.points_per_hour = Some(per_hour);
    let server = DemoServer::start_as(ServedAs::Gateway, site).await.unwrap();
    let to_full_hour = 3600 - Utc::now().timestamp().rem_euclid(3600).unsigned_abs();
    tokio::time::advance(Duration::from_secs(to_full_hour)).await;

    let log = LogBuffer::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false);
    let _log = tracing::subscriber::set_default(subscriber.with_writer(move || writer.clone()).finish());
    let credentials = server.site(|site| {
        let client = site.credentials.service_account.as_ref().unwrap();
        Credentials::client(client.id.as_str(), client.secret.as_str().into())
    });
    let settings = settings(&server, server.base_url(), credentials);
    let workers = settings.concurrency;
    let began = tokio::time::Instant::now();
    let api = confluence_client::Api::connect(settings).await.unwrap();
    let rules = AuditOptions::default();
    let run = crawl_and_audit(&api, &CrawlOptions::default(), &rules, &Progress::silent()).await.unwrap();
    let elapsed = began.elapsed();

    assert_eq!(run.status, ExitStatus::Complete, "{:#?}", run.inventory.coverage.gaps.first());
    assert_eq!(run.inventory.attachments.len(), files);
    let unreferenced = run.audit.files.iter().filter(|file| file.usage == Usage::Unreferenced).count();
    assert_eq!(unreferenced, (0..files).filter(|file| !large_site::is_used(*file)).count());

    let points = run.inventory.plan.as_ref().unwrap().points.unwrap().points;
    let foretold = points as f64 / per_hour as f64;
    let hours = elapsed.as_secs_f64() / 3600.0;
    let refused = server.requests().iter().filter(|request| request.status == 429).count();
    let log = log.text();
    let reports = log.matches("the quota of this hour is used up: the run continues in").count();
    let figures = format!("{hours:.2} hours, {foretold:.2} foretold, {refused} refusals, {reports} lines about it");
    eprintln!("{figures}; {} requests", server.requests().len());
    assert!(hours > 0.85 * foretold - 1.0 && hours < 1.1 * foretold + 1.0, "{figures}");
    let waits = usize::try_from(elapsed.as_secs() / 3600).unwrap();
    assert!(waits >= 10 && refused >= waits, "{figures}");
    assert!(refused <= workers * waits, "only requests in flight: {figures}");
    assert_eq!(reports, waits, "each wait is reported once: {figures}\n{log}");
}
