//! Tests of doctor on every kind of site, and of the reasons why there is no connection.

use super::*;
use confluence_client::{AtlassianHosts, ConnectionSettings, Credentials};
use confluence_sim::ServedAs;
use confluence_sim::credentials::{CLASSIC_SCOPES, ScopedToken};

pub(in crate::doctor) async fn serve_as(served_as: ServedAs, faults: FaultPlan) -> DemoServer {
    let site = sample_site("2026-04-01T08:30:00Z".parse().unwrap());
    let site = if matches!(served_as, ServedAs::DataCenter { .. }) { site.without_cloud_features() } else { site };
    DemoServer::start_as_with(served_as, site, faults).await.unwrap()
}

/// Returns what a user would configure for this server.
pub(in crate::doctor) fn settings_as(server: &DemoServer, token: &str) -> ConnectionSettings {
    let mut settings = ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), token.into()));
    settings.jitter_seed = Some(1);
    settings.atlassian =
        AtlassianHosts { gateway: server.gateway_origin().to_owned(), auth: server.auth_origin().to_owned() };
    settings
}

async fn diagnose(server: &DemoServer, settings: ConnectionSettings) -> Diagnosis {
    match Api::connect(settings.clone()).await {
        Ok(api) => {
            let mut diagnosis = examine(&ProbedSite::new(&api)).await;
            diagnosis.findings.splice(0..0, describe_connection(&settings, &api));
            assert!(server.requests().iter().all(|entry| entry.method == "GET" || entry.path.ends_with("/token")));
            diagnosis
        }
        Err(error) => without_connection(&error),
    }
}

