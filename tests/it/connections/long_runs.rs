//! Runs that outlive an access token or a quota. The clock is paused.

use std::time::Duration;

use confluence_client::api::{Bodies, ListOrder};
use confluence_client::{Credentials, RequestKind};
use confluence_sim::{CredentialForm, Listener, ServedAs};

use super::{connect, serve, settings, with_credential};

fn client_credentials(site: &confluence_sim::Site) -> Credentials {
    let client = site.credentials.service_account.as_ref().unwrap();
    Credentials::client(client.id.as_str(), client.secret.as_str().into())
}

#[tokio::test(start_paused = true)]
async fn a_run_of_three_hours_renews_its_access_token_in_flight() {
    let server = serve(ServedAs::Cloud, |_| {}).await;
    let api = connect(&server, server.base_url(), server.site(client_credentials)).await.unwrap();
    let account = api.current_user().await.unwrap().value.account_id.unwrap();
    api.client().expect_account(&account);
    let mut items = 0;
    for _ in 0..36 {
        let list = api.attachments(ListOrder::Forward, |_| items += 1).await;
        list.end.unwrap();
        tokio::time::advance(Duration::from_secs(5 * 60)).await;
    }
    assert!(items > 36);
    let refused = server.requests().iter().filter(|request| request.status == 401).count();
    assert_eq!(refused, 0, "no request meets an expired token");
    let logins = with_credential(&server).iter().filter(|request| request.listener == Listener::Auth).count();
    assert_eq!(logins, 4, "at 0, 55, 110 and 165 minutes");
    assert_eq!(api.client().requests().of(RequestKind::AccessToken), 4);
    let secret_elsewhere = with_credential(&server)
        .iter()
        .any(|request| request.credential == CredentialForm::ClientSecret && request.listener != Listener::Auth);
    assert!(!secret_elsewhere, "only the issuer of tokens sees the secret");
}

#[tokio::test(start_paused = true)]
async fn tokens_that_end_early_are_replaced_without_losing_an_item() {
    let server = serve(ServedAs::Cloud, |site| site.credentials.access_tokens.requests = Some(5)).await;
    let api = connect(&server, server.base_url(), server.site(client_credentials)).await.unwrap();
    for _ in 0..12 {
        api.labels(ListOrder::Forward, |_| {}).await.end.unwrap();
    }
    assert!(api.client().requests().of(RequestKind::AccessToken) >= 3);
    assert_eq!(api.client().stopped(), None);
}

#[tokio::test(start_paused = true)]
async fn a_quota_of_points_is_waited_for_however_often_it_is_used_up() {
    let server = serve(ServedAs::Cloud, |site| site.behaviour.points_per_hour = Some(120)).await;
    let scoped = server.site(|site| {
        Credentials::basic(&*site.email, site.credentials.scoped_token.as_ref().unwrap().token.as_str().into())
    });
    let api = connect(&server, server.base_url(), scoped.clone()).await.unwrap();
    let began = tokio::time::Instant::now();
    for _ in 0..20 {
        api.comments(confluence_client::api::CommentKind::Footer, Bodies::LeftOut, ListOrder::Forward, |_| {})
            .await
            .end
            .unwrap();
        api.attachments(ListOrder::Forward, |_| {}).await.end.unwrap();
    }
    assert!(began.elapsed() > Duration::from_secs(2 * 3600), "{:?}", began.elapsed());
    assert_eq!(api.client().stopped(), None);
    let mut impatient = settings(&server, server.base_url(), scoped);
    impatient.max_quota_wait = Duration::from_secs(60);
    impatient.max_wait = Duration::from_secs(60);
    let refused = confluence_client::Api::connect(impatient).await;
    let result = match refused {
        Ok(api) => {
            let mut last = Ok(());
            for _ in 0..40 {
                last = api.attachments(ListOrder::Forward, |_| {}).await.end;
            }
            last.map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    assert!(result.unwrap_err().contains("asks to wait"));
}
