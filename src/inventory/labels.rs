//! Labels of attachments, read only if a macro or a rule filters by them.

use std::collections::{BTreeSet, HashMap};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::pass::Pass;
use super::site::{Attachment, Content};
use confluence_client::{Api, model};
use storage_format::{FileFilter, Target};

/// Reads the labels that macros filter by, or all labels if a rule needs them, and adds them to the files. Returns
/// whether a list came in another order than that of the pass.
pub(super) async fn read(crawl: &Crawl<'_>, pass: Pass, contents: &[Content], files: &mut [Attachment]) -> bool {
    let wanted = wanted(contents);
    if (wanted.is_empty() && !crawl.options.needs_labels) || come_with_files(crawl.api) {
        return false;
    }
    crawl.phase("labels", None);
    let unit = pass.enter(crawl, UnitKind::Labels, "labels of the site");
    let mut labels: Vec<model::Label> = Vec::new();
    let mut order = pass.order;
    let listing = loop {
        labels.clear();
        let listing = crawl.api.labels(order, |label| labels.push(label)).await;
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    unit.settle(&listing.end);
    let chosen = labels.iter().filter(|label| {
        // macros only know public labels
        let public = label.prefix.as_deref().is_none_or(|prefix| prefix == "global");
        public && (crawl.options.needs_labels || wanted.contains(&label.name.to_lowercase()))
    });
    let mut by_file: HashMap<String, BTreeSet<String>> = HashMap::new();
    let reads = chosen.map(|label| files_with_label(crawl, pass, label)).collect();
    let mut is_complete = listing.end.is_ok();
    let mut in_other_order = pass.is_other(order, &listing);
    for LabelledFiles { name, files, is_complete: list_is_complete, in_other_order: is_other } in crawl.all(reads).await
    {
        is_complete &= list_is_complete;
        in_other_order |= is_other;
        for file in files {
            by_file.entry(file).or_default().insert(name.clone());
        }
    }
    for file in files.iter_mut() {
        // an incomplete set of labels would make files look as if they did not have a label
        file.labels = is_complete.then(|| by_file.remove(file.id.digits()).unwrap_or_default().into_iter().collect());
    }
    in_other_order
}

/// Returns whether the list of attachments has their labels, so that no list of labels is read.
pub(super) fn come_with_files(api: &Api) -> bool {
    !api.deployment().is_cloud()
}

/// The attachments with one label.
struct LabelledFiles {
    name: String,
    /// Ids of the attachments, without their prefix.
    files: BTreeSet<String>,
    is_complete: bool,
    in_other_order: bool,
}

async fn files_with_label(crawl: &Crawl<'_>, pass: Pass, label: &model::Label) -> LabelledFiles {
    let unit = pass.enter(crawl, UnitKind::Labels, format!("attachments with label {:?}", label.name));
    let mut files = BTreeSet::new();
    let mut order = pass.order;
    let listing = loop {
        let take = |file: model::Attachment| {
            files.insert(file.id.0.strip_prefix("att").unwrap_or(&file.id.0).to_owned());
        };
        let listing = crawl.api.attachments_with_label(&label.id.0, order, take).await;
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    match &listing.end {
        // a label that nothing has any more is deleted, which cannot be distinguished from a temporary 404: no labels
        // count as known then, and macros that filter by labels may list any file
        Err(error) if error.is_not_found() => unit.gone(),
        end => unit.settle(end),
    }
    let in_other_order = pass.is_other(order, &listing);
    LabelledFiles { name: label.name.clone(), files, is_complete: listing.end.is_ok(), in_other_order }
}

/// Returns the labels that galleries and attachments macros filter by, in lower case.
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
