//! Files of diagram macros: each use pins the source and its pictures.

use crate::reference::{Certainty, ContainerRef};

use super::call::MacroCall;

/// A name, where it lives, and how sure the macro uses it.
pub(super) type Named = (String, ContainerRef, Certainty);

/// Attachments of a draw.io macro. `included` is the macro that embeds a diagram of another page, or from elsewhere.
pub(super) fn draw_io(call: &MacroCall, included: bool) -> Vec<Named> {
    let Some(name) = call.text("diagramname") else { return Vec::new() };
    let source = source(call);
    let mut files = vec![(name.to_owned(), source.clone(), Certainty::Proven)];
    // the name may be written with or without its extension
    let other = if has_extension(name) { Certainty::Possible } else { Certainty::Proven };
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), source.clone(), Certainty::Proven));
        files.push((format!("{stem}.svg"), source.clone(), Certainty::Possible));
        files.push((format!("{stem}.drawio"), source.clone(), Certainty::Possible));
        files.push((format!("{stem}.drawio.png"), source.clone(), other));
    }
    for preview in ["temppreview", "hirespreview"] {
        if let Some(picture) = call.text(preview).filter(|text| !text.contains('/')) {
            files.push((picture.to_owned(), source.clone(), Certainty::Possible));
        }
    }
    files.extend(aspect_pictures(call, name, &source));
    if included {
        files.extend(cached_copies(call, name, &source));
    }
    files
}

/// What the app keeps of a diagram from elsewhere: a copy that the viewer draws from, the table that it was drawn from, and
/// its picture, on the page that includes it. A copied macro bears the id of the page it was copied from.
fn cached_copies(call: &MacroCall, name: &str, source: &ContainerRef) -> Vec<Named> {
    let is_from_elsewhere =
        ["diagramurl", "csvfileurl", "service", "sfileid"].iter().any(|key| call.text(key).is_some());
    if !is_from_elsewhere {
        return Vec::new();
    }
    let mut pages = vec![ContainerRef::Own, source.clone()];
    pages.extend(call.text("imgpageid").map(|page| ContainerRef::CopiedFrom(page.trim().to_owned())));
    pages.dedup();
    let copies = spellings(name).flat_map(|stem| ["", ".csv", ".png"].map(|extension| format!("{stem}{extension}")));
    copies.flat_map(|copy| pages.iter().map(move |page| (copy.clone(), page.clone(), Certainty::Proven))).collect()
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

/// Pictures of a `PlantUML` macro, whose source stands in its body: the names under which it is kept for readers to take.
pub(super) fn plant_uml(call: &MacroCall) -> Vec<Named> {
    let names = ["exportname", "filename", "title"].into_iter().filter_map(|key| call.text(key));
    let pictures = names.flat_map(spellings).flat_map(|stem| ["png", "svg"].map(|kind| format!("{stem}.{kind}")));
    pictures.map(|picture| (picture, ContainerRef::Own, Certainty::Possible)).collect()
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
    let mut files = vec![(name.to_owned(), ContainerRef::Own, Certainty::Proven)];
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), ContainerRef::Own, Certainty::Proven));
        files.push((format!("{stem}.svg"), ContainerRef::Own, Certainty::Possible));
    }
    files
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
