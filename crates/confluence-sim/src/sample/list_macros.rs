//! Macros that show or list files without naming them: galleries and attachments macros.

use super::SampleUsage::{Embedded, Linked, Listed, Unreferenced};
use super::markup::{app, image, link, paragraph};
use super::writer::Writer;

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

pub(super) fn write(writer: &mut Writer) {
    galleries(writer);
    attachment_lists(writer);
}

fn galleries(writer: &mut Writer) {
    let party = writer.id_of("Summer party 2025");
    let parameters = [("columns", "4"), ("exclude", "party-07.jpg")];
    writer.write_closed(&party, &app("gallery", &parameters));
    for number in 1..=8_u64 {
        let name = format!("party-{number:02}.jpg");
        let size = (4 + number) * MB;
        if number == 7 {
            writer.file(&party, &name, size, Unreferenced, "excluded from the gallery");
        } else {
            writer.file(&party, &name, size, Embedded, "gallery of its page");
        }
    }
    writer.file(&party, "party-budget.xlsx", 90 * KB, Unreferenced, "a gallery shows images only");

    let illustrations = writer.id_of("Research repository");
    writer.write_closed(&illustrations, &app("gallery", &[("includeLabel", "approved")]));
    for (name, approved) in [("persona-anna.png", true), ("persona-hiro.png", true), ("persona-sketch.png", false)] {
        let (usage, why) =
            if approved { (Embedded, "gallery by label") } else { (Unreferenced, "lacks the gallery's label") };
        let id = writer.file(&illustrations, name, 800 * KB, usage, why);
        if approved {
            writer.change_file(&id, |file| file.labels.push("approved".to_owned()));
        }
    }
}

fn attachment_lists(writer: &mut Writer) {
    let press = writer.id_of("Classic brochure");
    writer.write_closed(&press, &paragraph("All brochures of the Classic line:"));
    writer.write(&press, &app("attachments", &[("upload", "false"), ("old", "false")]));
    for year in 2016..=2019_u64 {
        let name = format!("Classic brochure {year}.pdf");
        writer.file(&press, &name, (year - 2010) * MB, Listed, "attachments macro of its page");
    }
    writer.write(&press, &image("classic-cover.jpg"));
    writer.file(&press, "classic-cover.jpg", 3 * MB, Embedded, "an image takes precedence over the list");

    let form = writer.id_of("Pension");
    writer.write_closed(&form, &app("attachments", &[("patterns", ".*\\.pdf")]));
    writer.file(&form, "pension-leaflet.pdf", 450 * KB, Listed, "attachments macro by pattern");
    writer.file(&form, "pension-model.xlsx", 210 * KB, Unreferenced, "does not match the macro's pattern");

    let manuals = writer.id_of("Manuals Air One");
    let overview = writer.id_of("Manuals");
    let parameters = [("page", "Manuals Air One"), ("labels", "manual")];
    writer.write(&overview, &app("attachments", &parameters));
    for language in ["de", "en", "fr", "sv"] {
        let name = format!("Air One manual {language}.pdf");
        let id = writer.file(&manuals, &name, 5 * MB, Listed, "attachments macro of another page, by label");
        writer.change_file(&id, |file| file.labels.push("manual".to_owned()));
        writer.versions(&id, 5);
    }
    writer.write(&manuals, &link("Air One quick start.pdf", "Quick start"));
    writer.file(&manuals, "Air One quick start.pdf", 2 * MB, Linked, "link next to the list");

    // lists every file of the space, which is not a use of any of them
    let home = writer.id_of("Marketing Home");
    writer.write(&home, &app("space-attachments", &[("showFilter", "true")]));
}
