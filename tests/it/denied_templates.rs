//! Lists of templates that a site denies.

use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};

use crate::unreadable_content::run_accepting;
use test_support::harness::Harness;
use test_support::known_site::{self, TrueUsages};

/// The known site with a template in the archived space; with `all`, one list shows the templates of all spaces.
fn with_archived_template(all: bool) -> (Site, TrueUsages) {
    let (site, truth) = known_site::site();
    // the archived space is the last
    let mut site = site.template("7003", "Old template", "<p>x</p>");
    site.behaviour.lists_all_templates = all;
    (site, truth)
}

#[tokio::test(start_paused = true)]
async fn denied_templates_of_an_archived_space_are_a_gap_unless_another_list_shows_all() {
    let refused = |status| {
        let list = |which| {
            let path = format!("/wiki/rest/api/template/{which}");
            confluence_sim::RoutePattern::path(&path).unwrap().with_query("spaceKey", "OLD")
        };
        let plan = FaultPlan::none().on(list("page"), Occurrence::From(1), Fault::status(status));
        plan.on(list("blueprint"), Occurrence::From(1), Fault::status(status))
    };
    for status in [400, 403] {
        let harness = Harness::start(with_archived_template(false), refused(status)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(matches!(run.gap(UnitKind::Templates).end, UnitEnd::Denied { .. }), "{status}");
        assert!(run.gap(UnitKind::Templates).subject.ends_with("of space OLD"), "{status}");
        // a list cannot be accepted as unread
        let run = run_accepting(&harness, &["1006@1"]).await;
        run.expect_incomplete();
    }
    let list =
        confluence_sim::RoutePattern::path("/wiki/rest/api/template/page").unwrap().with_query("spaceKey", "OLD");
    let plan = FaultPlan::none().on(list, Occurrence::From(1), Fault::status(403));
    let harness = Harness::start(with_archived_template(true), plan).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.audit_run().inventory.contents.iter().any(|content| content.id.as_str() == "7003"));
}
