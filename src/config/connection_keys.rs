//! Keys of the connection: the site, the credentials, and limits on the requests.

use confluence_client::ConnectionSettings;

use super::config_key::{ConfigKey, KeyType};
use super::connection_values;
use super::key_binding::{KeyBinding, by_flag, by_variable, put, read};
use super::values;
use crate::cli::CONCURRENCY;

/// Flags that read a secret: the client secret if a client id is set, else the token.
const SECRET_FLAGS: &[&str] = &["--token-file", "--token-stdin"];

pub(super) static BASE_URL: ConfigKey = ConfigKey {
    section: "confluence",
    name: "base_url",
    kind: KeyType::Text,
    variables: &["CONFLUENCE_BASE_URL"],
    flags: &[],
    purpose: "Address of the site, e.g. `https://your-domain.atlassian.net/wiki`",
};

pub(super) static API_USER: ConfigKey = ConfigKey {
    section: "confluence",
    name: "api_user",
    kind: KeyType::Text,
    variables: &["CONFLUENCE_API_USER", "CONFLUENCE_EMAIL"],
    flags: &[],
    purpose: "E-mail address of the account that reads the site; on Data Center, its user name",
};

pub(super) static API_TOKEN: ConfigKey = ConfigKey {
    section: "confluence",
    name: "api_token",
    kind: KeyType::Secret,
    variables: &["CONFLUENCE_API_TOKEN"],
    flags: SECRET_FLAGS,
    purpose: "API token of that account, or its password on Data Center; without `api_user`, a bearer token or a \
              personal access token",
};

pub(super) static CLIENT_ID: ConfigKey = ConfigKey {
    section: "confluence",
    name: "client_id",
    kind: KeyType::Text,
    variables: &["CONFLUENCE_CLIENT_ID"],
    flags: &[],
    purpose: "Client id of a service account, instead of `api_user` and `api_token`",
};

pub(super) static CLIENT_SECRET: ConfigKey = ConfigKey {
    section: "confluence",
    name: "client_secret",
    kind: KeyType::Secret,
    variables: &["CONFLUENCE_CLIENT_SECRET"],
    flags: SECRET_FLAGS,
    purpose: "Client secret that belongs to `client_id`",
};

/// The address and the credentials, which have no default.
pub(super) const CREDENTIALS: [&ConfigKey; 5] = [&BASE_URL, &API_USER, &API_TOKEN, &CLIENT_ID, &CLIENT_SECRET];

/// How the site is reached, if the program should not find it out.
pub(super) static SITE: &[KeyBinding<ConnectionSettings>] = &[
    by_variable(
        &["CONFLUENCE_DEPLOYMENT"],
        read(
            "confluence",
            "deployment",
            KeyType::Text,
            |settings, key, value| put(&mut settings.deployment, connection_values::deployment(key, value)),
            "Kind of the site: `cloud`, `gateway` or `datacenter`; empty finds it out",
        ),
    ),
    by_variable(
        &["CONFLUENCE_CLOUD_ID"],
        read(
            "confluence",
            "cloud_id",
            KeyType::Text,
            |settings, key, value| put(&mut settings.cloud_id, connection_values::cloud_id(key, value)),
            "Cloud id of the site, for the gateway; empty reads it from the site",
        ),
    ),
    by_variable(
        &["CONFLUENCE_GATEWAY_URL"],
        read(
            "confluence",
            "gateway_url",
            KeyType::Text,
            |settings, key, value| put(&mut settings.atlassian.gateway, connection_values::origin_of(key, value)),
            "Address of Atlassian's gateway; another one is for tests and private gateways",
        ),
    ),
    by_variable(
        &["CONFLUENCE_AUTH_URL"],
        read(
            "confluence",
            "auth_url",
            KeyType::Text,
            |settings, key, value| put(&mut settings.atlassian.auth, connection_values::origin_of(key, value)),
            "Address where Atlassian issues tokens for `client_id`; another one is for tests and private gateways",
        ),
    ),
];

/// Limits on the requests.
pub(super) static LIMITS: &[KeyBinding<ConnectionSettings>] = &[
    by_flag(
        &["--concurrency"],
        read(
            "audit",
            "concurrency",
            KeyType::count(&CONCURRENCY),
            |settings, key, value| {
                put(&mut settings.concurrency, values::count(key, value).map(|count| count as usize))
            },
            "Maximum number of concurrent requests, 1 to 64",
        ),
    ),
    by_flag(
        &["--max-wait"],
        read(
            "audit",
            "max_wait",
            KeyType::Wait,
            |settings, key, value| put(&mut settings.max_wait, values::wait(key, value)),
            "Longest wait the server may ask for before the run stops: `90s`, `15m`, `1h`",
        ),
    ),
    by_flag(
        &["--max-quota-wait"],
        read(
            "audit",
            "max_quota_wait",
            KeyType::Wait,
            |settings, key, value| put(&mut settings.max_quota_wait, values::wait(key, value)),
            "Longest wait for the next hour's quota of requests before the run stops",
        ),
    ),
];
