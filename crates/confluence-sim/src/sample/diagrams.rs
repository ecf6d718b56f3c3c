//! Diagram apps: each macro uses a source file and a picture.

use super::SampleUsage::{Embedded, LinkedElsewhere, NotJudged, Unreferenced};
use super::markup::app;
use super::writer::Writer;
use crate::site::{Container, ContentType};

const KB: u64 = 1024;

pub(super) fn write(writer: &mut Writer) {
    drawio(writer);
    gliffy(writer);
    custom_content(writer);
}

fn drawio(writer: &mut Writer) {
    let checkout = writer.id_of("Checkout service");
    let parameters = [
        ("pageId", checkout.as_str()),
        ("diagramName", "checkout-flow.drawio"),
        ("diagramDisplayName", "Checkout"),
        ("revision", "9"),
        ("simple", "0"),
    ];
    writer.write(&checkout, &app("drawio", &parameters));
    let id = writer.file(&checkout, "checkout-flow.drawio", 84 * KB, Embedded, "draw.io source");
    writer.versions(&id, 9);
    let id = writer.file(&checkout, "checkout-flow.drawio.png", 260 * KB, Embedded, "draw.io picture");
    writer.versions(&id, 9);
    writer.file(
        &checkout,
        "~drawio~712020~checkout-flow.drawio.tmp",
        84 * KB,
        Unreferenced,
        "temporary file of the editor",
    );

    let backend = writer.id_of("Cloud backend");
    let pipeline = writer.id_of("Ingest pipeline");
    let parameters = [("pageId", backend.as_str()), ("diagramName", "ingest.drawio"), ("revision", "2")];
    writer.write(&pipeline, &app("drawio", &parameters));
    writer.file(&backend, "ingest.drawio", 51 * KB, LinkedElsewhere, "copied draw.io macro with the source's page id");
    writer.file(&backend, "ingest.drawio.png", 190 * KB, LinkedElsewhere, "picture of the copied macro");
}

fn gliffy(writer: &mut Writer) {
    let classic = writer.id_of("Classic schematics");
    writer.write(&classic, &app("gliffy", &[("macroId", "8c1f"), ("name", "Amplifier"), ("pagePin", "3")]));
    writer.file(&classic, "Amplifier", 77 * KB, Embedded, "Gliffy source in an archived space");
    writer.file(&classic, "Amplifier.png", 120 * KB, Embedded, "Gliffy picture in an archived space");
    writer.file(&classic, "Power supply", 70 * KB, Unreferenced, "Gliffy source without macro");
}

/// Adds custom content that owns a file, which is never judged.
fn custom_content(writer: &mut Writer) {
    let wiring = writer.id_of("Test bench wiring");
    let id = writer.content(ContentType::CustomContent, "wiring.drawio", 300);
    let space = writer.site.contents.iter().find(|content| content.id == wiring).map(|page| page.space_id.clone());
    writer.change(&id, |content| {
        content.space_id = space.unwrap_or_default();
        content.custom_type = Some("ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram".to_owned());
        content.container = Some(wiring);
    });
    let at = writer.days_ago(200);
    let container = Container::CustomContent(id);
    writer.file_of(container, at, "wiring-preview.png", 90 * KB, NotJudged, "owned by custom content");
}
