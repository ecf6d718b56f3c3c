//! File names that are hard to compare: other scripts, decomposed letters, entities, renamed files.

use super::SampleUsage::{Embedded, Linked, LinkedElsewhere, Unreferenced};
use super::markup::{anchor, image, image_of, link, paragraph, view_file};
use super::writer::Writer;

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

/// `Übersicht` with a decomposed first letter.
const UEBERSICHT_NFD: &str = "U\u{308}bersicht Ausstattung.pdf";
/// `서울` decomposed into its jamo, as macOS uploads it.
const SEOUL_NFD: &str = "\u{1109}\u{1165}\u{110b}\u{116e}\u{11af} 사무실.png";
const SEOUL_NFC: &str = "서울 사무실.png";

pub(super) fn write(writer: &mut Writer) {
    german(writer);
    asian_and_arabic(writer);
    punctuation(writer);
    renamed(writer);
}

fn german(writer: &mut Writer) {
    let day = writer.id_of("Erster Tag");
    writer.write(&day, &paragraph("Schön, dass du da bist. Das hier brauchst du heute."));
    writer.write(&day, &link("Begrüßung & Überblick.pdf", "Überblick"));
    writer.file(&day, "Begrüßung & Überblick.pdf", 720 * KB, Linked, "umlauts and an ampersand");
    let markup = r#"<ac:image><ri:attachment ri:filename="B&uuml;roplan gro&szlig;.png" /></ac:image>"#;
    writer.write(&day, markup);
    writer.file(&day, "Büroplan groß.png", 1_300 * KB, Embedded, "named entities in the body");

    let equipment = writer.id_of("Ausstattung");
    writer.write(&equipment, &view_file("Übersicht Ausstattung.pdf"));
    writer.file(&equipment, UEBERSICHT_NFD, 480 * KB, Embedded, "decomposed file name, composed in the body");

    let post = writer.id_of("Neue Regelung für mobiles Arbeiten");
    let url = format!("/wiki/download/attachments/{post}/Betriebsvereinbarung%20%C3%9Cbergang.pdf?api=v2");
    writer.write(&post, &anchor(&url, "Betriebsvereinbarung"));
    writer.file(&post, "Betriebsvereinbarung Übergang.pdf", 390 * KB, Linked, "percent-encoded umlaut");
}

fn asian_and_arabic(writer: &mut Writer) {
    let office = writer.id_of("Office Seoul");
    writer.write(&office, &image(SEOUL_NFD));
    writer.file(&office, SEOUL_NFD, 2 * MB, Embedded, "decomposed in name and body alike");
    let travel = writer.id_of("Travel Seoul");
    writer.write(&travel, &image(SEOUL_NFC));
    writer.file(&travel, SEOUL_NFC, 2 * MB, Embedded, "the composed namesake on another page");

    let manuals = writer.id_of("Manuals Air Pro");
    writer.write(&manuals, &view_file("Air Pro 取扱説明書.pdf"));
    let id = writer.file(&manuals, "Air Pro 取扱説明書.pdf", 8 * MB, Embedded, "Japanese file name");
    writer.versions(&id, 4);
    writer.write(&manuals, &view_file("دليل الاستخدام Air Pro.pdf"));
    writer.file(&manuals, "دليل الاستخدام Air Pro.pdf", 8 * MB, Embedded, "Arabic file name");
    writer.file(&manuals, "Air Pro 사용 설명서 초안.docx", 3 * MB, Unreferenced, "Korean draft, not linked");

    let cairo = writer.id_of("Interviews Cairo");
    writer.write(&cairo, &link("مقابلات القاهرة.xlsx", "المقابلات"));
    writer.file(&cairo, "مقابلات القاهرة.xlsx", 260 * KB, Linked, "Arabic file name");
}

fn punctuation(writer: &mut Writer) {
    let photography = writer.id_of("Photography");
    writer.write(&photography, &image("Larkspur \"Calm\" #3; final?.jpg"));
    writer.file(&photography, "Larkspur \"Calm\" #3; final?.jpg", 11 * MB, Embedded, "quotes, hash, question mark");
    let shot = "Screenshot 2025-05-02 at 3.41.07\u{202f}PM.png";
    let notes = writer.id_of("1:1 notes");
    writer.write(&notes, &image(shot));
    writer.file(&notes, shot, 640 * KB, Embedded, "narrow no-break space of macOS");
    let colours = writer.id_of("Colours");
    writer.write(&colours, &image("palette.png"));
    writer.file(&colours, "palette.png", 88 * KB, Embedded, "exact match of two names that differ by case");
    writer.file(&colours, "Palette.png", 87 * KB, Unreferenced, "differs by case from the name that is used");
}

/// Adds files used under the name of an old version: Confluence does not rewrite such URLs when a file is renamed.
fn renamed(writer: &mut Writer) {
    let returns = writer.id_of("Return form");
    let support = writer.id_of("Returns");
    let id = writer.file(&returns, "RMA form.pdf", 140 * KB, LinkedElsewhere, "URL with the name of an old version");
    let at = writer.days_ago(40);
    writer.change_file(&id, |file| file.upload("Return form 2026.pdf", 155 * KB, at, None));
    writer.write(&support, &anchor(&format!("/wiki/download/attachments/{returns}/RMA%20form.pdf"), "the form"));

    let training = writer.id_of("First aid");
    let id = writer.file(&training, "first-aid-old.png", 310 * KB, Embedded, "image under the name of an old version");
    let at = writer.days_ago(25);
    writer.change_file(&id, |file| file.upload("first-aid.png", 330 * KB, at, None));
    writer.write(&training, &image_of(r#"<ri:attachment ri:filename="first-aid-old.png" ri:version-at-save="1" />"#));
}
