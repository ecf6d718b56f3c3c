//! Files of diagram macros: a macro uses its source and the pictures of it.

use crate::reference::{Certainty, ContainerRef};

use super::call::MacroCall;

/// A file of a diagram: its name, its container, and how certain it is that the macro uses it.
pub(super) type DiagramFile = (String, ContainerRef, Certainty);

/// Returns the files of a draw.io macro. `included`: the macro embeds a diagram of another page, or from outside
/// Confluence.
pub(super) fn draw_io(call: &MacroCall, included: bool) -> Vec<DiagramFile> {
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

/// Returns the files that the app keeps of a diagram stored outside Confluence, on the page that includes the diagram:
/// a copy for the viewer, the table that it was generated from, and its picture. A copied macro has the id of the page
/// it was copied from.
fn cached_copies(call: &MacroCall, name: &str, source: &ContainerRef) -> Vec<DiagramFile> {
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

/// Returns the pictures of one part of an embedded diagram, on the page that stores them. A copied macro has the id of
/// the page it was copied from.
fn aspect_pictures(call: &MacroCall, name: &str, source: &ContainerRef) -> Vec<DiagramFile> {
    let Some(hash) = call.text("aspecthash") else { return Vec::new() };
    let pages = match call.text("imgpageid") {
        Some(page) => vec![(ContainerRef::CopiedFrom(page.trim().to_owned()), Certainty::Proven)],
        None => vec![(source.clone(), Certainty::Possible), (ContainerRef::Own, Certainty::Possible)],
    };
    let pictures = spellings(name).map(|stem| format!("{stem}-{}.png", hash.trim()));
    pictures.flat_map(|picture| pages.iter().map(move |(page, sure)| (picture.clone(), page.clone(), *sure))).collect()
}

/// Returns the pictures of a `PlantUML` macro under the names that it exports them by. Its source is in its body.
pub(super) fn plant_uml(call: &MacroCall) -> Vec<DiagramFile> {
    let names = ["exportname", "filename", "title"].into_iter().filter_map(|key| call.text(key));
    let pictures = names.flat_map(spellings).flat_map(|stem| ["png", "svg"].map(|kind| format!("{stem}.{kind}")));
    pictures.map(|picture| (picture, ContainerRef::Own, Certainty::Possible)).collect()
}

/// Returns the files of a Gliffy macro.
pub(super) fn gliffy(call: &MacroCall) -> Vec<DiagramFile> {
    let Some(name) = call.text("name") else { return Vec::new() };
    let container = source(call);
    let mut files = vec![(name.to_owned(), container.clone(), Certainty::Proven)];
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), container.clone(), Certainty::Proven));
        files.push((format!("{stem}.svg"), container.clone(), Certainty::Possible));
    }
    files
}

/// Returns the files of a Mermaid macro.
pub(super) fn mermaid(call: &MacroCall) -> Vec<DiagramFile> {
    let Some(name) = call.text("filename") else { return Vec::new() };
    let mut files = vec![(name.to_owned(), ContainerRef::Own, Certainty::Proven)];
    for stem in spellings(name) {
        files.push((format!("{stem}.png"), ContainerRef::Own, Certainty::Proven));
        files.push((format!("{stem}.svg"), ContainerRef::Own, Certainty::Possible));
    }
    files
}

/// Iterates over the name as written, and without whitespace around it: the name of a picture may begin with either.
fn spellings(name: &str) -> impl Iterator<Item = &str> {
    let trimmed = name.trim();
    [name, trimmed].into_iter().take(if trimmed == name { 1 } else { 2 })
}

/// Returns the page that has the source of a diagram.
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
