//! Labels of attachments, read only when a macro or a rule asks for them.

use std::collections::{BTreeSet, HashMap};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::{Attachment, Content};
use confluence_client::{RequestError, model};
use storage_format::{FileFilter, Target};

/// Reads the labels that macros filter by, or all of them when the options say so, and gives them to the files.
pub(super) async fn read(crawl: &Crawl<'_>, contents: &[Content], files: &mut [Attachment]) {
    let wanted = wanted(contents);
    if wanted.is_empty() && !crawl.options.needs_labels {
        return;
    }
    crawl.phase("labels", None);
    let unit = crawl.ledger.enter(UnitKind::Labels, "labels of the site");
    let mut labels: Vec<model::Label> = Vec::new();
    let walked = crawl.api.labels(|label| labels.push(label)).await;
    unit.settle(&walked.end);
    let chosen = labels.iter().filter(|label| {
        // macros know public labels only
        let public = label.prefix.as_deref().is_none_or(|prefix| prefix == "global");
        public && (crawl.options.needs_labels || wanted.contains(&label.name.to_lowercase()))
    });
    let mut by_file: HashMap<String, BTreeSet<String>> = HashMap::new();
    let walks = chosen.map(|label| bearers(crawl, label)).collect();
    let mut whole = walked.end.is_ok();
    for (name, files, end) in crawl.all(walks).await {
        whole &= end.is_ok();
        for file in files {
            by_file.entry(file).or_default().insert(name.clone());
        }
    }
    // labels that are known in part would say "has not this label" of files that may have it
    for file in files.iter_mut().filter(|_| whole) {
        file.labels = Some(by_file.remove(file.id.digits()).unwrap_or_default().into_iter().collect());
    }
}

/// The name of a label, the attachments that bear it by the digits of their ids, and whether that is all of them.
async fn bearers(crawl: &Crawl<'_>, label: &model::Label) -> (String, Vec<String>, Result<(), RequestError>) {
    let unit = crawl.ledger.enter(UnitKind::Labels, format!("attachments with label {:?}", label.name));
    let mut files = Vec::new();
    let walked = crawl
        .api
        .attachments_with_label(&label.id.0, |file| {
            files.push(file.id.0.strip_prefix("att").unwrap_or(&file.id.0).to_owned());
        })
        .await;
    let end = match walked.end {
        // a label that nobody bears any more is deleted; that cannot be told from a passing 404, so no label is
        // believed then, and macros that filter by labels may list any file
        Err(error) if error.is_not_found() => {
            unit.gone();
            Err(error)
        }
        end => {
            unit.settle(&end);
            end
        }
    };
    (label.name.clone(), files, end)
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
