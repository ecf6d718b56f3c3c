//! Templates: the global ones and those of every space, blueprints included.
//!
//! Nothing but its own lists tells what templates a space has. Where an archived space refuses them, one thing can stand in:
//! a list without a space that shows the templates of all spaces, which some sites answer.

use std::collections::{BTreeMap, HashSet};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::Unit;
use super::lists::Listed;
use super::pass::Pass;
use super::site::{Content, ContentId, Space, SpaceId};
use confluence_client::{RequestError, model};

/// One list of templates.
struct List<'c, 's> {
    space: Option<&'s Space>,
    blueprints: bool,
    found: Vec<Content>,
    is_whole: bool,
    /// It was walked in another way than that of the pass.
    in_other_order: bool,
    /// An archived space that refused it; whether that is a gap the other lists say.
    refused: Option<(Unit<'c>, RequestError)>,
}

/// All templates, each once. Their lists have no order, so `page_size` gives the size of the pages of a list, of blueprints
/// or not; `None` is the usual one.
pub(super) async fn walk(
    crawl: &Crawl<'_>,
    pass: Pass,
    spaces: &[&Space],
    page_size: impl Fn(Option<&Space>, bool) -> Option<u32>,
) -> Listed {
    let places = std::iter::once(None).chain(spaces.iter().map(|space| Some(*space)));
    let lists = places.flat_map(|place| [(place, false), (place, true)]);
    let walks = lists
        .map(|(place, blueprints)| list(crawl, pass, spaces, place, blueprints, page_size(place, blueprints)))
        .collect();
    let mut lists = crawl.all(walks).await;
    for blueprints in [false, true] {
        let shows_all = shows_all_spaces(&lists, blueprints);
        for list in lists.iter_mut().filter(|list| list.blueprints == blueprints) {
            match list.refused.take() {
                // what the space has is in the list of all
                Some((unit, _)) if shows_all => {
                    list.is_whole = true;
                    unit.ok();
                }
                Some((unit, error)) => unit.denied(error.to_string()),
                None => {}
            }
        }
    }
    let mut listed = Listed::nothing();
    let mut templates: BTreeMap<ContentId, Content> = BTreeMap::new();
    for List { found, is_whole, in_other_order, .. } in lists {
        listed.add(Listed { list: Vec::new(), is_whole, in_other_order });
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

/// Whether the list without a space shows the templates of all spaces: it shows one of a space, and none is missing of
/// those that spaces show themselves.
fn shows_all_spaces(lists: &[List<'_, '_>], blueprints: bool) -> bool {
    let of_kind = || lists.iter().filter(move |list| list.blueprints == blueprints);
    let of_site: Vec<&Content> = of_kind().filter(|list| list.space.is_none()).flat_map(|list| &list.found).collect();
    let ids: HashSet<&ContentId> = of_site.iter().map(|template| &template.id).collect();
    let mut of_spaces = of_kind().filter(|list| list.space.is_some()).flat_map(|list| &list.found);
    of_site.iter().any(|template| template.space.is_some()) && of_spaces.all(|template| ids.contains(&template.id))
}

async fn list<'c, 's>(
    crawl: &Crawl<'c>,
    pass: Pass,
    spaces: &[&'s Space],
    space: Option<&'s Space>,
    blueprints: bool,
    page_size: Option<u32>,
) -> List<'c, 's> {
    let words = if blueprints { "blueprint templates" } else { "page templates" };
    let place = space.map_or_else(|| "of the site".to_owned(), |space| format!("of space {}", space.key));
    let unit = pass.enter(crawl, UnitKind::Templates, format!("{words} {place}"));
    let mut templates = BTreeMap::new();
    let key = space.map(|space| space.key.as_str());
    // the other order stands for pages of the usual size
    let mut order = pass.order;
    let walked = loop {
        let take = |sent: model::Template| {
            let body = sent.storage().filter(|text| !text.is_empty()).map(|text| crawl.parse(text));
            let id = space.map(|space| space.id.clone()).or_else(|| space_of(&sent, spaces));
            let template = convert::template(sent, id, body);
            templates.insert(template.id.clone(), template);
        };
        let page_size = page_size.filter(|_| order == pass.order);
        let walked = if blueprints {
            crawl.api.blueprint_templates(key, page_size, take).await
        } else {
            crawl.api.templates(key, page_size, take).await
        };
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    // a blueprint of an app that nobody changed has a module key for an id and no body that could name a file
    templates.retain(|id, template| {
        let id = id.as_str();
        template.body.is_some() || !id.contains(':') || walked.without_body.contains(id)
    });
    let found = templates.into_values().collect();
    let is_archived = space.is_some_and(Space::is_archived);
    // an archived space makes no pages, so where the site knows no templates of it, nothing is lost; any other may have got
    // another key since it was listed, or have gone, which the closing walk tells
    let knows_none = space.is_some_and(|space| space.is_archived() || !pass.is_closing())
        && walked.end.as_ref().is_err_and(RequestError::is_not_found);
    let is_whole = knows_none || walked.end.is_ok();
    let in_other_order = pass.is_other(order, &walked);
    let refused = match walked.end {
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
    List { space, blueprints, found, is_whole, in_other_order, refused }
}

/// The space that a template of the list of all names.
fn space_of(sent: &model::Template, spaces: &[&Space]) -> Option<SpaceId> {
    let key = sent.space.as_ref()?.key.as_deref()?;
    spaces.iter().find(|space| space.key == key).map(|space| space.id.clone())
}

/// The site does not give out the templates of this space, now or tomorrow.
fn is_refusal(error: &RequestError) -> bool {
    matches!(error, RequestError::Denied { .. } | RequestError::Status { status: 400, .. })
}
