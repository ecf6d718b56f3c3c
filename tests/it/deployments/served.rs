//! A site that is served as one kind of Confluence, and how a run connects to it.

use chrono::{DateTime, Utc};
use confluence_client::{
    Api, AtlassianHosts, ConnectionSettings, Credentials, Deployment, RequestCounts, RequestKind, Timeouts,
};
use confluence_sim::site::Status;
use confluence_sim::{DemoServer, FaultPlan, ServedAs, Site, sample_site};

/// A server, and the connection of one run.
pub(super) struct Served {
    pub(super) server: DemoServer,
    pub(super) api: Api,
    pub(super) deployment: Deployment,
}

impl Served {
    pub(super) async fn start(deployment: Deployment, site: Site) -> Self {
        Self::start_with(deployment, site, FaultPlan::none()).await
    }

    pub(super) async fn start_with(deployment: Deployment, site: Site, faults: FaultPlan) -> Self {
        let (server, settings) = Self::prepare(deployment, site, faults).await;
        let api = Api::connect(settings).await.unwrap();
        assert_eq!(api.deployment(), deployment, "{}", api.connection_summary());
        Self { server, api, deployment }
    }

    /// Returns the server, and the settings of a connection to it.
    pub(super) async fn prepare(
        deployment: Deployment,
        site: Site,
        faults: FaultPlan,
    ) -> (DemoServer, ConnectionSettings) {
        let served_as = match deployment {
            Deployment::Cloud => ServedAs::Cloud,
            Deployment::Gateway => ServedAs::Gateway,
            Deployment::DataCenter => ServedAs::data_center("confluence"),
        };
        let server = DemoServer::start_as_with(served_as, site, faults).await.unwrap();
        // a scoped token works at the gateway only, but people configure the address that they know
        let address = if deployment == Deployment::Gateway { server.site_url() } else { server.base_url().to_owned() };
        let settings = ConnectionSettings {
            timeouts: Timeouts::NONE,
            jitter_seed: Some(11),
            deployment: Some(deployment),
            cloud_id: Some(server.cloud_id().to_owned()),
            atlassian: AtlassianHosts {
                gateway: server.gateway_origin().to_owned(),
                auth: server.auth_origin().to_owned(),
            },
            ..ConnectionSettings::new(address, Credentials::basic(server.user(), server.token().into()))
        };
        (server, settings)
    }

    /// Replaces the address of the site, which has another port in every run, in a text.
    pub(super) fn without_address(&self, text: &str) -> String {
        text.replace(&self.server.site_url(), "SITE")
    }
}

pub(super) fn sample_start() -> DateTime<Utc> {
    "2026-04-01T08:30:00Z".parse().unwrap()
}

/// The sample site without what Data Center does not have.
pub(super) fn common_sample() -> Site {
    sample_site(sample_start()).without_cloud_features()
}

/// Checks that at most a tenth more requests were sent than planned, without those of the `unplanned` kinds.
#[track_caller]
pub(super) fn assert_planned(
    deployment: Deployment,
    plan: &RequestCounts,
    sent: &RequestCounts,
    unplanned: &[RequestKind],
) {
    let kinds = RequestKind::ALL.iter().filter(|kind| !unplanned.contains(kind));
    let counts: Vec<(RequestKind, u64, u64)> = kinds.map(|kind| (*kind, plan.of(*kind), sent.of(*kind))).collect();
    let planned: u64 = counts.iter().map(|(_, planned, _)| planned).sum();
    let total: u64 = counts.iter().map(|(_, _, sent)| sent).sum();
    let differing: Vec<_> = counts.iter().filter(|(_, planned, sent)| planned != sent).collect();
    assert!(
        total * 10 <= planned * 11 && planned * 10 <= total * 11,
        "{deployment}: {total} sent, {planned} planned; kind, planned, sent: {differing:#?}"
    );
}

/// A site of 2,000 pages in eight spaces, with blog posts, comments, old versions, labels and a trash. What its files are
/// used by depends on their numbers.
pub(super) fn generated_site() -> Site {
    let mut site = Site::new();
    for space in 0..8 {
        site = site.space(&format!("S{space}"), "Space").with_space(|space| space.archived = space.key == "S7");
        for number in 0..250 {
            site = page_with_files(site, space, number);
        }
        for number in 0..20 {
            let id = 800_000 + space * 1_000 + number;
            let body = image(&format!("file {}.png", number + 1));
            site = site.post(&id.to_string(), &format!("Post {id}"), &body);
            site = site.attachment(&format!("att{}", id + 5_000_000), &format!("file {number}.png"), 7);
        }
    }
    site
}

fn image(name: &str) -> String {
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}"/></ac:image></p>"#)
}

fn page_with_files(site: Site, space: usize, number: usize) -> Site {
    let id = 100_000 + space * 1_000 + number;
    let other = 100_000 + space * 1_000 + (number + 1) % 250;
    let body = match number % 5 {
        0 => image("a.png"),
        1 => format!(r#"<p><a href="/download/attachments/{other}/a.png">x</a></p>"#),
        2 => format!(
            r#"<p><ac:image><ri:attachment ri:filename="b.pdf"><ri:page ri:content-title="Page {other}"/></ri:attachment></ac:image></p>"#
        ),
        3 => r#"<ac:structured-macro ac:name="attachments"/>"#.to_owned(),
        _ => "<p>nothing</p>".to_owned(),
    };
    let mut site = site.page(&id.to_string(), &format!("Page {id}"), &body);
    if number % 50 == 49 {
        site = site.with_content(|page| page.status = Status::Trashed);
    }
    let start = sample_start();
    site = site.attachment(&format!("att{}", id * 10), "a.png", 1_000 + number as u64);
    if number.is_multiple_of(3) {
        site = site.version("a.png", 2_000 + number as u64, start);
    }
    if number.is_multiple_of(2) {
        site = site.attachment(&format!("att{}", id * 10 + 1), "b.pdf", 500 + number as u64);
    }
    if number == 7 {
        for file in 0..60 {
            site = site.attachment(&format!("att{}", 9_000_000 + id * 100 + file), &format!("many {file}.txt"), 10);
        }
    }
    if number.is_multiple_of(10) {
        site = site.footer_comment(&(2_000_000 + id * 10).to_string(), &image("b.pdf"));
        site = site.reply(&(2_000_001 + id * 10).to_string(), "<p>yes</p>");
        site = site.inline_comment(&(2_000_002 + id * 10).to_string(), "<p>here</p>");
    }
    site
}
