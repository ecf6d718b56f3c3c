//! Common uses of files: images, file cards, links, previews, header images, app macros.

use serde_json::Value;

use super::SAMPLE_BASE;
use super::SampleUsage::{Embedded, Linked, LinkedElsewhere, Undetermined, Unreferenced};
use super::markup::{
    adf_panel, anchor, app, attachment, attachment_in, code, content_entity, forge, html, image, image_of,
    image_with_caption, info, link, link_of, page, paragraph, plain_link, smart_link, two_columns, view_file,
};
use super::writer::Writer;

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

pub(super) fn write(writer: &mut Writer) {
    pictures(writer);
    own_links(writer);
    used_by_other_pages(writer);
    addresses(writer);
    apps(writer);
    header_images(writer);
    mentions(writer);
    copies(writer);
}

fn pictures(writer: &mut Writer) {
    let overview = writer.id_of("System overview");
    writer.write(&overview, &image_with_caption("system-overview.png", "Sensors, gateways and cloud in one picture"));
    let id = writer.file(&overview, "system-overview.png", 1_840 * KB, Embedded, "image with caption and border");
    writer.versions(&id, 30);
    writer.change_file(&id, |file| {
        for version in file.versions.iter_mut().filter(|version| [3, 4, 11].contains(&version.number)) {
            version.deleted = true;
        }
    });

    let firmware = writer.id_of("Device firmware");
    writer.write(&firmware, &image_of(&attachment_in("boot sequence.png", &page("ENG", "Device firmware"))));
    writer.file(&firmware, "boot sequence.png", 420 * KB, Embedded, "its own page as explicit container");

    let pairing = writer.id_of("Pairing flow");
    writer.write(&pairing, &two_columns(&image("pairing-1-scan.png"), &image("pairing-2-connect.png")));
    writer.file(&pairing, "pairing-1-scan.png", 310 * KB, Embedded, "image in a layout cell");
    writer.file(&pairing, "pairing-2-connect.png", 295 * KB, Embedded, "image in a layout cell");
    writer.file(&pairing, "pairing-3-done.png", 280 * KB, Unreferenced, "left over from an earlier design");

    let notifications = writer.id_of("App: notifications");
    let thumbnail = format!("{SAMPLE_BASE}/download/thumbnails/{notifications}/quiet-hours.png?version=1&width=400");
    writer.write(&notifications, &adf_panel(&image("quiet-hours.png"), &thumbnail));
    writer.file(&notifications, "quiet-hours.png", 190 * KB, Embedded, "image in an ADF panel, again in its fallback");
}

fn own_links(writer: &mut Writer) {
    let travel = writer.id_of("Travel policy");
    writer.write(&travel, &paragraph("Everything that is not said here is up to your good sense."));
    writer.write(&travel, &link("Travel policy 2026.pdf", "The policy as PDF"));
    let id = writer.file(&travel, "Travel policy 2026.pdf", 880 * KB, Linked, "ac:link on its own page");
    writer.versions(&id, 6);
    writer.file(&travel, "Travel policy 2019.pdf", 610 * KB, Unreferenced, "superseded");

    let expenses = writer.id_of("Expenses");
    writer.write(&expenses, &plain_link("expense-form.xlsx", "expense-form-old.xlsx"));
    writer.file(&expenses, "expense-form.xlsx", 64 * KB, Linked, "old-editor link; its text names another file");
    writer.file(&expenses, "expense-form-old.xlsx", 58 * KB, Unreferenced, "named in a link text only");

    let export = writer.id_of("Export measurements");
    let url = format!("/wiki/download/attachments/{export}/sample%20export.csv?version=1&api=v2");
    writer.write(&export, &anchor(&url, "a sample"));
    writer.file(&export, "sample export.csv", 2 * MB, Linked, "download URL on its own page");

    let guide = writer.id_of("Interview guide");
    writer.write(&guide, &format!("<p>{}</p>", attachment("scorecard.docx")));
    writer.write(&guide, &view_file("interview-questions.docx"));
    writer.file(&guide, "interview-questions.docx", 96 * KB, Embedded, "file card");
    writer.file(&guide, "scorecard.docx", 41 * KB, Linked, "identifier directly in a paragraph");
}

