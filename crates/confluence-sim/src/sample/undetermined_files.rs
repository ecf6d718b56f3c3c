//! The trash, and files whose use cannot be determined.

use super::SAMPLE_BASE;
use super::SampleUsage::{Embedded, NotJudged, Undetermined, Unreferenced};
use super::markup::{anchor, attachment_in, image, image_of, page, paragraph};
use super::writer::Writer;
use crate::site::{Container, Status};

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

pub(super) fn write(writer: &mut Writer) {
    trash(writer);
    unknown_targets(writer);
    unknown_containers(writer);
    malformed(writer);
}

fn trash(writer: &mut Writer) {
    let spike = writer.id_of("Spike: edge inference");
    writer.write(&spike, &image("inference-latency.png"));
    writer.file(&spike, "inference-latency.png", 340 * KB, NotJudged, "on a page in the trash");
    let id = writer.file(&spike, "model-weights.bin.zip", 88 * MB, NotJudged, "in the trash with its page");
    writer.change_file(&id, |file| file.status = Status::Trashed);

    let bench = writer.id_of("Lab");
    writer.write(&bench, &image("bench-old.jpg"));
    let id = writer.file(&bench, "bench-old.jpg", 5 * MB, NotJudged, "in the trash although the page names it");
    writer.change_file(&id, |file| file.status = Status::Trashed);
    for number in 1..=6 {
        let id = writer.file(&bench, &format!("logger-dump-{number}.zip"), 24 * MB, NotJudged, "in the trash");
        writer.change_file(&id, |file| file.status = Status::Trashed);
        writer.versions(&id, 2);
    }

    // a use on a page in the trash does not count
    let pitch = writer.id_of("Agency pitch");
    let campaigns = writer.id_of("Campaigns");
    writer.write(&pitch, &image_of(&attachment_in("pitch-moods.pdf", &page("MKT", "Campaigns"))));
    writer.file(&campaigns, "pitch-moods.pdf", 19 * MB, Unreferenced, "used on a page in the trash only");

    let at = writer.days_ago(1500);
    writer.file_of(Container::None, at, "MKT", 30 * KB, NotJudged, "logo of a space");
}

fn unknown_targets(writer: &mut Writer) {
    // URLs of a page that does not exist (any more) may mean a file that was moved
    let resellers = writer.id_of("Partners and resellers");
    writer.write(
        &resellers,
        &anchor(&format!("{SAMPLE_BASE}/download/attachments/99420017/Reseller%20terms.pdf"), "terms"),
    );
    let price = writer.id_of("Price lists");
    writer.file(&price, "Reseller terms.pdf", 270 * KB, Undetermined, "own-host URL of an unknown page, same name");

    let escalation = writer.id_of("Escalation 2025-11 Hotel chain");
    let hidden = attachment_in("hotel-floorplan.pdf", &page("LEGAL", "Hotel contracts"));
    writer.write(&escalation, &image_of(&hidden));
    let case = writer.id_of("Escalations");
    writer.file(&case, "hotel-floorplan.pdf", 7 * MB, Undetermined, "container that is not visible, same name");
    let found = writer.id_of("Launch checklist Air Pro");
    writer.picture(&found, "hotel-floorplan.pdf.png", 200 * KB);
}

fn unknown_containers(writer: &mut Writer) {
    let at = writer.days_ago(20);
    for (page, name, size) in [
        ("99430001", "offsite-agenda.docx", 55 * KB),
        ("99430001", "offsite-map.png", 900 * KB),
        ("99430002", "q4-forecast.xlsx", 2 * MB),
    ] {
        let container = Container::Page(page.to_owned());
        writer.file_of(container, at, name, size, Undetermined, "its page is someone's draft or not visible");
    }
}

/// Adds a body that ends inside a tag, as after a failed import.
fn malformed(writer: &mut Writer) {
    let faq = writer.id_of("Classic FAQ");
    writer.write_closed(&faq, &paragraph("Imported from the old site."));
    writer.write(&faq, &image("classic-led-codes.png"));
    writer.file(&faq, "classic-led-codes.png", 180 * KB, Embedded, "image before the malformed part of the body");
    writer.file(&faq, "classic-faq-old.doc", 300 * KB, Unreferenced, "not named in the malformed body");
    writer.file(&faq, "classic-wiring.png", 260 * KB, Undetermined, "named in the malformed part of the body");
    writer
        .write(&faq, "<p><strong>Wiring</p><ac:image ac:width=\"400\"><ri:attachment ri:filename=\"classic-wiring.png");
}
