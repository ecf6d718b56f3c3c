//! Compares the kinds of requests with the requests that are sent.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::server::{Reply, Site};
use super::*;
use crate::api::{
    Analytics, Bodies, BodyForm, CommentKind, ContentType, Edition, IndexedTypes, ListOrder, SearchScope, SpaceList,
    TreeKind,
};
use crate::request_kind::PlanStage;
use crate::{Api, Deployment};

/// Calls every endpoint once and ignores the results.
async fn call_every_endpoint(api: &Api) {
    let forward = ListOrder::Forward;
    let _ = api.current_user().await;
    api.spaces(SpaceList::Current, forward, |_| {}).await;
    let _ = api.admin_key().await;
    let _ = api.space("1").await;
    let _ = api.server_information().await;
    let _ = api.instance_metrics().await;
    api.retention_policies(|_| {}).await;
    api.pages(&["1"], Bodies::LeftOut, forward, |_| {}).await;
    api.blog_posts(&["1"], Bodies::LeftOut, forward, |_| {}).await;
    api.attachments(forward, |_| {}).await;
    api.attachments_of(ContentType::Page, "1", |_| {}).await;
    api.attachment_versions("1", |_| {}).await;
    api.custom_content("x", Bodies::LeftOut, forward, |_| {}).await;
    for which in [CommentKind::Footer, CommentKind::Inline] {
        api.comments(which, Bodies::LeftOut, forward, |_| {}).await;
        api.replies(which, "1", Bodies::LeftOut, forward, |_| {}).await;
    }
    for which in [ContentType::Page, ContentType::BlogPost, ContentType::FooterComment, ContentType::CustomContent] {
        let _ = api.content(which, "1", Edition::Published).await;
    }
    let _ = api.content(ContentType::Page, "1", Edition::Draft).await;
    let _ = api.content_in(ContentType::Page, "1", BodyForm::Document, Edition::Published).await;
    api.drafts(ContentType::Page, |_| ControlFlow::Continue(())).await;
    api.drafts(ContentType::BlogPost, |_| ControlFlow::Continue(())).await;
    let _ = api.attachment("1").await;
    let _ = api.attachment_version("1", 1).await;
    api.properties(ContentType::Page, "1", forward, |_| {}).await;
    api.header_images(|_| {}).await;
    api.indexed(IndexedTypes::Comments, &["A"], |_| {}).await;
    api.templates(None, None, |_| {}).await;
    let _ = api.template("1").await;
    api.labels(forward, |_| {}).await;
    api.attachments_with_label("1", forward, |_| {}).await;
    let _ = api.people(&["1"]).await;
    api.page_sweep(SearchScope::Current, &["A"], false, false, |_| {}).await;
    let _ = api.page_alone(ContentType::Page, "1", true).await;
    let _ = api.page_restrictions("1").await;
    api.comment_sweep(SearchScope::Archived, &["A"], |_| {}).await;
    api.page_labels(ContentType::Page, "1", |_| {}).await;
    api.page_versions(ContentType::BlogPost, "1", ListOrder::Backward, |_| {}).await;
    let _ = api.tree_member(TreeKind::Folder, "1").await;
    let _ = api.short_link_target(TreeKind::Whiteboard, "1").await;
    api.listed(ContentType::Page, &["1"], |_| {}).await;
    let _ = api.accounts(&["1"]).await;
    let _ = api.space_administrators("1").await;
    let _ = api.page_likes(ContentType::Page, "1").await;
    let _ = api.page_analytics(Analytics::Views, "1", None).await;
    let _ = api.page_analytics(Analytics::Viewers, "1", None).await;
    let _ = api.page_watchers("1").await;
    let _ = api.workflow_status("1").await;
    let _ = api.probe_workflow_status("1").await;
    let _ = api.workflow_parameters("1").await;
    let _ = api.knows_workflow_fields().await;
    api.workflow_search(SearchScope::Current, "type = page", |_| {}).await;
    api.property_search(SearchScope::Archived, "type = page", &["x"], |_| {}).await;
    api.page_properties("1", Some("x"), |_| {}).await;
    api.page_properties("1", None, |_| {}).await;
    let _ = api.content_states("A").await;
    api.pages_in_state("A", 1, |_| {}).await;
    let _ = api.content_state("1").await;
    let _ = api.measure_download("1", "2", 1).await;
    let _ = api.fingerprint("1", "2").await;
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_a_run_is_sent_by_an_endpoint() {
    let site = Site::new(|seen| {
        let space = if seen.path().ends_with("/rest/api/space") { r#"{"id":1,"key":"A"}"# } else { "" };
        Reply::json(&format!(r#"{{"results":[{space}],"_links":{{}}}}"#))
    })
    .await;
    let mut sent = BTreeSet::new();
    for deployment in [Deployment::Cloud, Deployment::DataCenter] {
        let credentials = Credentials::basic("me@example.com", TOKEN.into());
        let mut settings = ConnectionSettings::new(site.base_url(), credentials);
        settings.timeouts = Timeouts::NONE;
        settings.deployment = Some(deployment);
        let api = Api::new(settings).unwrap();
        call_every_endpoint(&api).await;
        sent.extend(api.client().requests().iter().map(|(label, _)| label.to_owned()));
    }
    let to_connect = [RequestKind::SiteDiscovery, RequestKind::AccessToken];
    let of_a_run =
        RequestKind::ALL.iter().filter(|kind| kind.planned() != PlanStage::Never && !to_connect.contains(kind));
    assert_eq!(sent, of_a_run.map(|kind| kind.label().to_owned()).collect());
}
