//! F-33, F-35, F-43: responses that refuse access. Each has its own message and remedy, in a run and in `doctor`.

use std::collections::BTreeSet;

use confluence_client::Api;
use confluence_sim::{Fault, Occurrence};
use confluence_storage_analyzer::doctor::{self, ProbedSite};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;

use test_support::harness::{Harness, always, on, response};
use test_support::known_site;

const HTML: (&str, &str) = ("content-type", "text/html;charset=utf-8");
const NO_ACCESS: &str = r#"{"statusCode":403,"message":"Request rejected because caller cannot access Confluence"}"#;

/// A response to every request, with the words expected in the message and in the remedy.
struct RefusalCase {
    response: Fault,
    status: ExitStatus,
    words: &'static [&'static str],
    remedy: &'static str,
}

fn refusal_case(
    status: ExitStatus,
    number: u16,
    headers: &[(&str, &str)],
    body: &str,
    words: &'static [&'static str],
    remedy: &'static str,
) -> RefusalCase {
    RefusalCase { response: response(number, headers, body), status, words, remedy }
}

fn refusal_cases() -> Vec<RefusalCase> {
    use ExitStatus::{Authentication, Unreachable};
    let allowlist = r#"{"errorMessages":["The IP address has been rejected because it is not on the allowed list. See your admin for more information."],"errors":{}}"#;
    let captcha = [("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://acme.example/login.jsp")];
    let seraph = [("x-seraph-loginreason", "AUTHENTICATION_DENIED"), HTML];
    let moved = [("location", "https://wiki.acme.example/wiki/rest/api/user/current")];
    let sso = [("location", "https://sso.acme.example/saml2?back=%2Fwiki")];
    let unknown = "<!DOCTYPE html><html><head><title>Atlassian Cloud Notifications - Page Unavailable</title></head>\
        <body><h1>Page unavailable</h1></body></html>";
    let unavailable =
        "<html><title>Oops</title><body>Your Atlassian Cloud site is currently unavailable.</body></html>";
    let blocked = "<html><head><title>Blocked by Example Gateway</title></head><body>Category: wiki</body></html>";
    let login = r#"<html><head><title>Welcome</title></head><form><input name="SAMLRequest"/></form></html>"#;
    vec![
        refusal_case(Authentication, 403, &[], NO_ACCESS, &["rejects the credentials", "403"], "API token belong"),
        refusal_case(
            Authentication,
            403,
            &[],
            allowlist,
            &["IP address of this computer", "not on the allowed"],
            "allowlist",
        ),
        refusal_case(
            Authentication,
            403,
            &[],
            r#"{"message":"Current user not permitted to use Confluence","statusCode":403}"#,
            &["may not use Confluence", "Current user not permitted"],
            "give this account access to Confluence",
        ),
        refusal_case(Authentication, 401, &captcha, "{}", &["captcha"], "solve the captcha"),
        refusal_case(
            Authentication,
            403,
            &seraph,
            "<html><h1>Forbidden</h1></html>",
            &["captcha", "Forbidden"],
            "the captcha",
        ),
        refusal_case(
            Authentication,
            403,
            &[],
            r#"{"message":"Policy 7 forbids this"}"#,
            &["refuses this account", "\"Policy 7 forbids this\""],
            "read the server's message",
        ),
        refusal_case(Unreachable, 403, &[HTML], blocked, &["a page with status 403", "Blocked by Example"], "firewall"),
        refusal_case(Unreachable, 401, &[HTML], login, &["a login page", "Welcome"], "requires a login in a browser"),
        refusal_case(Unreachable, 200, &[HTML], login, &["a login page", "Welcome"], "requires a login in a browser"),
        refusal_case(Unreachable, 200, &[HTML], blocked, &["a page", "Blocked by Example"], "firewall"),
        refusal_case(
            Unreachable,
            302,
            &sso,
            "",
            &["https://sso.acme.example", "login page"],
            "requires a login in a browser",
        ),
        refusal_case(
            Unreachable,
            301,
            &moved,
            "",
            &["https://wiki.acme.example", "moved"],
            "the address that the redirect",
        ),
        refusal_case(
            Unreachable,
            302,
            &moved,
            "",
            &["https://wiki.acme.example", "moved"],
            "the address that the redirect",
        ),
        refusal_case(
            Unreachable,
            404,
            &[HTML],
            unknown,
            &["a page for an unknown site", "Page Unavailable"],
            "site name in base_url",
        ),
        refusal_case(Unreachable, 404, &[HTML], unavailable, &["a page for an unknown site"], "site name in base_url"),
        refusal_case(Unreachable, 404, &[], r#"{"message":"null for uri"}"#, &["status 404"], "other products only"),
        refusal_case(Unreachable, 511, &[HTML], login, &["511", "Welcome"], "log in to the network"),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_refusal_has_its_message_and_remedy_in_a_run_and_in_doctor_f_33_f_35_f_43() {
    for RefusalCase { response, status, words, remedy } in refusal_cases() {
        let harness = Harness::known(always("*", response)).await;
        let run = harness.run().await;
        let failure = run.failure();
        assert_eq!(run.status(), status, "{failure}");
        let why = failure.why.as_deref().unwrap();
        assert!(words.iter().all(|word| why.contains(word)), "{words:?}: {failure}");
        let shown_remedy = failure.remedy.as_deref().unwrap();
        assert!(shown_remedy.contains(remedy), "{remedy}: {failure}");
        assert!(run.requests <= 2, "{}", run.requests);

        let diagnosis = doctor::examine(&ProbedSite::new(&Api::new(harness.settings()).unwrap())).await;
        let account = diagnosis.findings.iter().find(|finding| finding.subject == "account").unwrap();
        assert_eq!((account.found.as_str(), account.remedy.as_deref()), (why, Some(shown_remedy)));
        assert_eq!(diagnosis.status(), status);
    }
}

#[tokio::test(start_paused = true)]
async fn only_rejected_credentials_mention_the_token_first_f_35() {
    let mut remedies = BTreeSet::new();
    for (position, RefusalCase { response, words, .. }) in refusal_cases().into_iter().enumerate() {
        let run = Harness::known(always("*", response)).await.run().await;
        let failure = run.failure();
        assert_eq!(failure.to_string().contains("credentials"), position == 0, "{words:?}: {failure}");
        remedies.insert(failure.remedy.clone().unwrap());
    }
    assert!(remedies.len() >= 10, "{remedies:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_filter_page_instead_of_a_body_is_a_gap_of_that_page_f_33() {
    let plan = always("/wiki/api/v2/pages", test_support::harness::without(known_site::REFERRER, "/body"));
    let blocked = response(403, &[HTML], "<html><title>Blocked: confidential</title></html>");
    let alone = format!("/wiki/api/v2/pages/{}", known_site::REFERRER);
    let harness = Harness::known(test_support::harness::also(plan, &alone, Occurrence::From(1), blocked)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    let reason = run.reason(UnitKind::Body);
    assert!(reason.contains("Blocked: confidential") && !reason.contains("denied"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_computer_removed_from_the_allowlist_stops_the_run_f_37() {
    let refusal = response(403, &[], r#"{"errorMessages":["The IP address is not on the allowlist"]}"#);
    let harness = Harness::known(on("*", Occurrence::From(20), refusal)).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert!(!run.audit_run().audit.complete);
    let stopped = run.audit_run().stopped.as_ref().unwrap().to_string();
    assert!(stopped.contains("IP address of this computer"), "{stopped}");
    assert!(run.requests < 40, "{}", run.requests);
}
