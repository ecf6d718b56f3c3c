//! Labels of attachments, read only when a macro or a rule asks for them.

use std::collections::{BTreeSet, HashMap};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::pass::Pass;
use super::site::{Attachment, Content};
use confluence_client::model;
use storage_format::{FileFilter, Target};

/// Reads the labels that macros filter by, or all of them when the options say so, and gives them to the files. Gives
/// whether a list came in another order than that of the pass.
pub(super) async fn read(crawl: &Crawl<'_>, pass: Pass, contents: &[Content], files: &mut [Attachment]) -> bool {
    let wanted = wanted(contents);
    if wanted.is_empty() && !crawl.options.needs_labels {
        return false;
    }
    crawl.phase("labels", None);
    let unit = pass.enter(crawl, UnitKind::Labels, "labels of the site");
    let mut labels: Vec<model::Label> = Vec::new();
    let mut order = pass.order;
    let walked = loop {
        labels.clear();
        let walked = crawl.api.labels(order, |label| labels.push(label)).await;
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    unit.settle(&walked.end);
    let chosen = labels.iter().filter(|label| {
        // macros know public labels only
        let public = label.prefix.as_deref().is_none_or(|prefix| prefix == "global");
        public && (crawl.options.needs_labels || wanted.contains(&label.name.to_lowercase()))
    });
    let mut by_file: HashMap<String, BTreeSet<String>> = HashMap::new();
    let walks = chosen.map(|label| bearers(crawl, pass, label)).collect();
    let mut whole = walked.end.is_ok();
    let mut in_other_order = pass.is_other(order, &walked);
    for Bearers { name, files, is_whole, in_other_order: is_other } in crawl.all(walks).await {
        whole &= is_whole;
        in_other_order |= is_other;
        for file in files {
            by_file.entry(file).or_default().insert(name.clone());
        }
    }
    for file in files.iter_mut() {
        // labels that are known in part would say "has not this label" of files that may have it
        file.labels = whole.then(|| by_file.remove(file.id.digits()).unwrap_or_default().into_iter().collect());
    }
    in_other_order
}

/// The attachments that bear a label.
struct Bearers {
    name: String,
    /// The digits of their ids.
    files: BTreeSet<String>,
    is_whole: bool,
    in_other_order: bool,
}

async fn bearers(crawl: &Crawl<'_>, pass: Pass, label: &model::Label) -> Bearers {
    let unit = pass.enter(crawl, UnitKind::Labels, format!("attachments with label {:?}", label.name));
    let mut files = BTreeSet::new();
    let mut order = pass.order;
    let walked = loop {
        let take = |file: model::Attachment| {
            files.insert(file.id.0.strip_prefix("att").unwrap_or(&file.id.0).to_owned());
        };
        let walked = crawl.api.attachments_with_label(&label.id.0, order, take).await;
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    match &walked.end {
        // a label that nobody bears any more is deleted; that cannot be told from a passing 404, so no label is
        // believed then, and macros that filter by labels may list any file
        Err(error) if error.is_not_found() => unit.gone(),
        end => unit.settle(end),
    }
    let in_other_order = pass.is_other(order, &walked);
    Bearers { name: label.name.clone(), files, is_whole: walked.end.is_ok(), in_other_order }
}

/// Label names that galleries and attachments macros filter by, in lower case.
pub(super) fn wanted(contents: &[Content]) -> BTreeSet<String> {
    let references = contents.iter().filter_map(|content| content.body.as_ref()).flat_map(|body| &body.references);
    references
        .filter_map(|reference| match &reference.target {
            Target::Gallery(filter) | Target::AttachmentList(filter) => Some(filter),
            _ => None,
        })
        .flat_map(names)
        .collect()
}

fn names(filter: &FileFilter) -> impl Iterator<Item = String> {
    filter.include_labels.iter().chain(&filter.exclude_labels).map(|name| name.to_lowercase())
}
