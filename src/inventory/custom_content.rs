//! Custom content: contents of apps, which may use files. They are read as soon as their type is known.
//!
//! No endpoint lists the types. Custom content that owns an attachment reveals its type.

use std::collections::{BTreeMap, BTreeSet};

use super::bodies;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::{Content, ContentKind};
use super::unlisted_owners::UnlistedOwner;
use confluence_client::RequestError;
use confluence_client::api::{Bodies, ListOrder};
use storage_format::Body;

/// Types that only index diagrams stored elsewhere: what they name is not a use.
const DIAGRAM_INDEX_TYPES: [&str; 2] = ["com.mxgraph.confluence.plugins.diagramly", "drawio"];

/// Returns these owners and all custom content of the same types, and the types whose lists were read. Types that are a
/// diagram index are not listed.
pub(super) async fn read(crawl: &Crawl<'_>, owners: Vec<UnlistedOwner>) -> (Vec<Content>, Vec<String>) {
    let types: BTreeSet<String> = owners.iter().filter_map(|owner| owner.custom_type.clone()).collect();
    let (indexes, types): (Vec<String>, Vec<String>) = types.into_iter().partition(|kind| is_diagram_index(kind));
    let mut contents: BTreeMap<_, Content> = BTreeMap::new();
    for UnlistedOwner { mut content, custom_type } in owners {
        if custom_type.is_some_and(|kind| indexes.contains(&kind)) {
            content.body = Some(Body::default());
        }
        contents.insert((content.kind, content.id.clone()), content);
    }
    if !crawl.api.features().custom_content {
        return (contents.into_values().collect(), Vec::new());
    }
    crawl.phase("custom content", None);
    for listed in crawl.all(types.iter().map(|kind| of_type(crawl, kind)).collect()).await {
        for content in listed {
            contents.entry((content.kind, content.id.clone())).or_insert(content);
        }
    }
    (contents.into_values().collect(), types)
}

pub(super) fn is_diagram_index(kind: &str) -> bool {
    DIAGRAM_INDEX_TYPES.iter().any(|index| kind.contains(index))
}

async fn of_type(crawl: &Crawl<'_>, kind: &str) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::CustomContentList, format!("custom content of type {kind}"));
    let mut contents = Vec::new();
    let listing = crawl
        .api
        .custom_content(kind, Bodies::Included, ListOrder::Forward, |sent| {
            contents.push(crawl.listed(sent, ContentKind::CustomContent));
            crawl.progress.advance(1);
        })
        .await;
    match &listing.end {
        // an app names its types: one that the site does not list is app data, which no report covers
        Err(error) if error.is_not_found() || matches!(error, RequestError::Status { status: 400, .. }) => {
            crawl.ledger.warn(format!("the site does not list custom content of type {kind}"));
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
    fn the_index_of_drawio_is_recognised_by_its_type() {
        assert!(is_diagram_index("ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram"));
        assert!(is_diagram_index("forge:0b1c:drawio-sketch"));
        assert!(!is_diagram_index("ac:com.acme.notes:note"));
    }
}
