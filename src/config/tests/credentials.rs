//! Which credentials a configuration sets: one kind, complete, every value in its own place.

use confluence_client::{Credentials, Deployment};
use secrecy::ExposeSecret;

use super::{FILLED, TestFolders};
use crate::config::FILE_NAME;

const CLOUD: &str = "https://acme.atlassian.net";
const SELF_HOSTED: &str = "https://wiki.example.com";
const USER: (&str, &str) = ("API_USER", "me@acme.example");
const TOKEN: (&str, &str) = ("API_TOKEN", "a-token");
const ID: (&str, &str) = ("CLIENT_ID", "Xy0aClient-id_1");
const SECRET: (&str, &str) = ("CLIENT_SECRET", "ATOAsecret");
/// A personal access token of Data Center: `123456789012:` and 20 bytes.
const PAT: &str = "MTIzNDU2Nzg5MDEyOnh5enh5enh5enh5enh5enh5enh5";

/// Returns folders without a file, with these variables.
fn with(site: &str, values: &[(&str, &str)]) -> TestFolders {
    let folders = TestFolders::new().variable("CONFLUENCE_BASE_URL", site);
    values.iter().fold(folders, |folders, (name, value)| folders.variable(&format!("CONFLUENCE_{name}"), value))
}

fn credentials(folders: &TestFolders) -> String {
    match folders.config(&[]).connection.credentials {
        Credentials::Basic { user, secret } => format!("basic {user} {}", secret.expose_secret()),
        Credentials::Bearer { secret } => format!("bearer {}", secret.expose_secret()),
        Credentials::ClientCredentials { id, secret } => format!("client {id} {}", secret.expose_secret()),
    }
}

#[test]
fn each_kind_of_credentials_is_recognised() {
    for (values, kind) in [
        (vec![USER, TOKEN], "basic me@acme.example a-token"),
        (vec![TOKEN], "bearer a-token"),
        (vec![("API_TOKEN", PAT)], "bearer MTIzNDU2Nzg5MDEyOnh5enh5enh5enh5enh5enh5enh5"),
        (vec![("API_TOKEN", "ATSTT3xFfGF0")], "bearer ATSTT3xFfGF0"),
        (vec![ID, SECRET], "client Xy0aClient-id_1 ATOAsecret"),
    ] {
        assert_eq!(credentials(&with(CLOUD, &values)), kind);
    }
    let file = FILLED.replace("api_user = file@acme.example\n", "api_user =\n");
    assert_eq!(credentials(&TestFolders::with_file(&file)), "bearer from-the-file", "an empty user is none");
}

#[test]
fn placeholders_of_the_template_do_not_count_next_to_a_service_account() {
    let file = super::TEMPLATE
        .replace("#client_id =", "client_id = id-1")
        .replace("#client_secret =", "client_secret = secret-1")
        .replace("your-domain", "acme");
    assert_eq!(credentials(&TestFolders::with_file(&file)), "client id-1 secret-1");
    let file = super::TEMPLATE.replace("your_api_token_here", "a-token").replace("your-domain", "acme");
    let failure = TestFolders::with_file(&file).failure(&[]);
    assert!(failure.what.contains("`api_user` is not filled in ("), "not taken for a bearer token: {failure}");
    assert!(failure.what.ends_with("remove it if `api_token` is a token that is used without a user"), "{failure}");
}

#[test]
fn two_kinds_at_once_are_refused_with_the_place_of_both() {
    for values in [vec![USER, TOKEN, ID, SECRET], vec![TOKEN, ID, SECRET], vec![USER, ID, SECRET], vec![TOKEN, ID]] {
        let failure = with(CLOUD, &values).failure(&[]);
        assert!(failure.what.starts_with("two kinds of credentials are set: `api_"), "{failure}");
        assert!(failure.what.contains("`client_id` (environment variable CONFLUENCE_CLIENT_ID)"), "{failure}");
    }
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_CLIENT_SECRET", "s");
    let failure = folders.failure(&[]);
    assert!(failure.what.contains(&format!("{FILE_NAME}:4) and `client_secret` (environment")), "{failure}");
    assert!(failure.remedy.unwrap().contains("keep one kind"));
}

#[test]
fn half_of_a_pair_is_refused_by_name() {
    for (set, missing) in [(ID, "client_secret"), (SECRET, "client_id"), (USER, "api_token")] {
        let failure = with(CLOUD, &[set]).failure(&[]);
        assert_eq!(failure.what, format!("the configuration is incomplete: `{missing}` is not set"));
    }
    let failure = with(CLOUD, &[]).failure(&[]);
    assert_eq!(failure.what, "the configuration is incomplete: no credentials are set");
}