#[tokio::test]
async fn every_kind_of_site_is_explained_and_nothing_is_missing_with_full_access() {
    for (served_as, summary, token, last) in [
        (ServedAs::Cloud, "Confluence Cloud at", "an API token without scopes", "an audit of about"),
        (ServedAs::Gateway, "through the gateway with a scoped token", "an API token with scopes", "points per hour"),
        (
            ServedAs::data_center("/confluence"),
            "Confluence Data Center",
            "a user name with a password",
            "an audit of about",
        ),
    ] {
        let server = serve_as(served_as.clone(), FaultPlan::none()).await;
        let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
        assert_eq!(diagnosis.status(), ExitStatus::Complete, "{served_as:?}: {:#?}", diagnosis.findings);
        assert!(finding(&diagnosis, "connection").found.contains(summary), "{:#?}", diagnosis.findings);
        assert!(finding(&diagnosis, "token").found.contains(token), "{:#?}", diagnosis.findings);
        // the gateway's address alone says that the site's own host is not tried
        let hosts = "a secret is sent to 127.0.0.1 and to no other host";
        assert_eq!(finding(&diagnosis, "hosts").found, hosts, "{served_as:?}");
        assert!(finding(&diagnosis, "account").found.starts_with("the token belongs to "));
        let run = finding(&diagnosis, "a run would take");
        assert!(run.found.contains(last), "{run:?}");
        assert_eq!(run, diagnosis.findings.last().unwrap());
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_with_what_it_costs_and_that_a_token_cannot_be_changed() {
    let server = serve_as(ServedAs::Gateway, FaultPlan::none()).await;
    server.change_site(|site| {
        site.credentials.scoped_token.as_mut().unwrap().remove_scope("read:comment:confluence");
    });
    let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
    assert_eq!(diagnosis.status(), ExitStatus::Incomplete);
    for subject in ["footer comments", "inline comments"] {
        let comments = finding(&diagnosis, subject);
        assert_eq!(comments.found, "the token lacks the scope read:comment:confluence");
        assert!(comments.cost.as_ref().unwrap().contains("no file is called unreferenced"), "{comments:?}");
    }
    let scopes = finding(&diagnosis, "scopes");
    assert_eq!(scopes.found, "the token lacks read:comment:confluence");
    assert!(scopes.remedy.as_ref().unwrap().starts_with("issue a new token"), "once for all lists: {scopes:?}");
    assert_eq!(finding(&diagnosis, "pages").state, CheckState::Good);
}

#[tokio::test]
async fn a_missing_scope_for_spaces_is_named_with_the_others() {
    let server = serve_as(ServedAs::Gateway, FaultPlan::none()).await;
    server.change_site(|site| {
        let token = site.credentials.scoped_token.as_mut().unwrap();
        for scope in ["read:comment:confluence", "read:space:confluence"] {
            token.remove_scope(scope);
        }
    });
    let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
    let spaces = finding(&diagnosis, "spaces");
    assert_eq!(spaces.found, "the token lacks the scope read:space:confluence");
    assert!(spaces.cost.as_ref().unwrap().contains("nothing can be read"), "{spaces:?}");
    assert_eq!(finding(&diagnosis, "scopes").found, "the token lacks read:comment:confluence, read:space:confluence");
}

#[tokio::test]
async fn classic_scopes_are_distinguished_from_missing_ones() {
    let server = serve_as(ServedAs::Gateway, FaultPlan::none()).await;
    server.change_site(|site| site.credentials.scoped_token = Some(ScopedToken::new("classic", CLASSIC_SCOPES)));
    let diagnosis = diagnose(&server, settings_as(&server, "classic")).await;
    let scopes = finding(&diagnosis, "scopes");
    assert!(scopes.found.contains("classic scopes"), "{:#?}", diagnosis.findings);
    assert!(scopes.remedy.as_ref().unwrap().contains("granular"), "{scopes:?}");
}

#[tokio::test]
async fn a_site_that_accepts_no_form_is_reported_with_each_form_that_was_tried() {
    let server = serve_as(ServedAs::Cloud, FaultPlan::none()).await;
    let mut settings = settings_as(&server, "wrong");
    settings.base_url = server.site_url();
    let refused = diagnose(&server, settings).await;
    assert_eq!(refused.status(), ExitStatus::Authentication, "{refused:#?}");
    let connection = finding(&refused, "connection");
    assert_eq!(connection.state, CheckState::Fatal);
    assert!(connection.remedy.is_some() && connection.cost.is_some());
    let tried: Vec<&str> =
        refused.findings.iter().filter(|tried| tried.subject == "tried").map(|tried| tried.found.as_str()).collect();
    assert_eq!(tried.len(), 2, "{tried:?}");
    assert!(tried[0].contains("with an e-mail address and an API token: "), "{tried:?}");
    assert!(tried[1].contains("through the gateway with a scoped token: "), "{tried:?}");
    assert!(!tried.iter().any(|line| line.contains("wrong")));
}

#[tokio::test]
async fn an_address_without_confluence_is_reported_without_a_login() {
    let server = serve_as(ServedAs::data_center("/elsewhere"), FaultPlan::none()).await;
    let mut settings = settings_as(&server, &server.token());
    settings.base_url = server.site_url().replace("/elsewhere", "");
    let absent = diagnose(&server, settings).await;
    assert_eq!(absent.status(), ExitStatus::Usage, "{absent:#?}");
    assert!(finding(&absent, "tried").found.contains("none was sent"), "{absent:#?}");
    assert!(server.requests().iter().all(|entry| !entry.credential_sent));
}

#[tokio::test]
async fn data_center_has_checks_of_its_own() {
    let server = serve_as(ServedAs::data_center("/wiki"), FaultPlan::none()).await;
    let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
    for subject in [
        "version",
        "the site's own count",
        "pages",
        "blog posts",
        "comments",
        "pages with their files",
        "page templates",
        "search",
        "attachments by search",
        "people",
        "trash",
        "sizes of old versions",
        "retention rules",
        "workflow app",
    ] {
        let found = finding(&diagnosis, subject);
        assert!(matches!(found.state, CheckState::Good | CheckState::Note), "{found:?}");
    }
    assert!(finding(&diagnosis, "version").found.starts_with("Confluence "));
    assert_eq!(finding(&diagnosis, "sizes of old versions").state, CheckState::Good, "{:#?}", diagnosis.findings);
    assert!(finding(&diagnosis, "trash").found.starts_with("readable in "));

    server.change_site(|site| site.workflow.app = WorkflowApp::ComalaDataCenter);
    let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
    let app = finding(&diagnosis, "workflow app");
    assert!(
        app.found.starts_with("Comala for Data Center: ") && app.found.contains("status endpoint works"),
        "{app:?}"
    );
    assert!(diagnosis.findings.iter().any(|finding| finding.subject == "workflow parameters"));
}

#[tokio::test]
async fn a_refusal_on_data_center_has_its_cost_and_remedy() {
    for (path, subject, state) in [
        ("/rest/api/space/*/trash", "trash", CheckState::Note),
        ("/rest/api/instance-metrics", "the site's own count", CheckState::Note),
        ("/rest/experimental/template/page", "page templates", CheckState::Missing),
        ("/rest/cw/1/content/*/parameters", "workflow parameters", CheckState::Note),
    ] {
        let route = RoutePattern::path(path).unwrap();
        let faults = FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403));
        let server = serve_as(ServedAs::data_center(""), faults).await;
        server.change_site(|site| site.workflow.app = WorkflowApp::ComalaDataCenter);
        let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
        let found = finding(&diagnosis, subject);
        assert_eq!((found.state, found.cost.is_some()), (state, true), "{subject}: {found:?}");
    }
}

