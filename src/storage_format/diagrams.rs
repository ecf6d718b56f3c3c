//! Files of diagram macros: each use pins the source and its pictures (`storage-format.md` 2.2).

use super::parameters::MacroCall;
use super::{Certainty, ContainerRef};

/// A name, where it lives, and how sure the macro uses it.
pub(super) type Named = (String, ContainerRef, Certainty);

/// Attachments of a draw.io macro. `included` is the macro that embeds another page's diagram.
pub(super) fn draw_io(call: &MacroCall, included: bool) -> Vec<Named> {
    let Some(name) = call.text("diagramname") else { return Vec::new() };
    if included
        && (call.text("diagramurl").is_some() || (call.text("service").is_some() && call.text("sfileid").is_some()))
    {
        // the diagram comes from elsewhere; no attachment is involved
        return Vec::new();
    }
    let source = source(call);
    let mut files = vec![(name.to_owned(), source.clone(), Certainty::Proven)];
    // the name may be written with or without its extension, and with blanks at its end
    let other = if has_extension(name) { Certainty::Possible } else { Certainty::Proven };
    let trimmed = name.trim();
    for stem in [name, trimmed].into_iter().take(if trimmed == name { 1 } else { 2 }) {
        files.push((format!("{stem}.png"), source.clone(), Certainty::Proven));
        files.push((format!("{stem}.drawio"), source.clone(), Certainty::Possible));
        files.push((format!("{stem}.drawio.png"), source.clone(), other));
    }
    for preview in ["temppreview", "hirespreview"] {
        if let Some(picture) = call.text(preview).filter(|text| !text.contains('/')) {
            files.push((picture.to_owned(), source.clone(), Certainty::Possible));
        }
    }
    if let Some(hash) = call.text("aspecthash") {
        let picture = format!("{name}-{}.png", hash.trim());
        if let Some(page) = call.content("imgpageid") {
            files.push((picture, page, Certainty::Proven));
        } else {
            files.push((picture.clone(), source, Certainty::Possible));
            files.push((picture, ContainerRef::Own, Certainty::Possible));
        }
    }
    files
}

/// Attachments of a Gliffy macro.
pub(super) fn gliffy(call: &MacroCall) -> Vec<Named> {
    let Some(name) = call.text("name") else { return Vec::new() };
    let container = source(call);
    vec![
        (name.to_owned(), container.clone(), Certainty::Proven),
        (format!("{name}.png"), container.clone(), Certainty::Proven),
        (format!("{name}.svg"), container, Certainty::Possible),
    ]
}

/// Attachments of a Mermaid macro.
pub(super) fn mermaid(call: &MacroCall) -> Vec<Named> {
    let Some(name) = call.text("filename") else { return Vec::new() };
    let picture = format!("{name}.png");
    [name.to_owned(), picture].map(|name| (name, ContainerRef::Own, Certainty::Proven)).into()
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