fn used_by_other_pages(writer: &mut Writer) {
    let logo = writer.id_of("Logo");
    let brand = writer.id_of("Brand");
    writer.write(&brand, &image_of(&attachment_in("larkspur-logo.svg", &page("MKT", "Logo"))));
    writer.file(&logo, "larkspur-logo.svg", 24 * KB, LinkedElsewhere, "image on another page, by title");

    let price = writer.id_of("Price lists");
    let partners = writer.id_of("Partners and resellers");
    let container = content_entity(&price);
    writer.write(&partners, &link_of(&attachment_in("Price list 2026.xlsx", &container), "current prices"));
    let id =
        writer.file(&price, "Price list 2026.xlsx", 310 * KB, LinkedElsewhere, "link on another page, by content id");
    writer.versions(&id, 14);

    let chamber = writer.id_of("Climate chamber");
    let post = writer.id_of("New climate chamber");
    let container = format!(r#"<ri:page ri:content-id="{chamber}" />"#);
    writer.write(&post, &image_of(&attachment_in("chamber-installed.jpg", &container)));
    writer.file(&chamber, "chamber-installed.jpg", 6 * MB, LinkedElsewhere, "image in a post, page by id");

    let press = writer.id_of("Press kit");
    let coverage = writer.id_of("Coverage");
    let card = app("viewpdf", &[("name", "press-release-air-pro.pdf"), ("page", "Press kit")]);
    writer.write(&coverage, &card);
    writer.file(&press, "press-release-air-pro.pdf", 540 * KB, LinkedElsewhere, "viewpdf on another page, by title");

    let archived = writer.id_of("Roadmap 2025");
    let onboarding = writer.id_of("App: onboarding");
    writer.write(&archived, &image_of(&attachment_in("onboarding-goals.png", &page("PROD", "App: onboarding"))));
    writer.file(&onboarding, "onboarding-goals.png", 220 * KB, LinkedElsewhere, "image on an archived page");

    let award = writer.id_of("Breathe wins an award");
    let back = writer.id_of("Back from IFA");
    let day = writer.site.contents.iter().find(|content| content.id == award).map(|post| post.created_at);
    let day = day.unwrap_or(writer.now).format("%Y/%m/%d");
    let container = format!(r#"<ri:blog-post ri:content-title="Breathe wins an award" ri:posting-day="{day}" />"#);
    writer.write(&back, &image_of(&attachment_in("award-night.jpg", &container)));
    writer.file(&award, "award-night.jpg", 9 * MB, LinkedElsewhere, "image in another post, by title and day");
}

fn addresses(writer: &mut Writer) {
    let metrics = writer.id_of("Activation");
    let home = writer.id_of("Product Home");
    let id = writer.file(&metrics, "activation-q3.xlsx", 780 * KB, LinkedElsewhere, "smart link to its preview");
    let digits = id.trim_start_matches("att");
    let preview = format!(
        "{SAMPLE_BASE}/pages/viewpageattachments.action?pageId={metrics}&preview=%2F{metrics}%2F{digits}%2Factivation-q3.xlsx"
    );
    writer.write(&home, &smart_link(&preview, "inline"));

    let certification = writer.id_of("Air Pro: certification");
    let checklist = writer.id_of("Launch checklist Air Pro");
    let id = writer.file(&certification, "CE declaration.pdf", 350 * KB, LinkedElsewhere, "REST download URL");
    let url = format!("/wiki/rest/api/content/{certification}/child/attachment/{id}/download");
    writer.write(&checklist, &anchor(&url, "CE declaration"));

    let study = writer.id_of("Air Pro: field study");
    let hamburg = writer.id_of("Interviews Hamburg");
    let url = format!("{SAMPLE_BASE}/spaces/PROD/pages/{study}/Field+study?preview=/{study}/");
    let id = writer.file(&study, "field study plan.pptx", 14 * MB, LinkedElsewhere, "page URL with preview");
    let digits = id.trim_start_matches("att");
    writer.write(&hamburg, &anchor(&format!("{url}{digits}/field%20study%20plan.pptx"), "plan"));

    let landing = writer.id_of("Landing pages");
    let website = writer.id_of("Website");
    let url = format!("{SAMPLE_BASE}/download/attachments/{landing}/hero%2Boffice.jpg?api=v2");
    writer.write(&website, &format!(r#"<ac:image><ri:url ri:value="{url}" /></ac:image>"#));
    writer.file(&landing, "hero+office.jpg", 3 * MB, LinkedElsewhere, "image by URL; its name contains a plus");

    // the same path on another host is not a use, but the site may have had that host name before
    let partners = writer.id_of("Partners and resellers");
    let url = format!(
        "https://confluence.larkspur.example.reseller.example/wiki/download/attachments/{landing}/banner-old.gif"
    );
    writer.write(&partners, &anchor(&url, "their copy"));
    writer.file(&landing, "banner-old.gif", 700 * KB, Undetermined, "named by a URL of another host only");
}

fn apps(writer: &mut Writer) {
    let videos = writer.id_of("Videos");
    let name = attachment("breathe-spot-30s.mp4");
    writer.write(&videos, &app("multimedia", &[("width", "640"), ("name", &name), ("autostart", "false")]));
    let id = writer.file(&videos, "breathe-spot-30s.mp4", 214 * MB, Embedded, "multimedia macro");
    writer.versions(&id, 3);
    writer.file(&videos, "breathe-spot-raw-cut.mov", 640 * MB, Unreferenced, "raw material, not used on any page");

    let schools = writer.id_of("Autumn 2025: Schools");
    let parameters = [("name", "schools-teaser.mp4"), ("page", "Autumn 2025: Schools"), ("space", "MKT")];
    let newsletter = writer.id_of("Newsletter");
    writer.write(&newsletter, &app("multimedia", &parameters));
    writer.file(&schools, "schools-teaser.mp4", 118 * MB, LinkedElsewhere, "multimedia by space, page and name");

    let housing = writer.id_of("Housing");
    writer.write(&housing, &app("larkspur-step-viewer", &[("file", "housing-v7.step"), ("height", "400")]));
    let id = writer.file(&housing, "housing-v7.step", 48 * MB, Embedded, "parameter of an unknown app macro");
    writer.versions(&id, 7);
    writer.write(&housing, &forge("3D viewer", "file-name", "bracket.step"));
    writer.file(&housing, "bracket.step", 12 * MB, Embedded, "guest parameter of a Forge app");
    writer.file(&housing, "housing-v6.step", 47 * MB, Unreferenced, "superseded model");

    let campaigns = writer.id_of("Campaigns");
    let spring = writer.id_of("Spring 2025: Breathe");
    let url = format!("/wiki/download/attachments/{spring}/breathe-banner.png?api=v2");
    writer.write(&campaigns, &html(&format!(r#"<img src="{url}" alt="banner">"#)));
    writer.file(&spring, "breathe-banner.png", 900 * KB, LinkedElsewhere, "own URL in an HTML macro of another page");
}

fn header_images(writer: &mut Writer) {
    for (title, name, property) in [
        ("Engineering Home", "header-circuit.jpg", "cover-picture-id-published"),
        ("Back from IFA", "header-ifa-hall.jpg", "cover-picture-id-published"),
        ("Old build server", "header-server-room.jpg", "cover-picture-id-published"),
        ("Classic photos", "header-classic.jpg", "cover-picture-id-published"),
        ("App screens", "header-app-screens.png", "cover-picture-id-draft"),
    ] {
        let owner = writer.id_of(title);
        let id = writer.file(&owner, name, 1_500 * KB, Embedded, "header image");
        let file = writer.site.attachments.iter().find(|file| file.id == id);
        let file_id = file.and_then(|file| file.current()).map_or_else(String::new, |version| version.file_id.clone());
        let value = Value::from(format!(r#"{{"id":"{file_id}","position":50}}"#));
        writer.change(&owner, |content| {
            content.properties.insert(property.to_owned(), value);
            content.properties.insert("emoji-title-published".to_owned(), Value::from("1f33f"));
        });
    }
    let support = writer.id_of("Support Home");
    let value = Value::from(r#"{"id":"https://images.larkspur.example/help.jpg","position":20}"#);
    writer.change(&support, |content| {
        content.properties.insert("cover-picture-id-published".to_owned(), value);
    });
}

fn mentions(writer: &mut Writer) {
    let restore = writer.id_of("Restore from backup");
    writer.write(&restore, &code("bash", "scp restore-all.sh backup:/tmp && sh restore-all.sh --from last-night.dump"));
    writer.file(&restore, "restore-all.sh", 12 * KB, Unreferenced, "named in a code block only");
    let lag = writer.id_of("Ingest lag");
    let sample = r#"<ac:image><ri:attachment ri:filename="lag-example.png"/></ac:image>"#;
    writer.write(&lag, &code("xml", sample));
    writer.file(&lag, "lag-example.png", 150 * KB, Unreferenced, "markup shown in a code block");
    let icons = writer.id_of("Icons");
    writer.write(&icons, &info(&paragraph("icons-v1.zip is history; ask Chiara.")));
    writer.write(&icons, "<!-- <ac:image><ri:attachment ri:filename=\"icons-sheet.png\"/></ac:image> -->");
    writer.file(&icons, "icons-v1.zip", 31 * MB, Unreferenced, "named in running text only");
    writer.file(&icons, "icons-sheet.png", 2 * MB, Unreferenced, "named in an XML comment only");
    writer.write(&icons, r#"<ac:image ac:alt="icons-2x.png"><ri:attachment ri:filename="icons.png" /></ac:image>"#);
    writer.file(&icons, "icons.png", 1_100 * KB, Embedded, "image whose alternative text names another file");
    writer.file(&icons, "icons-2x.png", 4 * MB, Unreferenced, "named in an alternative text only");
}

fn copies(writer: &mut Writer) {
    let packaging = writer.id_of("Packaging");
    let original = writer.picture(&packaging, "air-one-packshot.jpg", 7_340_032);
    for title in ["Air One: pricing", "Launch checklist Air One", "Press", "IFA Berlin 2025", "Manuals Air One"] {
        let owner = writer.id_of(title);
        let copy = if title == "Press" {
            writer.picture(&owner, "air-one-packshot.jpg", 7_340_032)
        } else {
            writer.file(&owner, "air-one-packshot.jpg", 7_340_032, Unreferenced, "copy that is not shown anywhere")
        };
        writer.copy_bytes(&original, &copy);
    }
    // the same name and size but other bytes: a candidate duplicate that a comparison of bytes rejects
    let moodboards = writer.id_of("Moodboards");
    let illustrations = writer.id_of("Illustrations");
    writer.picture(&moodboards, "texture.jpg", 2_097_152);
    writer.file(&illustrations, "texture.jpg", 2_097_152, Unreferenced, "namesake with other bytes");
}
