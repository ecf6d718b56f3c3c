//! The table of credentials and kinds of Confluence.

use confluence_client::ConnectErrorKind::{Authentication, Usage};
use confluence_client::{ConnectErrorKind, Credentials, Deployment};
use confluence_sim::CredentialForm::{Basic, Bearer, ClientSecret};
use confluence_sim::Listener::{Auth, Gateway, Site as Own};
use confluence_sim::credentials::CLASSIC_SCOPES;
use confluence_sim::{CredentialForm, DemoServer, Listener, ServedAs, Site};

use super::{connect, seen_by, serve, settings, with_credential};

/// Which host may see a credential, and in which form.
type Sightings = &'static [(Listener, CredentialForm)];

/// How a connection is expected to end: in which deployment, or for what reason; and who sees the credential.
type Expected = (Result<Deployment, ConnectErrorKind>, Sightings);

const AT_SITE: Expected = (Ok(Deployment::Cloud), &[(Own, Basic)]);
const SCOPED: Expected = (Ok(Deployment::Gateway), &[(Own, Basic), (Gateway, Basic)]);
const ONLY_GATEWAY: Expected = (Ok(Deployment::Gateway), &[(Gateway, Basic)]);
const BEARER: Expected = (Ok(Deployment::Gateway), &[(Gateway, Bearer)]);
const CLIENT: Expected = (Ok(Deployment::Gateway), &[(Auth, ClientSecret), (Gateway, Bearer)]);
const REFUSED_TWICE: Expected = (Err(Authentication), &[(Own, Basic), (Gateway, Basic)]);
const PAIR_REFUSED: Expected = (Err(Authentication), &[(Gateway, Basic)]);
const TOKEN_REFUSED: Expected = (Err(Authentication), &[(Gateway, Bearer)]);
const CLIENT_REFUSED: Expected = (Err(Authentication), &[(Auth, ClientSecret)]);
const PASSWORD: Expected = (Ok(Deployment::DataCenter), &[(Own, Basic)]);
const PAT: Expected = (Ok(Deployment::DataCenter), &[(Own, Bearer)]);
/// A personal access token is of Data Center, and goes nowhere else.
const ONLY_OWN: Expected = (Err(Usage), &[]);
const OWN_CLIENT: Expected = (Ok(Deployment::DataCenter), &[(Own, ClientSecret), (Own, Bearer)]);
const OWN_PAIR_REFUSED: Expected = (Err(Authentication), &[(Own, Basic)]);
const OWN_TOKEN_REFUSED: Expected = (Err(Authentication), &[(Own, Bearer)]);
const OWN_CLIENT_REFUSED: Expected = (Err(Authentication), &[(Own, ClientSecret)]);

