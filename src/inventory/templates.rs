//! Templates: the global ones and those of every space, including blueprints.
//!
//! Only a space's own lists show its templates. If an archived space refuses them, there is one substitute: the list
//! without a space, which on some sites has the templates of all spaces.

use std::collections::{BTreeMap, HashSet};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::WorkUnit;
use super::lists::ListedContents;
use super::pass::Pass;
use super::site::{Content, ContentId, Space, SpaceId};
use confluence_client::{RequestError, model};

/// One list of templates.
struct TemplateList<'c, 's> {
    space: Option<&'s Space>,
    blueprints: bool,
    found: Vec<Content>,
    is_complete: bool,
    /// Whether it was read in another way than that of the pass.
    in_other_order: bool,
    /// The unit and the error of an archived space that refused it. Whether that is a gap depends on the other lists.
    refused: Option<(WorkUnit<'c>, RequestError)>,
}

/// Reads all templates, without duplicates. Their lists have no order, so `page_size` returns the number of items per
/// request for a list, of blueprints or not; `None` is the usual one.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    pass: Pass,
    spaces: &[&Space],
    page_size: impl Fn(Option<&Space>, bool) -> Option<u32>,
) -> ListedContents {
    let of_site_and_spaces = std::iter::once(None).chain(spaces.iter().map(|space| Some(*space)));
    let lists = of_site_and_spaces.flat_map(|space| [(space, false), (space, true)]);
    let reads = lists
        .map(|(space, blueprints)| read_list(crawl, pass, spaces, space, blueprints, page_size(space, blueprints)))
        .collect();
    let mut lists = crawl.all(reads).await;
    for blueprints in [false, true] {
        let shows_all = shows_all_spaces(&lists, blueprints);
        for list in lists.iter_mut().filter(|list| list.blueprints == blueprints) {
            match list.refused.take() {
                // the list without a space has the templates of this one
                Some((unit, _)) if shows_all => {
                    list.is_complete = true;
                    unit.ok();
                }
                Some((unit, error)) => unit.denied(error.to_string()),
                None => {}
            }
        }
    }
    let mut listed = ListedContents::nothing();
    let mut templates: BTreeMap<ContentId, Content> = BTreeMap::new();
    for TemplateList { found, is_complete, in_other_order, .. } in lists {
        listed.add(ListedContents { list: Vec::new(), is_complete, in_other_order });
        for template in found {
            // every space inherits the global blueprints: the one without a space is the original
            let known = templates.get(&template.id);
            if known.is_none_or(|known| known.space.is_some() && template.space.is_none()) {
                templates.insert(template.id.clone(), template);
            }
        }
    }
    listed.list = templates.into_values().collect();
    listed
}

/// Returns whether the list without a space has the templates of all spaces: it has at least one of a space, and lacks
/// none that the lists of the spaces show.
fn shows_all_spaces(lists: &[TemplateList<'_, '_>], blueprints: bool) -> bool {
    let of_kind = || lists.iter().filter(move |list| list.blueprints == blueprints);
    let of_site: Vec<&Content> = of_kind().filter(|list| list.space.is_none()).flat_map(|list| &list.found).collect();
    let ids: HashSet<&ContentId> = of_site.iter().map(|template| &template.id).collect();
    let mut of_spaces = of_kind().filter(|list| list.space.is_some()).flat_map(|list| &list.found);
    of_site.iter().any(|template| template.space.is_some()) && of_spaces.all(|template| ids.contains(&template.id))
}

async fn read_list<'c, 's>(
    crawl: &Crawl<'c>,
    pass: Pass,
    spaces: &[&'s Space],
    space: Option<&'s Space>,
    blueprints: bool,
    page_size: Option<u32>,
) -> TemplateList<'c, 's> {
    let words = if blueprints { "blueprint templates" } else { "page templates" };
    let owner = space.map_or_else(|| "of the site".to_owned(), |space| format!("of space {}", space.key));
    let unit = pass.enter(crawl, UnitKind::Templates, format!("{words} {owner}"));
    let mut templates = BTreeMap::new();
    let key = space.map(|space| space.key.as_str());
    // template lists have no order: here, the other order means requests of the usual size
    let mut order = pass.order;
    let listing = loop {
        let take = |sent: model::Template| {
            let body = sent.storage().filter(|text| !text.is_empty()).map(|text| crawl.parse(text));
            let id = space.map(|space| space.id.clone()).or_else(|| space_of(&sent, spaces));
            let template = convert::template(sent, id, body);
            templates.insert(template.id.clone(), template);
        };
        let page_size = page_size.filter(|_| order == pass.order);
        let listing = if blueprints {
            crawl.api.blueprint_templates(key, page_size, take).await
        } else {
            crawl.api.templates(key, page_size, take).await
        };
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    // a blueprint that an app delivered and no one changed has a module key as its id, and no body that could name a
    // file
    templates.retain(|id, template| {
        let id = id.as_str();
        template.body.is_some() || !id.contains(':') || listing.without_body.contains(id)
    });
    let found = templates.into_values().collect();
    let is_archived = space.is_some_and(Space::is_archived);
    // no pages can be created in an archived space, so nothing is lost if the site has no templates of it. Any other
    // space may have got another key since it was listed, or may have been deleted, which the final pass shows
    let knows_none = space.is_some_and(|space| space.is_archived() || !pass.is_final())
        && listing.end.as_ref().is_err_and(RequestError::is_not_found);
    let is_complete = knows_none || listing.end.is_ok();
    let in_other_order = pass.is_other(order, &listing);
    let refused = match listing.end {
        Err(_) if knows_none => {
            unit.gone();
            None
        }
        Err(error) if is_archived && is_refusal(&error) => Some((unit, error)),
        end => {
            unit.settle(&end);
            None
        }
    };
    TemplateList { space, blueprints, found, is_complete, in_other_order, refused }
}

/// Returns the space of a template in the list without a space.
fn space_of(sent: &model::Template, spaces: &[&Space]) -> Option<SpaceId> {
    let key = sent.space.as_ref()?.key.as_deref()?;
    spaces.iter().find(|space| space.key == key).map(|space| space.id.clone())
}

/// Returns whether the site refuses the templates of this space permanently.
fn is_refusal(error: &RequestError) -> bool {
    matches!(error, RequestError::Denied { .. } | RequestError::Status { status: 400, .. })
}
