//! A run through the gateway is a run on the site: with the site's own address in reports, cache and history, whichever
//! address is configured.

use std::collections::BTreeSet;
use std::path::Path;

use confluence_client::{Credentials, Deployment};
use confluence_sim::{DemoServer, FaultPlan, Occurrence, ServedAs, Site};
use tempfile::TempDir;
use test_support::harness::{also, always, edit_items, remove, response};
use test_support::known_site;

use super::settings;
use crate::run_program::{Finished, Server, file_name};

/// What the line about the connection says if the site's own address is not known.
const NOT_NAMED: &str = "set base_url to the site's address";

/// The gateway does not name the site in its response about the account.
fn account_without_site() -> FaultPlan {
    always("*/rest/api/user/current", edit_items(|account| remove(account, "/_links")))
}

fn pair(site: &Site) -> Vec<(&'static str, String)> {
    let token = site.credentials.scoped_token.as_ref().unwrap().token.clone();
    vec![("CONFLUENCE_API_USER", site.email.clone()), ("CONFLUENCE_API_TOKEN", token)]
}

fn client(site: &Site) -> Vec<(&'static str, String)> {
    let account = site.credentials.service_account.as_ref().unwrap();
    vec![("CONFLUENCE_CLIENT_ID", account.id.clone()), ("CONFLUENCE_CLIENT_SECRET", account.secret.clone())]
}

fn bearer(site: &Site) -> Credentials {
    Credentials::bearer(site.credentials.bearer_token.as_ref().unwrap().token.as_str().into())
}

/// Audits the site at an address and takes a snapshot, with the cache and the history of this folder.
fn run_at(
    server: &Server,
    base_url: &str,
    credentials: fn(&Site) -> Vec<(&'static str, String)>,
    folder: &Path,
) -> Finished {
    let variables = server.server.site(credentials);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let cache = folder.join("cache");
    let run = server.run_configured(base_url, &variables, &["audit", "--cache-dir", cache.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let snapshot = server.run_configured(
        base_url,
        &variables,
        &["snapshot", "--cache-dir", cache.to_str().unwrap(), "--output", data.to_str().unwrap()],
    );
    assert_eq!(snapshot.status, 0, "{}", snapshot.stderr);
    run
}

/// The known site, which names the address at which it is served.
fn site() -> Site {
    Site { public_base: None, ..known_site::site().0 }
}

fn caches(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder.join("cache")).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect()
}

#[test]
fn both_addresses_of_a_site_have_the_same_files_cache_and_history() {
    for (credentials, faults) in [(pair as fn(&Site) -> _, FaultPlan::none()), (client, account_without_site())] {
        let server = Server::start_as(ServedAs::Gateway, site(), faults);
        let (site, gateway) = (server.server.site_url(), server.server.gateway_url());
        assert_ne!(site, gateway);
        let folder = TempDir::new().unwrap();
        let at_site = run_at(&server, &site, credentials, folder.path());
        let of_site = caches(folder.path());
        assert!(!of_site.is_empty());
        let at_gateway = run_at(&server, &gateway, credentials, folder.path());
        assert_eq!(caches(folder.path()), of_site, "the same cache");
        let file = |run: &Finished| std::fs::read_to_string(run.report().join("attachments.csv")).unwrap();
        let rows = |run: &Finished| {
            let mut rows = run.rows("attachments.csv");
            // the time of the run
            for row in &mut rows {
                row.remove("Unreferenced Since");
            }
            rows
        };
        assert_eq!(rows(&at_gateway), rows(&at_site));
        assert!(file(&at_site).contains(&site) && !file(&at_site).contains(&gateway));
        for field in ["base_url", "visibility"] {
            assert_eq!(at_gateway.run_json()[field], at_site.run_json()[field]);
        }
        let is_about_it = |line: &str| line.contains(&format!("at {site}, through the gateway"));
        assert!(at_gateway.stderr.lines().any(is_about_it), "{}", at_gateway.stderr);
        assert!(!at_gateway.stderr.contains(NOT_NAMED), "{}", at_gateway.stderr);
    }
}

#[tokio::test(start_paused = true)]
async fn a_site_that_nothing_names_is_read_at_the_gateway_and_one_line_says_what_follows() {
    let unnamed =
        || also(account_without_site(), "*/accessible-resources", Occurrence::From(1), response(404, &[], "{}"));
    let basic = |site: &Site| {
        Credentials::basic(&*site.email, site.credentials.scoped_token.as_ref().unwrap().token.as_str().into())
    };
    for (credentials, faults) in [(basic as fn(&Site) -> _, account_without_site()), (bearer, unnamed())] {
        let server = DemoServer::start_as_with(ServedAs::Gateway, site(), faults).await.unwrap();
        let (site, gateway) = (server.site_url(), server.gateway_url());
        let api = super::connect(&server, &gateway, server.site(credentials)).await.unwrap();
        assert_eq!((api.address().base_url(), api.deployment()), (gateway.as_str(), Deployment::Gateway));
        let line = api.connection_summary();
        assert!(line.ends_with(NOT_NAMED) && !line.contains('\n'), "{line}");
        assert_eq!(api.client().requests().total(), server.requests().len() as u64, "every request is counted");
        // with the remedy
        let mut remedied = settings(&server, &site, server.site(credentials));
        remedied.deployment = Some(Deployment::Gateway);
        let api = confluence_client::Api::connect(remedied).await.unwrap();
        assert_eq!(api.address().base_url(), site);
        assert!(!api.connection_summary().contains(NOT_NAMED));
    }
}
