//! The simulated gateway wants the scopes that the documents name.

use confluence_sim::{DemoServer, ServedAs, Site};

use super::DOCUMENTS;
use super::documents::Documents;

test_support::trials! {
    [DOCUMENTS]:
        async the_simulated_gateway_wants_the_documented_scopes;
}

/// Whether a token with these scopes may use the path.
async fn is_open(http: &reqwest::Client, server: &DemoServer, path: &str, scopes: &[String]) -> bool {
    server.change_site(|site| {
        if let Some(scoped) = &mut site.credentials.scoped_token {
            scoped.scopes = scopes.to_vec();
        }
    });
    let url = format!("{}{path}", server.base_url().trim_end_matches("/wiki"));
    let response = http.get(url).basic_auth(server.user(), Some(server.token())).send().await.unwrap();
    !response.headers().contains_key("x-failure-category")
}

async fn the_simulated_gateway_wants_the_documented_scopes() {
    let documents = Documents::read();
    let site = Site::new();
    let server = DemoServer::start_as(ServedAs::Gateway, site).await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let (mut problems, mut checked) = (Vec::new(), 0);
    for (path, scopes) in documents.operations_with_scopes() {
        if is_open(&http, &server, &path, &[]).await {
            // an operation that the server does not have
            continue;
        }
        checked += 1;
        let mut expected = vec![(scopes.granular.clone(), true)];
        if !scopes.classic.is_empty() {
            expected.push((scopes.classic.clone(), true));
        }
        for missing in &scopes.granular {
            let others = scopes.granular.iter().filter(|scope| *scope != missing).cloned().collect();
            expected.push((others, false));
        }
        for (token, opens) in expected {
            if is_open(&http, &server, &path, &token).await != opens {
                problems.push(format!("{path} with {token:?}: open should be {opens}, documented are {scopes:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(checked > 90, "{checked}");
}
