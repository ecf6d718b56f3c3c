//! Every credential at every kind of Confluence: the first try succeeds, or says in one line why not.

mod gateway_site;
mod long_runs;
mod quota_runs;
mod table;

use confluence_client::{Api, AtlassianHosts, ConnectError, ConnectionSettings, Credentials, Timeouts};
use confluence_sim::{CredentialForm, DemoServer, Listener, RequestLogEntry, ServedAs, Site, sample};

/// Serves the sample site, changed.
async fn serve(served_as: ServedAs, change: impl FnOnce(&mut Site)) -> DemoServer {
    let mut site = sample(chrono::Utc::now()).site;
    // the server names the address at which it listens
    site.public_base = None;
    change(&mut site);
    DemoServer::start_as(served_as, site).await.unwrap()
}

/// Returns settings whose hosts are all on this computer.
fn settings(server: &DemoServer, base_url: &str, credentials: Credentials) -> ConnectionSettings {
    let mut settings = ConnectionSettings::new(base_url, credentials);
    settings.atlassian =
        AtlassianHosts { gateway: server.gateway_origin().to_owned(), auth: server.auth_origin().to_owned() };
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(7);
    settings
}

async fn connect(server: &DemoServer, base_url: &str, credentials: Credentials) -> Result<Api, ConnectError> {
    Api::connect(settings(server, base_url, credentials)).await
}

/// Returns the requests that had a credential.
fn with_credential(server: &DemoServer) -> Vec<RequestLogEntry> {
    server.requests().into_iter().filter(|request| request.credential != CredentialForm::None).collect()
}

/// Returns which listeners saw a credential in which form, each once and in order.
fn seen_by(server: &DemoServer) -> Vec<(Listener, CredentialForm)> {
    let mut seen = Vec::new();
    for request in with_credential(server) {
        let pair = (request.listener, request.credential);
        if !seen.contains(&pair) {
            seen.push(pair);
        }
    }
    seen
}
