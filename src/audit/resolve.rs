//! From a reference to attachments: the container first, then the name in it.

use super::index::SiteIndex;
use super::resolution::{Hit, OnUnknownHost, Resolution, UnknownContainer, Untold, WhyUntold};
use super::work::Work;
use super::{containers, filters, residue};
use crate::inventory::Content;
use storage_format::{Certainty, ContainerRef, NameMatching, Reference, Target};

/// Resolves one reference of `referring`, whose references have taken `work` so far.
pub(super) fn resolve(index: &SiteIndex<'_>, reference: &Reference, referring: &Content, work: &Work) -> Resolution {
    let mut resolution = resolve_target(index, &reference.target, referring, work);
    for hit in &mut resolution.hits {
        hit.certainty = hit.certainty.max(reference.certainty);
    }
    resolution
}

fn resolve_target(index: &SiteIndex<'_>, target: &Target, referring: &Content, work: &Work) -> Resolution {
    if work.is_too_much() {
        return unresolved(index, target, referring, work);
    }
    let resolution = match target {
        Target::File { name, other_readings, container, matching } => {
            by_name(index, name, other_readings, container, *matching, referring, work)
        }
        Target::Attachment { id, fallback } => by_attachment_id(index, id, fallback.as_ref(), referring, work),
        Target::FileId { id } => by_file_id(index, id),
        Target::Gallery(filter) => filters::resolve(index, filter, referring, filters::is_image, work),
        Target::AttachmentList(filter) => filters::resolve(index, filter, referring, |_| Some(Certainty::Proven), work),
        Target::UntoldNames => any_of_the_own(index, referring, WhyUntold::NamesOfAnApp),
        Target::OnUnknownHost { host, targets } => on_unknown_host(index, host, targets, referring, work),
        Target::NamesIn { text } => in_text(index, text, referring, work),
        Target::SpaceAttachments { .. } | Target::SearchResults => Resolution::default(),
    };
    work.uses(resolution.hits.len());
    resolution
}

/// Any file of the own page may be meant.
fn any_of_the_own(index: &SiteIndex<'_>, referring: &Content, why: WhyUntold) -> Resolution {
    let own = containers::own_container(index, referring).map(str::to_owned);
    let untold = own.map(|container| Untold { container, why });
    Resolution { untold: untold.into_iter().collect(), ..Resolution::default() }
}

fn on_unknown_host(
    index: &SiteIndex<'_>,
    host: &str,
    targets: &[Target],
    referring: &Content,
    work: &Work,
) -> Resolution {
    let names = targets.iter().flat_map(names_in).map(str::to_owned).collect();
    let (mut files, mut untold) = (Vec::new(), Vec::new());
    for target in targets {
        let mut here = resolve_target(index, target, referring, work);
        files.extend(here.hits.iter().map(|hit| hit.attachment));
        untold.append(&mut here.untold);
    }
    let on_unknown_host = Some(OnUnknownHost { host: host.to_owned(), names, files });
    Resolution { untold, on_unknown_host, ..Resolution::default() }
}

/// The names that a target bears.
pub(super) fn names_in(target: &Target) -> impl Iterator<Item = &str> {
    let (name, others): (Option<&String>, &[String]) = match target {
        Target::File { name, other_readings, .. } => (Some(name), other_readings),
        Target::Attachment { fallback, .. } => (fallback.as_ref().map(|(_, name)| name), &[]),
        _ => (None, &[]),
    };
    name.into_iter().chain(others).map(String::as_str)
}

/// The files of the own page whose names occur in a text.
fn in_text(index: &SiteIndex<'_>, text: &str, referring: &Content, work: &Work) -> Resolution {
    let files = containers::own_container(index, referring).map_or(&[][..], |id| index.files_of(id));
    let names = files.iter().flat_map(|&file| index.inventory.attachments[file].names());
    work.search(text.len(), names.map(str::len).sum());
    if work.is_too_much() {
        return any_of_the_own(index, referring, WhyUntold::TooMuchWork);
    }
    let Some(found) = residue::named_in(index, text, files) else {
        return any_of_the_own(index, referring, WhyUntold::TooMuchWork);
    };
    let hits = found.into_iter().map(|attachment| {
        let name = index.inventory.attachments[attachment].title.clone();
        Hit { attachment, name, certainty: Certainty::Possible }
    });
    Resolution { hits: hits.collect(), ..Resolution::default() }
}

