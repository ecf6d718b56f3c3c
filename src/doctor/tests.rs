//! Tests of doctor against a healthy site and sites that lack one thing.

pub(super) mod deployments;

use super::*;
use crate::progress::Progress;
use confluence_client::{Api, ConnectionSettings, Credentials};
use confluence_sim::site::{ContentType, Status};
use confluence_sim::workflow::WorkflowApp;
use confluence_sim::{DemoServer, Fault, FaultPlan, Occurrence, RoutePattern, sample_site};

async fn serve(faults: FaultPlan) -> DemoServer {
    DemoServer::start_with(sample_site("2026-04-01T08:30:00Z".parse().unwrap()), faults).await.unwrap()
}

fn client_as(server: &DemoServer, token: &str) -> Api {
    Api::new(ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), token.into()))).unwrap()
}

fn client(server: &DemoServer) -> Api {
    client_as(server, &server.token())
}

fn finding<'a>(diagnosis: &'a Diagnosis, subject: &str) -> &'a CheckResult {
    diagnosis.findings.iter().find(|finding| finding.subject == subject).unwrap()
}

#[tokio::test]
async fn a_healthy_site_has_nothing_missing() {
    let server = serve(FaultPlan::none()).await;
    let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
    assert_eq!(diagnosis.status(), ExitStatus::Complete, "{:#?}", diagnosis.findings);
    assert!(diagnosis.findings.iter().all(|finding| matches!(finding.state, CheckState::Good | CheckState::Note)));
    assert_eq!(finding(&diagnosis, "API").found, "REST v2 works, and v1 for everything that v2 lacks");
    assert!(finding(&diagnosis, "spaces").found.contains("current"));
    assert!(server.requests().iter().all(|entry| entry.method == "GET"));
}

#[tokio::test]
async fn every_refusal_of_the_token_is_distinguished() {
    let server = serve(FaultPlan::none()).await;
    let wrong = examine(&ProbedSite::new(&client_as(&server, "wrong"))).await;
    assert_eq!(wrong.status(), ExitStatus::Authentication);
    assert!(finding(&wrong, "token").found.contains("403"), "{wrong:?}");
    server.change_site(|site| site.behaviour.scoped_token = true);
    let scoped = examine(&ProbedSite::new(&client(&server))).await;
    assert!(finding(&scoped, "token").found.contains("scopes"), "{scoped:?}");
    server.change_site(|site| {
        site.behaviour.scoped_token = false;
        site.behaviour.anonymous_access = true;
    });
    let public = examine(&ProbedSite::new(&client_as(&server, "wrong"))).await;
    assert_eq!(public.status(), ExitStatus::Authentication);
    assert!(finding(&public, "token").found.contains("visitor"), "{public:?}");
}

#[tokio::test]
async fn a_missing_kind_of_content_comes_with_its_cost_and_a_remedy() {
    for (path, subject) in [
        ("/wiki/api/v2/footer-comments", "footer comments"),
        ("/wiki/rest/api/template/page", "page templates"),
        ("/wiki/api/v2/attachments", "attachments"),
    ] {
        let route = RoutePattern::path(path).unwrap();
        let server = serve(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403))).await;
        let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
        assert_eq!(diagnosis.status(), ExitStatus::Incomplete, "{subject}");
        let finding = finding(&diagnosis, subject);
        assert_eq!(finding.state, CheckState::Missing);
        assert!(finding.cost.is_some() && finding.remedy.is_some() && finding.found.contains("403"), "{finding:?}");
    }
}

#[tokio::test]
async fn a_missing_thing_that_no_verdict_depends_on_is_a_note_with_its_cost() {
    for (path, subject) in
        [("/wiki/rest/api/user/bulk", "people"), ("/wiki/rest/api/content/*/download", "sizes of old versions")]
    {
        let route = RoutePattern::path(path).unwrap();
        let server = serve(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403))).await;
        let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
        assert_eq!(diagnosis.status(), ExitStatus::Complete, "{subject}: {:#?}", diagnosis.findings);
        let finding = finding(&diagnosis, subject);
        assert_eq!(finding.state, CheckState::Note);
        assert!(finding.cost.is_some() && finding.remedy.is_some(), "{finding:?}");
    }
    let server = serve(FaultPlan::none()).await;
    assert_eq!(
        finding(&examine(&ProbedSite::new(&client(&server))).await, "sizes of old versions").state,
        CheckState::Good
    );
}

#[tokio::test]
async fn a_site_whose_v2_fails_is_not_mistaken_for_data_center() {
    for (status, is_data_center) in [(500, false), (403, false), (404, true)] {
        let route = RoutePattern::path("/wiki/api/v2/*").unwrap();
        let server = serve(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(status))).await;
        let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
        assert_eq!(diagnosis.status(), ExitStatus::Incomplete);
        let found = &finding(&diagnosis, "API").found;
        assert_eq!(found.contains("Data Center"), is_data_center, "{status}: {found}");
        let spaces = finding(&diagnosis, "spaces");
        assert!(spaces.cost.is_some() && spaces.remedy.is_some(), "{spaces:?}");
    }
}

