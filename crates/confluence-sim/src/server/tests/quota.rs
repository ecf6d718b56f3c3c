//! Tests of the points quota.

use super::{Harness, advance, site_of};

#[tokio::test]
async fn a_request_costs_one_point_and_one_per_object_until_the_next_hour() {
    let mut site = site_of(10);
    site.behaviour.points_per_hour = Some(22);
    let harness = Harness::start(site).await;
    let list = harness.get("/api/v2/pages").await;
    assert_eq!(list.headers()["beta-ratelimit-policy"], "\"tenant-app-quota\";q=22;w=3600");
    assert!(list.headers()["beta-ratelimit"].to_str().unwrap().starts_with("\"tenant-app-quota\";r=11;t="));
    assert!(list.headers()["x-beta-ratelimit-reset"].to_str().unwrap().ends_with(":00Z"));
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200, "22 of 22");
    let refused = harness.get("/api/v2/spaces").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["ratelimit-reason"], "confluence-quota-tenant-based");
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3600).contains(&wait));
    advance(wait).await;
    assert_eq!(harness.get("/api/v2/spaces").await.status(), 200);
}

#[tokio::test]
async fn the_quota_holds_at_the_gateway_too_and_not_for_the_cloud_id() {
    let mut site = site_of(1);
    site.behaviour.points_per_hour = Some(1);
    let harness = Harness::start(site).await;
    assert_eq!(harness.get("/rest/api/user/current").await.status(), 200);
    let request = harness.client.get(format!("{}/api/v2/pages", harness.server.gateway_url()));
    assert_eq!(request.bearer_auth("demo-bearer-token").send().await.unwrap().status(), 429);
    let tenant = harness.server.base_url().replace("/wiki", "/_edge/tenant_info");
    assert_eq!(harness.client.get(tenant).send().await.unwrap().status(), 200);
}