/// What a target may be, of a content that asks for too much work: files of a name wherever they are, and any file of
/// the pages that a macro lists.
fn unresolved(index: &SiteIndex<'_>, target: &Target, referring: &Content, work: &Work) -> Resolution {
    let anywhere = |names: Vec<String>| UnknownContainer { description: TOO_MANY_TO_LOOK_UP.to_owned(), names };
    let of_owner = |attachment: usize| {
        let container = index.inventory.attachments[attachment].container.id()?.to_string();
        Some(Untold { container, why: WhyUntold::TooMuchWork })
    };
    match target {
        Target::File { name, other_readings, .. } => {
            let names = std::iter::once(name).chain(other_readings).cloned().collect();
            Resolution { unknown_container: Some(anywhere(names)), ..Resolution::default() }
        }
        Target::Attachment { id, fallback } => Resolution {
            untold: index.file_by_id(id).and_then(of_owner).into_iter().collect(),
            unknown_container: fallback.clone().map(|(_, name)| anywhere(vec![name.replace('+', " "), name])),
            ..Resolution::default()
        },
        Target::FileId { id } => Resolution {
            untold: index.files_by_file_id(id).iter().filter_map(|&file| of_owner(file)).collect(),
            ..Resolution::default()
        },
        Target::Gallery(filter) | Target::AttachmentList(filter) => filters::untold(index, filter, referring),
        Target::UntoldNames => any_of_the_own(index, referring, WhyUntold::NamesOfAnApp),
        Target::NamesIn { .. } => any_of_the_own(index, referring, WhyUntold::TooMuchWork),
        Target::OnUnknownHost { host, targets } => on_unknown_host(index, host, targets, referring, work),
        Target::SpaceAttachments { .. } | Target::SearchResults => Resolution::default(),
    }
}

/// For people: where a file is that was not looked for.
const TOO_MANY_TO_LOOK_UP: &str = "one of more pages than can be looked up";

fn by_name(
    index: &SiteIndex<'_>,
    name: &str,
    other_readings: &[String],
    container: &ContainerRef,
    matching: NameMatching,
    referring: &Content,
    work: &Work,
) -> Resolution {
    let containers = containers::meant(index, container, referring);
    let readings = || std::iter::once(name).chain(other_readings.iter().map(String::as_str));
    let mut hits = first_reading(index, readings(), &containers.ids, matching, !containers.doubtful);
    let unknown = containers.unknown.or(containers.unknown_without_hit.filter(|_| hits.is_empty()));
    if hits.is_empty()
        && let Some(fallback) = &containers.fallback
    {
        hits = first_reading(index, readings(), std::slice::from_ref(fallback), matching, false);
    }
    let unknown_container =
        unknown.map(|description| UnknownContainer { description, names: readings().map(str::to_owned).collect() });
    work.compare(containers.ids.len().saturating_mul(name.len()));
    Resolution { hits, unknown_container, containers: containers.ids, ..Resolution::default() }
}

/// The files that the first reading of a name means which means any. `sure`: the containers are certain.
fn first_reading<'n>(
    index: &SiteIndex<'_>,
    readings: impl Iterator<Item = &'n str>,
    containers: &[String],
    matching: NameMatching,
    sure: bool,
) -> Vec<Hit> {
    for (position, reading) in readings.enumerate() {
        let named = containers.iter().flat_map(|id| index.files_named(id, reading, matching));
        let mut hits: Vec<Hit> = named
            .map(|hit| {
                let sure = sure && hit.exact && position == 0;
                let certainty = if sure { Certainty::Proven } else { Certainty::Possible };
                Hit { attachment: hit.attachment, name: reading.to_owned(), certainty }
            })
            .collect();
        if hits.len() > 1 {
            for hit in &mut hits {
                hit.certainty = Certainty::Possible;
            }
        }
        if !hits.is_empty() {
            return hits;
        }
    }
    Vec::new()
}

/// An attachment id that is unknown, or in the trash, falls back to the page and name its address also bears: a file
/// that was deleted and uploaded again has a new id.
fn by_attachment_id(
    index: &SiteIndex<'_>,
    id: &str,
    fallback: Option<&(String, String)>,
    referring: &Content,
    work: &Work,
) -> Resolution {
    let mut resolution = Resolution::default();
    let known = index.file_by_id(id);
    if let Some(attachment) = known {
        resolution.hits.push(proven(attachment, &format!("att{id}")));
    }
    let is_alive = known.is_some_and(|at| !index.inventory.attachments[at].status.is_trash());
    let Some((page, name)) = fallback.filter(|_| !is_alive) else { return resolution };
    let container = ContainerRef::Content(page.clone());
    // `+` is a blank in a query, unless it was put there by hand
    let other = [name.replace('+', " ")];
    let named = by_name(index, name, &other, &container, NameMatching::Loose, referring, work);
    resolution.hits.extend(named.hits.into_iter().map(|hit| Hit { certainty: Certainty::Possible, ..hit }));
    resolution.unknown_container = named.unknown_container;
    resolution
}

fn by_file_id(index: &SiteIndex<'_>, id: &str) -> Resolution {
    let files = index.files_by_file_id(id);
    // copies may share a file id
    let certainty = if files.len() > 1 { Certainty::Possible } else { Certainty::Proven };
    let hits = files.iter().map(|&attachment| Hit { certainty, ..proven(attachment, id) }).collect();
    Resolution { hits, ..Resolution::default() }
}

fn proven(attachment: usize, name: &str) -> Hit {
    Hit { attachment, name: name.to_owned(), certainty: Certainty::Proven }
}
