//! Finding out what a site is, and trying the forms of the credentials that fit.

use super::server::{Reply, Seen, Site};
use super::*;
use crate::{Api, AtlassianHosts, ConnectError, ConnectErrorKind, Deployment};

const KNOWN: &str = r#"{"type":"known","accountId":"557058:a","displayName":"Ann"}"#;
const VISITOR: &str = r#"{"message":"403 FORBIDDEN \"Request rejected because caller cannot access Confluence\""}"#;
const TENANT: &str = r#"{"cloudId":"1-a"}"#;
const PAT: &str = "NjcwMDE4Njg5NTEyOs8a0b1c2d3e4f5a6b7c8d9e0f1a";

fn missing() -> Reply {
    Reply::with(404, "content-type: text/html\r\n", "<html><title>Not found</title></html>")
}

/// A site of Confluence Cloud whose own host responds like this to the account.
async fn cloud(user: fn() -> Reply) -> Site {
    Site::new(move |seen| match seen.path().as_str() {
        "/_edge/tenant_info" => Reply::json(TENANT),
        "/wiki/rest/api/user/current" => user(),
        _ => missing(),
    })
    .await
}

/// Data Center below a context path.
async fn data_center(context: &'static str, user: fn() -> Reply) -> Site {
    Site::new(move |seen| match seen.path().strip_prefix(context) {
        Some("/rest/api/server-information") => Reply::json(r#"{"version":"10.0.3","buildNumber":"1"}"#),
        Some("/rest/api/user/current") => user(),
        Some("/rest/oauth2/latest/token") => Reply::json(r#"{"access_token":"t","expires_in":3600}"#),
        _ => missing(),
    })
    .await
}

/// Atlassian's gateway for a site, which accepts everything that is not refused here.
async fn gateway(user: fn() -> Reply) -> Site {
    Site::new(move |seen| match seen.path().as_str() {
        "/ex/confluence/1-a/wiki/rest/api/user/current" => user(),
        _ => missing(),
    })
    .await
}

fn settings(base_url: String, credentials: Credentials, gateway: &Site) -> ConnectionSettings {
    let mut settings = ConnectionSettings::new(base_url, credentials);
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(42);
    settings.atlassian = AtlassianHosts { gateway: gateway.base_url(), auth: gateway.base_url() };
    settings
}

fn basic() -> Credentials {
    Credentials::basic("me@example.com", TOKEN.into())
}

fn known() -> Reply {
    Reply::json(KNOWN)
}

fn refused() -> Reply {
    Reply::status(403, "", VISITOR)
}

fn dead() -> Reply {
    Reply::status(401, "", "{}")
}

/// Returns the paths that were requested with credentials.
fn logins(site: &Site) -> Vec<String> {
    site.seen().iter().filter(|seen| seen.header("authorization").is_some()).map(Seen::path).collect()
}

fn kind(result: &Result<Api, ConnectError>) -> ConnectErrorKind {
    result.as_ref().unwrap_err().kind
}

#[tokio::test(start_paused = true)]
async fn an_unscoped_token_connects_at_the_site_and_the_gateway_never_sees_it() {
    let (site, gateway) = (cloud(known).await, gateway(known).await);
    let api = Api::connect(settings(site.base_url(), basic(), &gateway)).await.unwrap();
    assert_eq!(api.deployment(), Deployment::Cloud);
    let summary = format!("Confluence Cloud at {}/wiki, with an e-mail address and an API token", site.base_url());
    assert_eq!(api.connection_summary(), summary);
    assert_eq!(api.hosts_with_secrets(), ["127.0.0.1"]);
    assert_eq!((logins(&site).len(), gateway.count()), (1, 0));
    // the run's first question after its account has been answered already
    assert!(api.current_user().await.unwrap().value.is_known());
    assert_eq!(logins(&site).len(), 1);
    let counts = api.client().requests();
    assert_eq!((counts.of(RequestKind::SiteDiscovery), counts.of(RequestKind::CurrentUser)), (1, 1));
    assert!(api.current_user().await.is_ok() && logins(&site).len() == 2);
}

#[tokio::test(start_paused = true)]
async fn a_scoped_token_at_the_address_of_the_site_connects_through_the_gateway() {
    let page =
        || Reply::with(401, "content-type: text/html\r\n", "<html><title>HTTP Status 401 – Unauthorized</title>");
    let anonymous = || Reply::json(r#"{"type":"anonymous"}"#);
    for refused in [page as fn() -> Reply, refused, dead, anonymous] {
        let (site, gateway) = (cloud(refused).await, gateway(known).await);
        let api = Api::connect(settings(format!("{}/wiki/", site.base_url()), basic(), &gateway)).await.unwrap();
        assert_eq!(api.deployment(), Deployment::Gateway);
        assert_eq!(api.address().base_url(), format!("{}/wiki", site.base_url()), "as in a browser");
        assert!(api.connection_summary().ends_with("through the gateway with a scoped token"));
        assert_eq!((logins(&site).len(), logins(&gateway).len()), (1, 1));
        let counts = api.client().requests();
        assert_eq!((counts.of(RequestKind::SiteDiscovery), counts.of(RequestKind::CurrentUser)), (2, 1));
        assert_eq!(counts.total(), u64::try_from(site.count() + gateway.count()).unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_pair_fails_twice_and_no_more() {
    let (site, gateway) = (cloud(refused).await, gateway(dead).await);
    let error = Api::connect(settings(site.base_url(), basic(), &gateway)).await.unwrap_err();
    assert_eq!(error.kind, ConnectErrorKind::Authentication);
    assert!(error.message.ends_with("the gateway for scoped tokens does not accept them either"), "{error}");
    assert!(!error.remedy.is_empty() && !error.to_string().contains(TOKEN));
    assert_eq!((logins(&site).len(), logins(&gateway).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_configured_deployment_is_the_only_one_that_sees_the_secret() {
    let (site, gateway) = (cloud(refused).await, gateway(known).await);
    let only = |deployment| ConnectionSettings {
        deployment: Some(deployment),
        ..settings(site.base_url(), basic(), &gateway)
    };
    assert_eq!(kind(&Api::connect(only(Deployment::Cloud)).await), ConnectErrorKind::Authentication);
    assert_eq!((site.count(), gateway.count()), (1, 0), "nothing has to be found out");
    assert_eq!(Api::connect(only(Deployment::Gateway)).await.unwrap().deployment(), Deployment::Gateway);
    assert_eq!((logins(&site).len(), logins(&gateway).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_secret_for_data_center_never_goes_to_another_host() {
    for context in ["", "/confluence", "/wiki", "/tools/docs"] {
        for credentials in [basic(), Credentials::bearer(TOKEN.into()), Credentials::client("id", TOKEN.into())] {
            let (site, gateway) = (data_center(context, known).await, gateway(known).await);
            let base_url =
                if context == "/tools/docs" { format!("{}{context}", site.base_url()) } else { site.base_url() };
            let api = Api::connect(settings(base_url, credentials, &gateway)).await.unwrap();
            assert_eq!(api.deployment(), Deployment::DataCenter);
            assert_eq!(api.address().base_url(), format!("{}{context}", site.base_url()));
            assert!(api.connection_summary().starts_with("Confluence Data Center 10.0.3 at"));
            let path = format!("{context}/rest/api/user/current");
            assert_eq!((logins(&site), gateway.count()), (vec![path], 0));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_data_center_address_with_a_wrong_path_is_corrected_in_one_line() {
    let (site, gateway) = (data_center("/confluence", known).await, gateway(known).await);
    for written in ["", "/wiki", "/confluence/dashboard"] {
        let base_url = format!("{}{written}", site.base_url());
        let api = Api::connect(settings(base_url.clone(), basic(), &gateway)).await.unwrap();
        assert_eq!(api.address().base_url(), format!("{}/confluence", site.base_url()));
        let correction = format!("(base_url is {base_url})");
        assert!(api.connection_summary().ends_with(&correction), "{}", api.connection_summary());
    }
}

#[tokio::test(start_paused = true)]
async fn data_center_is_recognised_by_its_refusals_and_by_older_versions() {
    const TOMCAT: &str = "<html><title>HTTP Status 401 – Unauthorized</title></html>";
    let signs: [fn() -> Reply; 4] = [
        || Reply::status(401, "", r#"{"message":"login required"}"#),
        || Reply::with(403, "content-type: text/html\r\nx-confluence-request-time: 1\r\n", "<html>no</html>"),
        || Reply::with(401, "content-type: text/html\r\n", TOMCAT),
        || Reply::status(404, "", r#"{"message":"null for uri","status-code":404}"#),
    ];
    for sign in signs {
        let site = Site::new(move |seen| match seen.path().as_str() {
            "/confluence/rest/api/server-information" => sign(),
            "/confluence/rest/api/user/current" => Reply::json(r#"{"type":"known","username":"ann","userKey":"8a7f"}"#),
            _ => missing(),
        })
        .await;
        let gateway = gateway(known).await;
        let pat = Credentials::bearer(TOKEN.into());
        let api = Api::connect(settings(site.base_url(), pat, &gateway)).await.unwrap();
        let summary = format!("Confluence Data Center at {}/confluence, with a personal access token", site.base_url());
        assert!(api.connection_summary().starts_with(&summary), "{}", api.connection_summary());
        assert_eq!(api.current_user().await.unwrap().value.account_id.as_deref(), Some("8a7f"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_without_confluence_and_settings_that_contradict_each_other_send_no_secret() {
    let (site, gateway) = (Site::new(|_| missing()).await, gateway(known).await);
    let at = |change: &dyn Fn(&mut ConnectionSettings)| {
        let mut settings = settings(site.base_url(), basic(), &gateway);
        change(&mut settings);
        settings
    };
    let wrong: [&dyn Fn(&mut ConnectionSettings); 8] = [
        &|_| {},
        &|settings| {
            settings.base_url = "https://acme.atlassian.net".to_owned();
            settings.deployment = Some(Deployment::DataCenter);
        },
        &|settings| {
            settings.base_url = "https://api.atlassian.com/ex/confluence/1/wiki".to_owned();
            settings.deployment = Some(Deployment::Cloud);
        },
        &|settings| {
            settings.base_url = "https://api.atlassian.com/ex/confluence/1/wiki".to_owned();
            settings.cloud_id = Some("2".to_owned());
        },
        &|settings| settings.base_url = "https://api.atlassian.com".to_owned(),
        &|settings| {
            settings.deployment = Some(Deployment::Cloud);
            settings.credentials = Credentials::bearer(TOKEN.into());
        },
        &|settings| {
            settings.admin_key = true;
            settings.deployment = Some(Deployment::Gateway);
        },
        &|settings| {
            settings.deployment = Some(Deployment::DataCenter);
            settings.credentials = Credentials::basic("ann", PAT.into());
        },
    ];
    for change in wrong {
        let error = Api::connect(at(change)).await.unwrap_err();
        assert_eq!(error.kind, ConnectErrorKind::Usage, "{error}");
        assert!(!error.remedy.is_empty());
    }
    assert_eq!((logins(&site).len(), gateway.count()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_secret_for_a_site_on_this_computer_does_not_leave_it() {
    let site = cloud(refused).await;
    let mut settings = settings(site.base_url(), basic(), &site);
    settings.atlassian = AtlassianHosts::default();
    let error = Api::connect(settings.clone()).await.unwrap_err();
    assert_eq!((error.kind, logins(&site).len()), (ConnectErrorKind::Authentication, 1));
    settings.credentials = Credentials::bearer(TOKEN.into());
    assert_eq!(kind(&Api::connect(settings).await), ConnectErrorKind::Usage);
}

#[tokio::test(start_paused = true)]
async fn the_gateway_without_a_cloud_id_serves_the_only_site_of_the_token() {
    const SITES: &str = r#"[{"id":"1-a","url":"http://127.0.0.1:7/wiki","scopes":[]}]"#;
    const TWO: &str = r#"[{"id":"1-a","url":"http://127.0.0.1:7"},{"id":"2-b","url":"http://127.0.0.1:8"}]"#;
    let serve = async |sites: &'static str| {
        Site::new(move |seen| match seen.path().as_str() {
            "/oauth/token/accessible-resources" => Reply::json(sites),
            "/oauth/token" => Reply::json(r#"{"access_token":"t","expires_in":3600}"#),
            "/ex/confluence/1-a/wiki/rest/api/user/current" => Reply::json(KNOWN),
            _ => missing(),
        })
        .await
    };
    for credentials in [Credentials::bearer(TOKEN.into()), Credentials::client("id", TOKEN.into())] {
        let gateway = serve(SITES).await;
        let base_url = format!("{}/ex/confluence", gateway.base_url());
        let api = Api::connect(settings(base_url.clone(), credentials.clone(), &gateway)).await.unwrap();
        assert_eq!(api.address().base_url(), "http://127.0.0.1:7/wiki", "as in a browser");
        assert_eq!(api.deployment(), Deployment::Gateway);
        let tokens = gateway.seen().iter().filter(|seen| seen.path() == "/oauth/token").count();
        assert_eq!(
            tokens,
            usize::from(matches!(credentials, Credentials::ClientCredentials { .. })),
            "one token is used"
        );
        let several = serve(TWO).await;
        let base_url = format!("{}/ex/confluence", several.base_url());
        let error = Api::connect(settings(base_url, credentials, &several)).await.unwrap_err();
        assert_eq!(error.kind, ConnectErrorKind::Usage);
        assert!(error.message.contains("2 sites"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_address_of_the_gateway_is_accepted_and_the_server_names_the_site() {
    const NAMED: &str = r#"{"type":"known","accountId":"a","_links":{"base":"http://127.0.0.1:7/wiki"}}"#;
    let gateway = gateway(|| Reply::json(NAMED)).await;
    let base_url = format!("{}/ex/confluence/1-a/wiki", gateway.base_url());
    let api = Api::connect(settings(base_url, basic(), &gateway)).await.unwrap();
    assert_eq!(api.address().base_url(), "http://127.0.0.1:7/wiki");
    assert_eq!(api.client().requests().total(), 1);
    assert!(api.current_user().await.is_ok());
    assert_eq!(gateway.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn login_pages_and_anonymous_views_are_no_connection() {
    let login: fn() -> Reply =
        || Reply::with(200, "content-type: text/html\r\n", "<html><title>Log in to the proxy</title></html>");
    let sso: fn() -> Reply = || Reply::status(302, "location: https://sso.example.com/login\r\n", "");
    for page in [login, sso] {
        let (site, gateway) = (Site::new(move |_| page()).await, gateway(known).await);
        let error = Api::connect(settings(site.base_url(), basic(), &gateway)).await.unwrap_err();
        assert_eq!(error.kind, ConnectErrorKind::Authentication, "{error}");
        assert!(error.message.contains("login page"), "{error}");
        assert_eq!((logins(&site).len(), gateway.count()), (0, 0));
    }
    let anonymous = data_center("", || Reply::json(r#"{"type":"anonymous"}"#)).await;
    let gateway = gateway(known).await;
    let error = Api::connect(settings(anonymous.base_url(), basic(), &gateway)).await.unwrap_err();
    assert_eq!(error.kind, ConnectErrorKind::Authentication);
    assert!(error.message.contains("anonymous"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_site_that_allows_only_single_sign_on_says_what_to_use_instead() {
    let disabled =
        || Reply::status(403, "", r#"{"message":"Basic Authentication has been disabled on this instance."}"#);
    let (site, gateway) = (data_center("", disabled).await, gateway(known).await);
    let error = Api::connect(settings(site.base_url(), basic(), &gateway)).await.unwrap_err();
    assert_eq!(error.kind, ConnectErrorKind::Authentication);
    assert!(error.remedy.contains("personal access token"), "{}", error.remedy);
    assert_eq!(logins(&site).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_is_unreachable_and_not_of_another_kind() {
    let (site, gateway) = (Site::new(|_| Reply::status(503, "", "{}")).await, gateway(known).await);
    assert_eq!(kind(&Api::connect(settings(site.base_url(), basic(), &gateway)).await), ConnectErrorKind::Unreachable);
    assert_eq!((site.count(), logins(&site).len()), (3, 0));
    drop(site);
    let closed = settings("http://127.0.0.1:1".to_owned(), basic(), &gateway);
    assert_eq!(kind(&Api::connect(closed).await), ConnectErrorKind::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn a_token_of_an_account_without_its_user_says_so() {
    let (site, gateway) = (cloud(known).await, gateway(dead).await);
    let token = Credentials::bearer(TOKEN.into());
    let error = Api::connect(settings(site.base_url(), token, &gateway)).await.unwrap_err();
    assert_eq!(error.kind, ConnectErrorKind::Authentication);
    assert!(error.remedy.contains("api_user"), "{}", error.remedy);
    assert_eq!((logins(&site).len(), logins(&gateway).len()), (0, 1));
}

#[test]
fn connecting_can_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    is_send(Api::connect(ConnectionSettings::new("https://a.example", basic())));
}

#[tokio::test(start_paused = true)]
async fn a_scope_that_the_account_itself_needs_is_named() {
    let (site, gateway) = (
        cloud(refused).await,
        gateway(|| Reply::status(401, "x-failure-category: FAILURE_CLIENT_SCOPE_CHECK\r\n", "{}")).await,
    );
    let error = Api::connect(settings(site.base_url(), basic(), &gateway)).await.unwrap_err();
    assert_eq!(error.kind, ConnectErrorKind::Authentication);
    assert!(error.message.contains("read:content-details:confluence"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn only_requests_as_the_administrator_have_the_header_of_the_key() {
    let site = Site::new(|seen| match seen.path().as_str() {
        "/_edge/tenant_info" => Reply::json(TENANT),
        "/wiki/rest/api/user/current" => Reply::json(KNOWN),
        "/wiki/api/v2/admin-key" => {
            Reply::json(r#"{"accountId":"557058:a","expirationTime":"2026-11-29T10:00:00.000Z"}"#)
        }
        _ => Reply::json(r#"{"results":[],"_links":{}}"#),
    })
    .await;
    let settings = ConnectionSettings { admin_key: true, ..settings(site.base_url(), basic(), &site) };
    let api = Api::connect(settings).await.unwrap();
    let key = api.admin_key().await.unwrap().unwrap();
    assert_eq!(key.expires_at.to_rfc3339(), "2026-11-29T10:00:00+00:00");
    api.without_admin_key().labels(crate::api::ListOrder::Forward, |_| {}).await.end.unwrap();
    api.labels(crate::api::ListOrder::Forward, |_| {}).await.end.unwrap();
    let with_key: Vec<_> = site.seen().iter().map(|seen| seen.header("atl-confluence-with-admin-key")).collect();
    let yes = || Some("true".to_owned());
    assert_eq!(with_key, [None, yes(), yes(), None, yes()]);
    assert_eq!(api.client().requests().of(RequestKind::Labels), 2, "counters are shared");
    let none = Site::new(|_| Reply::status(404, "", r#"{"errors":[{"title":"No key","detail":"none"}]}"#)).await;
    let without = Api::new(ConnectionSettings { base_url: none.base_url(), ..ConnectionSettings::new("", basic()) });
    assert_eq!(without.unwrap().admin_key().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_refused_form_says_what_to_do_about_this_form() {
    type Case = (Option<Deployment>, Credentials, fn() -> Reply, &'static str);
    let cases: [Case; 4] = [
        (Some(Deployment::Cloud), basic(), dead, "if it has scopes, remove deployment"),
        (Some(Deployment::Gateway), basic(), dead, "if it has no scopes, use it at the site: remove deployment"),
        (None, Credentials::bearer("a-token".into()), dead, "check that the token is complete"),
        (Some(Deployment::Gateway), basic(), || Reply::status(404, "", "{}"), "check the cloud id"),
    ];
    for (deployment, credentials, answer, remedy) in cases {
        let (site, gateway) = (cloud(dead).await, gateway(answer).await);
        let mut settings = settings(site.base_url(), credentials, &gateway);
        settings.deployment = deployment;
        let error = Api::connect(settings).await.unwrap_err();
        assert!(error.remedy.contains(remedy), "{error}: {}", error.remedy);
    }
}
