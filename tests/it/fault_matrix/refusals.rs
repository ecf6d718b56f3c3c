//! F-33, F-35, F-43: who refuses, and why. Each sign has words and a remedy of its own, in a run as in `doctor`.

use std::collections::BTreeSet;

use confluence_client::Api;
use confluence_sim::{Fault, Occurrence};
use confluence_storage_analyzer::doctor;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;

use test_support::bench::{Bench, always, answer, on};
use test_support::known;

const HTML: (&str, &str) = ("content-type", "text/html;charset=utf-8");
const VISITOR: &str = r#"{"statusCode":403,"message":"Request rejected because caller cannot access Confluence"}"#;

/// An answer to every request, the words by which a run names it, and those of what to do.
struct Sign {
    answer: Fault,
    status: ExitStatus,
    words: &'static [&'static str],
    remedy: &'static str,
}

fn sign(
    status: ExitStatus,
    number: u16,
    headers: &[(&str, &str)],
    body: &str,
    words: &'static [&'static str],
    remedy: &'static str,
) -> Sign {
    Sign { answer: answer(number, headers, body), status, words, remedy }
}

fn signs() -> Vec<Sign> {
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
        sign(Authentication, 403, &[], VISITOR, &["does not accept the credentials", "403"], "API token belong"),
        sign(Authentication, 403, &[], allowlist, &["IP address of this computer", "not on the allowed"], "allowlist"),
        sign(
            Authentication,
            403,
            &[],
            r#"{"message":"Current user not permitted to use Confluence","statusCode":403}"#,
            &["may not use Confluence", "Current user not permitted"],
            "give this account access to Confluence",
        ),
        sign(Authentication, 401, &captcha, "{}", &["captcha"], "solve the captcha"),
        sign(Authentication, 403, &seraph, "<html><h1>Forbidden</h1></html>", &["captcha", "Forbidden"], "the captcha"),
        sign(
            Authentication,
            403,
            &[],
            r#"{"message":"Policy 7 forbids this"}"#,
            &["refuses this account", "\"Policy 7 forbids this\""],
            "read what the server says",
        ),
        sign(Unreachable, 403, &[HTML], blocked, &["a page with status 403", "Blocked by Example"], "firewall"),
        sign(Unreachable, 401, &[HTML], login, &["a login page", "Welcome"], "wants a login in a browser"),
        sign(Unreachable, 200, &[HTML], login, &["a login page", "Welcome"], "wants a login in a browser"),
        sign(Unreachable, 200, &[HTML], blocked, &["a page", "Blocked by Example"], "firewall"),
        sign(Unreachable, 302, &sso, "", &["https://sso.acme.example", "login page"], "wants a login in a browser"),
        sign(Unreachable, 301, &moved, "", &["https://wiki.acme.example", "moved"], "the address that the redirect"),
        sign(Unreachable, 302, &moved, "", &["https://wiki.acme.example", "moved"], "the address that the redirect"),
        sign(Unreachable, 404, &[HTML], unknown, &["no site of this name", "Page Unavailable"], "name of the site"),
        sign(Unreachable, 404, &[HTML], unavailable, &["no site of this name"], "name of the site"),
        sign(Unreachable, 404, &[], r#"{"message":"null for uri"}"#, &["status 404"], "other products only"),
        sign(Unreachable, 511, &[HTML], login, &["511", "Welcome"], "log in to the network"),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_sign_has_its_words_and_its_remedy_in_a_run_as_in_doctor_f_33_f_35_f_43() {
    for Sign { answer, status, words, remedy } in signs() {
        let bench = Bench::known(always("*", answer)).await;
        let run = bench.run().await;
        let failure = run.failure();
        assert_eq!(run.status(), status, "{failure}");
        let why = failure.why.as_deref().unwrap();
        assert!(words.iter().all(|word| why.contains(word)), "{words:?}: {failure}");
        let told = failure.remedy.as_deref().unwrap();
        assert!(told.contains(remedy), "{remedy}: {failure}");
        assert!(run.requests <= 2, "{}", run.requests);

        let diagnosis = doctor::examine(&Api::new(bench.settings()).unwrap()).await;
        let account = diagnosis.findings.iter().find(|finding| finding.subject == "account").unwrap();
        assert_eq!((account.found.as_str(), account.remedy.as_deref()), (why, Some(told)));
        assert_eq!(diagnosis.status(), status);
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_refuses_credentials_speaks_of_a_token_first_f_35() {
    let mut remedies = BTreeSet::new();
    for (place, Sign { answer, words, .. }) in signs().into_iter().enumerate() {
        let run = Bench::known(always("*", answer)).await.run().await;
        let failure = run.failure();
        assert_eq!(failure.to_string().contains("credentials"), place == 0, "{words:?}: {failure}");
        remedies.insert(failure.remedy.clone().unwrap());
    }
    assert!(remedies.len() >= 10, "{remedies:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_filter_in_place_of_one_body_is_that_page_s_gap_f_33() {
    let plan = always("/wiki/api/v2/pages", test_support::bench::without(known::REFERRER, "/body"));
    let blocked = answer(403, &[HTML], "<html><title>Blocked: confidential</title></html>");
    let alone = format!("/wiki/api/v2/pages/{}", known::REFERRER);
    let bench = Bench::known(test_support::bench::also(plan, &alone, Occurrence::From(1), blocked)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    let reason = run.reason(UnitKind::Body);
    assert!(reason.contains("Blocked: confidential") && !reason.contains("denied"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_computer_that_leaves_the_allowlist_on_the_way_stops_the_run_f_37() {
    let refusal = answer(403, &[], r#"{"errorMessages":["The IP address is not on the allowlist"]}"#);
    let bench = Bench::known(on("*", Occurrence::From(20), refusal)).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert!(!run.reading().audit.complete);
    let stopped = run.reading().stopped.as_ref().unwrap().to_string();
    assert!(stopped.contains("IP address of this computer"), "{stopped}");
    assert!(run.requests < 40, "{}", run.requests);
}
