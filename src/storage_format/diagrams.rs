//! Files of diagram macros: each use pins the source and its pictures (`storage-format.md` 2.2).

use super::macros::MacroCall;
use super::{Certainty, ContainerRef};

/// Attachments of a draw.io macro. `included` is the macro that embeds another page's diagram.
pub(super) fn draw_io(call: &MacroCall, included: bool) -> Vec<(String, ContainerRef)> {
    let Some(name) = call.text("diagramname") else { return Vec::new() };
    if included
        && (call.text("diagramurl").is_some() || (call.text("service").is_some() && call.text("sfileid").is_some()))
    {
        // the diagram comes from elsewhere; no attachment is involved
        return Vec::new();
    }
    let source = content(call, "pageid").unwrap_or(ContainerRef::Own);
    let mut files = vec![(name.to_owned(), source.clone()), (format!("{name}.png"), source.clone())];
    if !has_extension(name) {
        files.push((format!("{name}.drawio"), source.clone()));
        files.push((format!("{name}.drawio.png"), source.clone()));
    }
    let trimmed = name.trim();
    if trimmed.len() != name.len() {
        files.push((format!("{trimmed}.png"), source.clone()));
    }
    if let Some(hash) = call.text("aspecthash") {
        let picture = content(call, "imgpageid").unwrap_or(source);
        files.push((format!("{name}-{}.png", hash.trim()), picture));
    }
    files
}

/// Attachments of a Gliffy macro.
pub(super) fn gliffy(call: &MacroCall) -> Vec<(String, ContainerRef, Certainty)> {
    let Some(name) = call.text("name") else { return Vec::new() };
    let container = content(call, "pageid").unwrap_or(ContainerRef::Own);
    vec![
        (name.to_owned(), container.clone(), Certainty::Proven),
        (format!("{name}.png"), container.clone(), Certainty::Proven),
        (format!("{name}.svg"), container, Certainty::Possible),
    ]
}

fn content(call: &MacroCall, parameter: &str) -> Option<ContainerRef> {
    call.text(parameter).map(|id| ContainerRef::Content(id.trim().to_owned()))
}

fn has_extension(name: &str) -> bool {
    name.trim().rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=6).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