#[tokio::test]
async fn a_data_center_site_without_scans_is_read_in_another_way() {
    let route = RoutePattern::path("/rest/api/content/scan").unwrap();
    let faults = FaultPlan::none().on(route, Occurrence::From(1), Fault::status(404));
    let server = serve_as(ServedAs::data_center(""), faults).await;
    let diagnosis = diagnose(&server, settings_as(&server, &server.token())).await;
    assert_eq!(diagnosis.status(), ExitStatus::Complete, "{:#?}", diagnosis.findings);
    for subject in ["pages", "blog posts", "comments"] {
        assert!(finding(&diagnosis, subject).found.contains("without a cursor"), "{:#?}", diagnosis.findings);
    }
}

#[tokio::test]
async fn the_probe_asks_data_center_questions_of_its_own() {
    let server = serve_as(ServedAs::data_center("/confluence"), FaultPlan::none()).await;
    let api = Api::connect(settings_as(&server, &server.token())).await.unwrap();
    let answers = probe(&ProbedSite::new(&api), &Progress::silent()).await;
    assert!(answer(&answers, "old-size").starts_with("yes"), "{answers:#?}");
    assert!(answer(&answers, "scan-types").contains("comment: yes"), "{answers:#?}");
    assert!(answer(&answers, "silent-caps").contains("pages with bodies: 50"), "{answers:#?}");
    assert!(answer(&answers, "bulk-files").starts_with("yes"), "{answers:#?}");
    assert!(answer(&answers, "trash").starts_with("readable in "), "{answers:#?}");
    assert!(answer(&answers, "comments").contains("inline comments"), "{answers:#?}");
    assert!(answer(&answers, "edition").starts_with("version "), "{answers:#?}");
    assert!(answer(&answers, "ids").contains("pages: digits"), "{answers:#?}");
    assert_eq!(answers.len(), 12);
    assert!(server.requests().iter().all(|entry| entry.method == "GET"));
}

#[tokio::test]
async fn an_admin_key_that_a_run_needs_and_does_not_find_is_fatal_and_only_then() {
    for (asked_for, has_key, state, status) in [
        (true, false, CheckState::Fatal, ExitStatus::Authentication),
        (false, false, CheckState::Note, ExitStatus::Complete),
        (true, true, CheckState::Note, ExitStatus::Complete),
    ] {
        let server = serve_as(ServedAs::Cloud, FaultPlan::none()).await;
        let ends = has_key.then(|| chrono::Utc::now() + chrono::TimeDelta::minutes(30));
        server.change_site(|site| site.admin_key = ends);
        let settings = ConnectionSettings { admin_key: asked_for, ..settings_as(&server, &server.token()) };
        let diagnosis = diagnose(&server, settings).await;
        assert_eq!(finding(&diagnosis, "admin key").state, state, "{:#?}", diagnosis.findings);
        assert_eq!(diagnosis.status(), status);
    }
}