#[tokio::test]
async fn each_workflow_app_is_reported_and_the_cost_of_its_absence() {
    let server = serve(FaultPlan::none()).await;
    for (app, words) in [
        (WorkflowApp::ComalaCloud, "for Cloud, found by search"),
        (WorkflowApp::ComalaDataCenter, "for Data Center"),
        (WorkflowApp::None, "none found by search"),
    ] {
        server.change_site(|site| site.workflow.app = app);
        let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
        let finding = finding(&diagnosis, "workflow app");
        assert!(finding.found.contains(words), "{app:?}: {finding:?}");
        assert_eq!(finding.cost.is_some(), app == WorkflowApp::None);
    }
}

#[tokio::test]
async fn headers_about_limits_are_shown() {
    let headers = [("content-type", "application/json"), ("x-ratelimit-remaining", "7"), ("x-secret", "s3cret")];
    let response = Fault::Answer {
        status: 200,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: r#"{"results":[]}"#.to_owned(),
    };
    let route = RoutePattern::path("/wiki/api/v2/labels").unwrap();
    let server = serve(FaultPlan::none().on(route, Occurrence::From(1), response)).await;
    let diagnosis = examine(&ProbedSite::new(&client(&server))).await;
    assert_eq!(finding(&diagnosis, "rate limits").found, "x-ratelimit-remaining: 7");
}

fn answer<'a>(answers: &'a [ProbeResult], id: &str) -> &'a str {
    &answers.iter().find(|answer| answer.id == id).unwrap().answer
}

#[tokio::test]
async fn the_probe_reports_how_the_site_behaves() {
    let server = serve(FaultPlan::none()).await;
    let answers = probe(&ProbedSite::new(&client(&server)), &Progress::silent()).await;
    assert!(answer(&answers, "old-size").starts_with("yes"), "{answers:#?}");
    assert!(answer(&answers, "trashed-files").starts_with("listed"), "{answers:#?}");
    assert!(answer(&answers, "file-order").starts_with("yes"));
    assert!(answer(&answers, "page-caps").contains("search with bodies: 50 and more"), "{answers:#?}");
    assert!(answer(&answers, "replies").contains("footer-comments: yes; inline-comments: yes"), "{answers:#?}");
    assert_eq!(answer(&answers, "anonymous"), "nothing: the site refuses visitors");
    assert_eq!(answer(&answers, "deprecated"), "no");
    assert_eq!(answer(&answers, "edition"), "yes: STANDARD");
    assert!(answer(&answers, "files-of-archive").starts_with("in the page's own list"), "{answers:#?}");
    assert!(answer(&answers, "files-of-drafts").starts_with("not known"), "{answers:#?}");
    assert_eq!(answer(&answers, "without-successor"), "yes, all of them");
    assert_eq!(answer(&answers, "search-properties"), "yes, with values");
    assert!(server.requests().iter().all(|entry| entry.method == "GET"));

    server.change_site(|site| {
        site.behaviour.old_versions_answer_current_size = true;
        site.behaviour.comment_lists_with_replies = false;
        site.behaviour.anonymous_access = true;
        site.behaviour.search_without_properties = true;
        let owners: Vec<String> =
            site.attachments.iter().filter_map(|file| file.container.id().map(str::to_owned)).collect();
        let page =
            site.contents.iter_mut().find(|page| page.kind == ContentType::Page && owners.contains(&page.id)).unwrap();
        page.status = Status::Draft;
        site.spaces.iter_mut().for_each(|space| space.public = true);
    });
    let answers = probe(&ProbedSite::new(&client(&server)), &Progress::silent()).await;
    assert!(answer(&answers, "old-size").starts_with("NO"), "{answers:#?}");
    assert_eq!(answer(&answers, "files-of-drafts"), "yes: 1 found");
    assert!(answer(&answers, "replies").contains("footer-comments: no"), "{answers:#?}");
    assert!(answer(&answers, "anonymous").starts_with("public content"), "{answers:#?}");
    assert!(answer(&answers, "search-properties").starts_with("NO"), "{answers:#?}");
}

#[tokio::test]
async fn the_probe_contains_nothing_that_identifies_the_site() {
    let server = serve(FaultPlan::none()).await;
    let answers = probe(&ProbedSite::new(&client(&server)), &Progress::silent()).await;
    let text = serde_json::to_string(&answers).unwrap();
    let (secrets, ids) = server.site(|site| {
        let names = site.spaces.iter().flat_map(|space| [space.key.clone(), space.name.clone()]);
        let titles = site.contents.iter().map(|content| content.title.clone());
        let files = site.attachments.iter().filter_map(|file| Some(file.current()?.title.clone()));
        let people = site.people.iter().map(|person| person.name.clone());
        let own = [site.token.clone(), site.email.clone(), site.account.name.clone()];
        let secrets: Vec<String> = names.chain(titles).chain(files).chain(people).chain(own).collect();
        let ids: Vec<String> = site.contents.iter().map(|content| content.id.clone()).collect();
        (secrets, ids)
    });
    for secret in secrets.iter().filter(|secret| secret.len() > 4).chain(&ids) {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
    assert!(!text.contains("127.0.0.1") && !text.contains("http"), "{text}");
}
