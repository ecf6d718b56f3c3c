//! The client on Confluence Data Center: every list has exactly what the site holds.

mod lists;
mod single;

use confluence_client::{Api, ConnectionSettings, Credentials, Deployment};
use confluence_sim::server::{DemoServer, ServedAs};
use confluence_sim::site::{Behaviour, Site};

/// A server for a site, below a context path.
async fn serve_at(context: &str, site: Site) -> DemoServer {
    DemoServer::start_as(ServedAs::data_center(context), site).await.unwrap()
}

/// A server for a site that behaves in a certain way.
async fn serve(mut site: Site, change: impl FnOnce(&mut Behaviour)) -> DemoServer {
    change(&mut site.behaviour);
    serve_at("/confluence", site).await
}

fn api(server: &DemoServer) -> Api {
    let mut settings =
        ConnectionSettings::new(server.base_url(), Credentials::basic(server.user(), server.token().into()));
    settings.deployment = Some(Deployment::DataCenter);
    Api::new(settings).unwrap()
}

/// Returns the numbers of requests whose path ends in this way.
fn sent(server: &DemoServer, end: &str) -> usize {
    server.requests().iter().filter(|request| request.path.ends_with(end)).count()
}
