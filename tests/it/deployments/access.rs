//! F-35 to F-43 on every kind of Confluence: whatever refuses the account, no run looks complete.

use confluence_client::{Api, ConnectErrorKind, Deployment};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::audit::AuditOptions;
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::{Gap, UnitKind};
use confluence_storage_analyzer::progress::Progress;
use test_support::harness::response;
use test_support::known_site;

use super::served::Served;

const KINDS: [Deployment; 3] = [Deployment::Cloud, Deployment::Gateway, Deployment::DataCenter];

/// A request that every kind of site gets, at its own path.
#[derive(Clone, Copy)]
enum Asked {
    Account,
    ArchivedSpaces,
    BlogPosts,
    Comments,
}

/// The known site, of which visitors see one space.
fn public_site() -> Site {
    let mut site = known_site::site().0.without_cloud_features();
    site.behaviour.anonymous_access = true;
    site.spaces[0].public = true;
    site
}

async fn audit(deployment: Deployment, faults: FaultPlan) -> (Served, AuditRun) {
    let served = Served::start_with(deployment, public_site(), faults).await;
    let (options, rules) = (CrawlOptions::default(), AuditOptions::default());
    let run = crawl_and_audit(&served.api, &options, &rules, &Progress::silent()).await.unwrap();
    (served, run)
}

/// A fault of one request on a kind of site.
fn fault(deployment: Deployment, asked: Asked, from: u32, fault: Fault) -> FaultPlan {
    let is_cloud = deployment.is_cloud();
    let (path, query) = match asked {
        Asked::Account => ("/rest/api/user/current", None),
        Asked::ArchivedSpaces if is_cloud => ("/api/v2/spaces", Some(("status", "archived"))),
        Asked::ArchivedSpaces => ("/rest/api/space", Some(("status", "archived"))),
        Asked::BlogPosts if is_cloud => ("/api/v2/blogposts", None),
        Asked::BlogPosts => ("/rest/api/content/scan", Some(("type", "blogpost"))),
        Asked::Comments if is_cloud => ("/api/v2/footer-comments", None),
        Asked::Comments => ("/rest/api/content/scan", Some(("type", "comment"))),
    };
    let route = RoutePattern::path(&format!("*{path}")).unwrap();
    let route = query.into_iter().fold(route, |route, (name, value)| route.with_query(name, value));
    FaultPlan::none().on(route, Occurrence::From(from), fault)
}

fn identity_gap(run: &AuditRun) -> &Gap {
    let gaps = &run.inventory.coverage.gaps;
    gaps.iter().find(|gap| gap.kind == UnitKind::Identity).unwrap_or_else(|| panic!("{gaps:#?}"))
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_end_before_the_first_list_even_on_a_public_site_f_35_f_36() {
    for deployment in KINDS {
        for refusals in [FaultPlan::none().unauthorized_from(1), FaultPlan::none().anonymous_from(1)] {
            let (server, settings) = Served::prepare(deployment, public_site(), refusals).await;
            let error = Api::connect(settings).await.unwrap_err();
            assert_eq!(error.kind, ConnectErrorKind::Authentication, "{deployment}: {error}");
            let requests = server.requests();
            let logins = requests.iter().filter(|request| request.path.ends_with("/user/current")).count();
            assert!((1..=2).contains(&logins), "{deployment}: {logins}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_during_a_run_never_leave_it_complete_f_37_f_38() {
    for deployment in KINDS {
        let (served, whole) = audit(deployment, FaultPlan::none()).await;
        assert_eq!(whole.status, ExitStatus::Complete, "{deployment}: {:?}", whole.inventory.coverage.gaps);
        let requests = u32::try_from(served.server.requests().len()).unwrap();
        for from in [requests / 4, requests / 2, requests - 2] {
            let (served, run) = audit(deployment, FaultPlan::none().unauthorized_from(from)).await;
            assert_eq!(run.status, ExitStatus::Authentication, "{deployment}, from request {from}");
            assert!(!run.audit.complete);
            let sent = u32::try_from(served.server.requests().len()).unwrap();
            assert!(sent < from + 12, "{deployment}: 8 in flight and two probes: {sent} for {from}");
            let (_, run) = audit(deployment, FaultPlan::none().anonymous_from(from)).await;
            assert_ne!(run.status, ExitStatus::Complete, "{deployment}: anonymous from request {from}");
            assert!(!run.audit.complete);
            identity_gap(&run);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn another_account_at_the_end_makes_the_run_incomplete_f_38() {
    for deployment in KINDS {
        let other = Fault::edit_json(|user| {
            for id in ["accountId", "userKey"] {
                user[id] = "712020:somebody-else".into();
            }
        });
        let (_, run) = audit(deployment, fault(deployment, Asked::Account, 2, other)).await;
        assert!(!run.audit.complete, "{deployment}");
        assert!(format!("{:?}", identity_gap(&run).end).contains("another account"), "{deployment}");
    }
}

#[tokio::test(start_paused = true)]
async fn denied_lists_and_login_pages_are_named_and_leave_the_run_incomplete_f_40_f_43() {
    let html = [("content-type", "text/html")];
    let login = || response(200, &html, r#"<form><input name="SAMLRequest"/></form>"#);
    for deployment in KINDS {
        for (asked, refusal, words) in [
            (Asked::ArchivedSpaces, Fault::status(403), "access denied"),
            (Asked::Comments, Fault::status(403), "access denied"),
            (Asked::BlogPosts, login(), "login page"),
            (Asked::Comments, login(), "login page"),
        ] {
            let (_, run) = audit(deployment, fault(deployment, asked, 1, refusal)).await;
            assert!(!run.audit.complete, "{deployment}: {words}");
            let gaps = &run.inventory.coverage.gaps;
            let names = |gap: &Gap| format!("{:?}", gap.end).contains(words);
            assert!(gaps.iter().any(names), "{deployment}: {gaps:#?}");
        }
    }
}
