//! `--dry-run`: prints how many requests of each kind a run would send. Reads lists only and writes nothing, not even
//! to the cache.

use serde_json::json;

use super::run_context::RunContext;
use crate::config::Config;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::inventory::plan::ON_TOP;
use crate::inventory::{Preview, RequestPlan, plan_requests};
use crate::progress::{Progress, Width};
use crate::support::formatting::{count, plural};
use crate::support::visible_text::Lines;

/// Note on the plan of an audit with `--snapshot`.
const PAGE_METRICS_NOT_COUNTED: &str = "the plan does not include the page metrics of --snapshot: \
                                        `snapshot --dry-run` counts them, together with the lists that both need";

/// Computes and prints the plan of an audit; `with_snapshot` says whether the run would also take a snapshot.
pub(super) async fn run(
    config: &Config,
    with_snapshot: bool,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let context = RunContext::open_read_only(config, progress).await?;
    let preview = plan_requests(&context.api, &context.crawl, progress).await;
    progress.finish();
    let preview = preview.map_err(|error| {
        let failure = Failure::new(error.exit_status(), error.to_string()).remedy(error.remedy());
        context.signals.explain(failure)
    })?;
    let complete = preview.coverage.is_complete();
    for gap in preview.coverage.gaps.iter().filter(|_| !complete).take(5) {
        progress.warn(format!("not counted: {}", gap.subject));
    }
    // a plan from incomplete lists is too small, and must not look complete
    let status = if complete { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let mut object = json!({"complete": complete, "dry_run": preview});
    if with_snapshot {
        object["dry_run"]["page_metrics"] = json!({"counted": false, "counted_by": "snapshot --dry-run"});
    }
    let more = with_snapshot.then_some(PAGE_METRICS_NOT_COUNTED);
    Ok(Outcome::new(status, format, object, || {
        Width::of_stdout().wrap_lines(&more.into_iter().fold(table(&preview), Lines::and))
    }))
}

fn table(preview: &Preview) -> Lines {
    let figures = &preview.figures;
    let plan = &preview.plan;
    let head = Lines::new(format_args!(
        "{} as {}: {}, {}, {}",
        preview.base_url,
        preview.account,
        plural(figures.spaces, "space", "spaces"),
        plural(figures.contents, "page or blog post", "pages and blog posts"),
        plural(figures.attachments, "attachment", "attachments")
    ));
    let mut lines = requests(plan).into_iter().fold(head.and(""), Lines::and);
    if plan.remembered_versions > 0 {
        let known = plural(plan.remembered_versions, "old version is", "old versions are");
        lines = lines.and("").and(format_args!("{known} already known from earlier runs"));
    }
    lines.and("").and(plan).and(ON_TOP)
}

/// Returns one line per kind of request, sorted by number, highest first.
pub(super) fn requests(plan: &RequestPlan) -> Vec<String> {
    let width = plan.requests.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut rows: Vec<(&str, u64)> = plan.requests.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    rows.into_iter().map(|(kind, requests)| format!("{kind:width$} {:>9}", count(requests))).collect()
}