/// One row: a credential, and how it ends at Cloud, at the address of the gateway, and at Data Center.
type Row = (&'static str, fn(&Site) -> Credentials, Expected, Expected, Expected);

fn basic(user: &str, secret: &str) -> Credentials {
    Credentials::basic(user, secret.into())
}

fn bearer(secret: Option<&str>) -> Credentials {
    Credentials::bearer(secret.unwrap().into())
}

const TABLE: &[Row] = &[
    ("e-mail and unscoped token", |site| basic(&site.email, &site.token), AT_SITE, PAIR_REFUSED, OWN_PAIR_REFUSED),
    (
        "e-mail and scoped token",
        |site| basic(&site.email, &site.credentials.scoped_token.as_ref().unwrap().token),
        SCOPED,
        ONLY_GATEWAY,
        OWN_PAIR_REFUSED,
    ),
    (
        "bearer token of Cloud",
        |site| bearer(site.credentials.bearer_token.as_ref().map(|token| token.token.as_str())),
        BEARER,
        BEARER,
        OWN_TOKEN_REFUSED,
    ),
    (
        "client credentials of Cloud",
        |site| {
            let client = site.credentials.service_account.as_ref().unwrap();
            Credentials::client(client.id.as_str(), client.secret.as_str().into())
        },
        CLIENT,
        CLIENT,
        OWN_CLIENT_REFUSED,
    ),
    (
        "personal access token",
        |site| bearer(site.credentials.personal_access_token.as_deref()),
        ONLY_OWN,
        ONLY_OWN,
        PAT,
    ),
    (
        "user name and password",
        |site| {
            let login = site.credentials.password.as_ref().unwrap();
            basic(&login.user, &login.password)
        },
        REFUSED_TWICE,
        PAIR_REFUSED,
        PASSWORD,
    ),
    (
        "client credentials of Data Center",
        |site| {
            let client = site.credentials.data_center_client.as_ref().unwrap();
            Credentials::client(client.id.as_str(), client.secret.as_str().into())
        },
        CLIENT_REFUSED,
        CLIENT_REFUSED,
        OWN_CLIENT,
    ),
    ("a wrong pair", |_| basic("stranger@example.com", "wrong"), REFUSED_TWICE, PAIR_REFUSED, OWN_PAIR_REFUSED),
    (
        "an expired client secret",
        |site| Credentials::client(site.credentials.service_account.as_ref().unwrap().id.as_str(), "old".into()),
        CLIENT_REFUSED,
        CLIENT_REFUSED,
        OWN_CLIENT_REFUSED,
    ),
    ("a revoked token", |_| Credentials::bearer("revoked".into()), TOKEN_REFUSED, TOKEN_REFUSED, OWN_TOKEN_REFUSED),
];

/// Connects, and checks the result, who saw the credential, and how many logins failed.
async fn check(server: &DemoServer, base_url: &str, name: &str, credentials: Credentials, expected: &Expected) {
    let before = server.requests().len();
    let result = connect(server, base_url, credentials.clone()).await;
    let what = format!("{name} at {base_url}: {:?}", result.as_ref().map(|api| api.connection_summary().to_owned()));
    match (&result, expected.0) {
        (Ok(api), Ok(deployment)) => {
            assert_eq!(api.deployment(), deployment, "{what}");
            assert_eq!(api.address().base_url(), server.site_url(), "as in a browser: {what}");
            assert!(api.connection_summary().contains(&server.site_url()), "{what}");
            assert!(!api.connection_summary().contains('\n'), "{what}");
            let sent = u64::try_from(server.requests().len() - before).unwrap();
            assert_eq!(api.client().requests().total(), sent, "every request is counted: {what}");
            assert!(api.current_user().await.unwrap().value.is_known(), "{what}");
        }
        (Err(error), Err(kind)) => {
            assert_eq!(error.kind, kind, "{what}");
            assert!(!error.message.contains('\n') && !error.remedy.is_empty(), "{what}");
        }
        _ => panic!("{what}"),
    }
    assert_eq!(seen_by(server), expected.1, "{what}");
    let failed = with_credential(server).iter().filter(|request| matches!(request.status, 401 | 403)).count();
    assert!(failed <= 2, "{failed} failed logins: {what}");
    assert!(server.requests().iter().all(|request| request.host.starts_with("127.0.0.1:")), "{what}");
}

#[tokio::test(start_paused = true)]
async fn every_credential_is_right_at_once_or_refused_with_a_reason() {
    for (name, credentials, cloud, gateway, data_center) in TABLE {
        for (served_as, expected) in [
            (ServedAs::Cloud, cloud),
            (ServedAs::Gateway, gateway),
            (ServedAs::data_center("/confluence"), data_center),
            (ServedAs::data_center(""), data_center),
        ] {
            let server = serve(served_as, |_| {}).await;
            check(&server, server.base_url(), name, server.site(credentials), expected).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn incomplete_and_wrong_paths_are_corrected_before_a_secret_is_sent() {
    for context in ["", "/confluence", "/wiki"] {
        for written in ["", "/", "/wiki", "/confluence/"] {
            let server = serve(ServedAs::data_center(context), |_| {}).await;
            let origin = server.base_url().strip_suffix(context).unwrap().to_owned();
            let base_url = format!("{origin}{written}");
            let pat = server.site(|site| bearer(site.credentials.personal_access_token.as_deref()));
            check(&server, &base_url, "personal access token", pat, &PAT).await;
        }
    }
    let server = serve(ServedAs::Cloud, |_| {}).await;
    let origin = server.base_url().strip_suffix("/wiki").unwrap().to_owned();
    check(&server, &origin, "unscoped token", basic(&server.user(), &server.token()), &AT_SITE).await;
}

#[tokio::test(start_paused = true)]
async fn the_gateway_without_a_cloud_id_serves_the_only_site_of_a_token() {
    for (at, expected) in [(2, BEARER), (3, (CLIENT.0, &[(Auth, ClientSecret), (Gateway, Bearer)][..]))] {
        let (name, credentials, ..) = &TABLE[at];
        let server = serve(ServedAs::Gateway, |_| {}).await;
        let base_url = format!("{}/ex/confluence", server.gateway_origin());
        check(&server, &base_url, name, server.site(credentials), &expected).await;
        let several = serve(ServedAs::Gateway, |site| {
            site.credentials.other_sites.push("https://other.example.com".to_owned());
        })
        .await;
        let base_url = format!("{}/ex/confluence", several.gateway_origin());
        let error = connect(&several, &base_url, several.site(credentials)).await.unwrap_err();
        assert_eq!(error.kind, Usage, "{error}");
        let mut with_id = settings(&several, &base_url, several.site(credentials));
        with_id.cloud_id = Some(several.cloud_id().to_owned());
        let api = confluence_client::Api::connect(with_id).await.unwrap();
        assert_eq!(api.address().base_url(), several.site_url());
    }
    let server = serve(ServedAs::Gateway, |_| {}).await;
    let pair = basic(&server.user(), &server.token());
    let error = connect(&server, &format!("{}/ex/confluence", server.gateway_origin()), pair).await.unwrap_err();
    assert_eq!((error.kind, server.requests().len()), (Usage, 0), "{error}");
    assert!(error.remedy.contains("cloud_id"), "{}", error.remedy);
}

#[tokio::test(start_paused = true)]
async fn refusals_name_their_reason_and_what_to_do() {
    use confluence_sim::site::BasicAuth;
    type Case = (fn(&mut Site), fn(&Site) -> Credentials, &'static str);
    let password: fn(&Site) -> Credentials = TABLE[5].1;
    let cases: [Case; 4] = [
        (|site| site.behaviour.basic_auth = BasicAuth::Disabled, password, "personal access token"),
        (|site| site.behaviour.basic_auth = BasicAuth::LoginPage, password, "login"),
        (|site| site.behaviour.failed_login_is_anonymous = true, |_| basic("admin", "wrong"), "check"),
        (|site| site.behaviour.captcha_after = Some(0), password, "captcha"),
    ];
    for (change, credentials, remedy) in cases {
        let server = serve(ServedAs::data_center("/confluence"), change).await;
        let error = connect(&server, server.base_url(), server.site(credentials)).await.unwrap_err();
        assert_eq!(error.kind, Authentication, "{error}");
        assert!(error.remedy.contains(remedy), "{error}: {}", error.remedy);
        assert!(with_credential(&server).len() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn classic_scopes_and_missing_ones_are_told_from_a_dead_token() {
    use confluence_client::RequestError;
    use confluence_client::api::{CommentKind, ListOrder, SpaceList};
    let classic = serve(ServedAs::Cloud, |site| {
        let client = site.credentials.service_account.as_mut().unwrap();
        client.scopes = CLASSIC_SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    })
    .await;
    let api = connect(&classic, classic.base_url(), classic.site(TABLE[3].1)).await.unwrap();
    let spaces = api.spaces(SpaceList::Current, ListOrder::Forward, |_| {}).await.end.unwrap_err();
    assert!(matches!(spaces, RequestError::ClassicScopes { .. }), "{spaces}");

    let narrow = serve(ServedAs::Cloud, |site| {
        site.credentials.scoped_token.as_mut().unwrap().remove_scope("read:comment:confluence");
    })
    .await;
    let api = connect(&narrow, narrow.base_url(), narrow.site(TABLE[1].1)).await.unwrap();
    api.spaces(SpaceList::Current, ListOrder::Forward, |_| {}).await.end.unwrap();
    let bodies = confluence_client::api::Bodies::LeftOut;
    let comments = api.comments(CommentKind::Footer, bodies, ListOrder::Forward, |_| {}).await.end.unwrap_err();
    assert!(comments.to_string().contains("read:comment:confluence"), "{comments}");
    assert_eq!(api.client().missing_scopes().into_iter().collect::<Vec<_>>(), ["read:comment:confluence"]);
    assert_eq!(api.client().stopped(), None);
}
