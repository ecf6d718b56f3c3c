//! Files of diagram macros: each use pins the source and its pictures.

use crate::reference::{Certainty, ContainerRef};

use super::call::MacroCall;

/// A name, where it lives, and how sure the macro uses it.
pub(super) type Named = (String, ContainerRef, Certainty);

/// Attachments of a draw.io macro. `included` is the macro that embeds another page's diagram.
pub(super) fn draw_io(call: &MacroCall, included: bool) -> Vec<Named> {
    let Some(name) = call.text("diagramname") else { return Vec::new() };
    let from_elsewhere = included
        && (call.text("diagramurl").is_some() || (call.text("service").is_some() && call.text("sfileid").is_some()));
    let source = source(call);
    if from_elsewhere {
        // no attachment holds the diagram; its picture, where it was kept, is one nevertheless
        let pictures = aspect_pictures(call, name, &source).into_iter();
        return pictures.map(|(name, page, _)| (name, page, Certainty::Possible)).collect();
    }
    let mut files = vec![(name.to_owned(), source.clone(), Certainty::Proven)];
    // the name may be written with or without its extension
    let other = if has_extension(name) { Certainty::Possible } else { Certainty::Proven };
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), source.clone(), Certainty::Proven));
        files.push((format!("{stem}.drawio"), source.clone(), Certainty::Possible));
        files.push((format!("{stem}.drawio.png"), source.clone(), other));
    }
    for preview in ["temppreview", "hirespreview"] {
        if let Some(picture) = call.text(preview).filter(|text| !text.contains('/')) {
            files.push((picture.to_owned(), source.clone(), Certainty::Possible));
        }
    }
    files.extend(aspect_pictures(call, name, &source));
    files
}

/// The picture of one part of an embedded diagram, on the page that keeps it; a copied macro bears the id of the page it
/// was copied from.
fn aspect_pictures(call: &MacroCall, name: &str, source: &ContainerRef) -> Vec<Named> {
    let Some(hash) = call.text("aspecthash") else { return Vec::new() };
    let pages = match call.text("imgpageid") {
        Some(page) => vec![(ContainerRef::CopiedFrom(page.trim().to_owned()), Certainty::Proven)],
        None => vec![(source.clone(), Certainty::Possible), (ContainerRef::Own, Certainty::Possible)],
    };
    let pictures = spellings(name).map(|stem| format!("{stem}-{}.png", hash.trim()));
    pictures.flat_map(|picture| pages.iter().map(move |(page, sure)| (picture.clone(), page.clone(), *sure))).collect()
}

/// Attachments of a Gliffy macro.
pub(super) fn gliffy(call: &MacroCall) -> Vec<Named> {
    let Some(name) = call.text("name") else { return Vec::new() };
    let container = source(call);
    let mut files = vec![(name.to_owned(), container.clone(), Certainty::Proven)];
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), container.clone(), Certainty::Proven));
        files.push((format!("{stem}.svg"), container.clone(), Certainty::Possible));
    }
    files
}

/// Attachments of a Mermaid macro.
pub(super) fn mermaid(call: &MacroCall) -> Vec<Named> {
    let Some(name) = call.text("filename") else { return Vec::new() };
    let pictures = spellings(name).map(|stem| format!("{stem}.png"));
    std::iter::once(name.to_owned()).chain(pictures).map(|name| (name, ContainerRef::Own, Certainty::Proven)).collect()
}

/// The name as it stands, and without the blanks around it: either may be the beginning of a picture's name.
fn spellings(name: &str) -> impl Iterator<Item = &str> {
    let trimmed = name.trim();
    [name, trimmed].into_iter().take(if trimmed == name { 1 } else { 2 })
}

/// The page that holds the source of a diagram.
fn source(call: &MacroCall) -> ContainerRef {
    call.text("pageid").map_or(ContainerRef::Own, |id| ContainerRef::CopiedFrom(id.trim().to_owned()))
}

fn has_extension(name: &str) -> bool {
    name.trim().rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=6).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
