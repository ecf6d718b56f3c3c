//! App content: read as a possible user of files as soon as its type is known.
//!
//! No endpoint lists the types; what owns an attachment tells its own.

use std::collections::{BTreeMap, BTreeSet};

use super::bodies;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::owners::Owner;
use super::site::{Content, ContentKind};
use confluence_client::RequestError;
use confluence_client::api::{Bodies, Order};
use storage_format::Body;

/// Types that are an index of diagrams kept elsewhere: what stands in them is no use.
const INDEXES: [&str; 2] = ["com.mxgraph.confluence.plugins.diagramly", "drawio"];

/// The owners found alone, and all app content of the same types; and these types, but for those not to be listed.
pub(super) async fn read(crawl: &Crawl<'_>, owners: Vec<Owner>) -> (Vec<Content>, Vec<String>) {
    let types: BTreeSet<String> = owners.iter().filter_map(|owner| owner.custom_type.clone()).collect();
    let (indexes, types): (Vec<String>, Vec<String>) = types.into_iter().partition(|kind| is_index(kind));
    let mut contents: BTreeMap<_, Content> = BTreeMap::new();
    for Owner { mut content, custom_type } in owners {
        if custom_type.is_some_and(|kind| indexes.contains(&kind)) {
            content.body = Some(Body::default());
        }
        contents.insert((content.kind, content.id.clone()), content);
    }
    crawl.phase("app content", None);
    for listed in crawl.all(types.iter().map(|kind| of_type(crawl, kind)).collect()).await {
        for content in listed {
            contents.entry((content.kind, content.id.clone())).or_insert(content);
        }
    }
    (contents.into_values().collect(), types)
}

pub(super) fn is_index(kind: &str) -> bool {
    INDEXES.iter().any(|index| kind.contains(index))
}

async fn of_type(crawl: &Crawl<'_>, kind: &str) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::CustomContentList, format!("app content of type {kind}"));
    let mut contents = Vec::new();
    let walked = crawl
        .api
        .custom_content(kind, Bodies::Included, Order::Forward, |sent| {
            contents.push(crawl.listed(sent, ContentKind::CustomContent));
            crawl.progress.advance(1);
        })
        .await;
    match &walked.end {
        // the type is an app's word: one that the site does not list is app data, which no report covers
        Err(error) if error.is_not_found() || matches!(error, RequestError::Status { status: 400, .. }) => {
            crawl.ledger.warn(format!("the site does not list app content of type {kind}"));
            unit.skipped("not listed by the site");
        }
        end => unit.settle(end),
    }
    bodies::settle(crawl, contents).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_drawio_is_known_by_its_type() {
        assert!(is_index("ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram"));
        assert!(is_index("forge:0b1c:drawio-sketch"));
        assert!(!is_index("ac:com.acme.notes:note"));
    }
}