#[test]
fn a_secret_in_the_place_of_another_value_is_refused_and_not_shown() {
    let api_token = "ATATT3xFfGF0verysecret";
    for (values, key, why) in [
        (vec![("API_USER", PAT), TOKEN], "api_user", "a personal access token, which belongs under `api_token`"),
        (vec![("API_USER", api_token), TOKEN], "api_user", "an API token, which belongs under `api_token`"),
        (vec![("CLIENT_ID", PAT), SECRET], "client_id", "a personal access token, which belongs under `api_token`"),
        (vec![("CLIENT_ID", "ATOAverysecret"), SECRET], "client_id", "which belongs under `client_secret`"),
        (vec![("CLIENT_ID", "me@acme.example"), SECRET], "client_id", "an e-mail address"),
        (vec![("CLIENT_ID", "an id"), SECRET], "client_id", "whitespace"),
        (vec![("CLIENT_ID", "id\u{200b}"), SECRET], "client_id", "characters that no client id has"),
        (vec![ID, ("CLIENT_SECRET", api_token)], "client_secret", "an API token, which belongs under `api_token`"),
        (vec![ID, ("CLIENT_SECRET", PAT)], "client_secret", "a personal access token"),
        (vec![ID, ("CLIENT_SECRET", "client_secret=verysecret")], "client_secret", "begins with the name of a key"),
        (vec![ID, ("CLIENT_SECRET", "very secret")], "client_secret", "whitespace"),
        (vec![("API_TOKEN", "ATOAverysecret")], "api_token", "a client secret, which belongs under `client_secret`"),
        (vec![USER, ("API_TOKEN", PAT)], "api_token", "sent without a user name"),
    ] {
        let failure = with(CLOUD, &values).failure(&[]);
        let origin = format!("environment variable CONFLUENCE_{}: `{key}` ", key.to_uppercase());
        assert!(failure.what.starts_with(&origin), "{failure}");
        assert!(failure.why.as_deref().unwrap().contains(why), "{failure}");
        for secret in ["verysecret", "very secret", &PAT[..8], "me@acme"] {
            assert!(!format!("{failure} {failure:?}").contains(secret), "{failure}");
        }
    }
}

#[test]
fn a_password_of_a_self_hosted_site_may_contain_anything_visible() {
    for password in ["pass word", "päss#wört", "api_token=x", "<x>"] {
        let folders = with(SELF_HOSTED, &[("API_USER", "admin"), ("API_TOKEN", password)]);
        assert_eq!(credentials(&folders), format!("basic admin {password}"));
        let why = with(CLOUD, &[USER, ("API_TOKEN", password)]).failure(&[]).why;
        assert!(why.is_some(), "no API token looks like {password}");
    }
    let failure = with(SELF_HOSTED, &[("API_USER", "admin"), ("API_TOKEN", "pass\u{200b}word")]).failure(&[]);
    assert!(failure.what.ends_with("`api_token` cannot be used"), "{failure}");
}

#[test]
fn a_secret_from_a_file_or_standard_input_belongs_to_the_client_id_if_there_is_one() {
    let mut folders = with(CLOUD, &[ID]);
    folders.write("secret", "from-the-secret-file\n");
    folders.stdin = "from-stdin\n";
    for (flags, kind) in [
        (vec!["--token-file", "secret"], "client Xy0aClient-id_1 from-the-secret-file"),
        (vec!["--token-stdin"], "client Xy0aClient-id_1 from-stdin"),
    ] {
        let Credentials::ClientCredentials { id, secret } = folders.config(&flags).connection.credentials else {
            panic!("{flags:?}")
        };
        assert_eq!(format!("client {id} {}", secret.expose_secret()), kind);
    }
    folders.stdin = "\n";
    assert!(folders.failure(&["--token-stdin"]).what.contains("`client_secret` is empty (--token-stdin)"));
    let mut bearer = with(CLOUD, &[]);
    bearer.stdin = "from-stdin\n";
    let credentials = bearer.config(&["--token-stdin"]).connection.credentials;
    assert!(matches!(&credentials, Credentials::Bearer { secret } if secret.expose_secret() == "from-stdin"));
}

#[test]
fn no_secret_is_in_any_debug_output() {
    for values in [
        vec![USER, ("API_TOKEN", "verysecret")],
        vec![("API_TOKEN", "verysecret")],
        vec![ID, ("CLIENT_SECRET", "verysecret")],
    ] {
        let loaded = with(CLOUD, &values).load(&[]).unwrap();
        assert!(!format!("{loaded:?} {:#?}", loaded.value).contains("verysecret"));
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_a_client_secret_that_others_can_read_causes_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folders = TestFolders::with_file(&format!(
        "[confluence]\nbase_url = {CLOUD}\nclient_id = id-1\nclient_secret = secret-1\n"
    ));
    let path = folders.working.path().join(FILE_NAME);
    assert_eq!(folders.load(&[]).unwrap().warnings, []);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let warnings = folders.load(&[]).unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].lines().text().contains(&format!("chmod 600 {}", path.display())), "{warnings:?}");
}

#[test]
fn the_kind_of_the_site_and_the_hosts_of_atlassian_reach_the_connection() {
    let id = "1a2b3c4d-0000-4000-8000-0123456789ab";
    let file = format!("{FILLED}deployment = gateway\ncloud_id = {id}\n[audit]\nmax_quota_wait = 2h\n");
    let folders = TestFolders::with_file(&file).variable("CONFLUENCE_GATEWAY_URL", "http://127.0.0.1:9/");
    let connection = folders.config(&[]).connection;
    assert_eq!((connection.deployment, connection.cloud_id.as_deref()), (Some(Deployment::Gateway), Some(id)));
    assert_eq!(connection.atlassian.gateway, "http://127.0.0.1:9");
    assert_eq!(connection.atlassian.auth, "https://auth.atlassian.com");
    assert_eq!(connection.max_quota_wait.as_secs(), 7200);
    assert_eq!(folders.config(&["--max-quota-wait", "90s"]).connection.max_quota_wait.as_secs(), 90);
    assert_eq!(TestFolders::with_file(FILLED).config(&[]).connection.max_quota_wait.as_secs(), 65 * 60);
    let failure = TestFolders::with_file(FILLED).variable("CONFLUENCE_DEPLOYMENT", "server").failure(&[]);
    assert!(failure.what.ends_with("`deployment`: invalid value `server`"), "{failure}");
}
