//! Comments, replies, templates and drafts that use files.

use super::SampleUsage::{LinkedElsewhere, Unreferenced};
use super::markup::{attachment_in, image, image_of, link, link_of, page, paragraph};
use super::writer::Writer;
use crate::site::{ContentType, Draft, Template};

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;
/// Number of comments in the sample.
const COMMENTS: usize = 60;

const REMARKS: [&str; 10] = [
    "Thanks, this helped.",
    "Could we say here who decides?",
    "Updated after today's call.",
    "The second table is out of date.",
    "Danke, genau das habe ich gesucht.",
    "Is this still true for Air Pro?",
    "I would move this to the runbook.",
    "確認しました。",
    "Agreed. Let us close it.",
    "Link is fixed now.",
];

pub(super) fn write(writer: &mut Writer) {
    comments_with_files(writer);
    templates(writer);
    drafts(writer);
    remarks(writer);
}

fn comments_with_files(writer: &mut Writer) {
    let lag = writer.id_of("2024-03 Ingest outage");
    let root = writer.comment(ContentType::FooterComment, &lag, None, &image("grafana-0312.png"));
    writer.file(&lag, "grafana-0312.png", 410 * KB, LinkedElsewhere, "image in a comment on its own page");
    writer.comment(ContentType::FooterComment, &lag, Some(&root), &link("queue-depth.csv", "the raw numbers"));
    writer.file(&lag, "queue-depth.csv", 6 * MB, LinkedElsewhere, "link in a reply");

    let home = writer.id_of("Home screen");
    let root = writer.comment(ContentType::InlineComment, &home, None, &image("home-annotated.png"));
    writer.file(&home, "home-annotated.png", 530 * KB, LinkedElsewhere, "image in an inline comment");
    writer.comment(ContentType::InlineComment, &home, Some(&root), &image("home-annotated-v2.png"));
    writer.file(&home, "home-annotated-v2.png", 540 * KB, LinkedElsewhere, "image in a reply to an inline comment");

    let post = writer.id_of("A calmer home screen");
    let other = image_of(&attachment_in("history-dark.png", &page("DES", "History screen")));
    writer.comment(ContentType::FooterComment, &post, None, &other);
    let history = writer.id_of("History screen");
    writer.file(&history, "history-dark.png", 470 * KB, LinkedElsewhere, "comment on a post, page by title");
}

fn templates(writer: &mut Writer) {
    let scorecard = writer.id_of("Job description template texts");
    let identifier = attachment_in("job-ad-layout.docx", &page("HR", "Job description template texts"));
    let declarations = r#"<at:declarations><at:string at:name="role" /></at:declarations>"#;
    let body = format!("{declarations}<h1><at:var at:name=\"role\" /></h1>{}", link_of(&identifier, "layout"));
    let template = |id: &str, name: &str, space: Option<&str>, body: String, blueprint| Template {
        id: id.to_owned(),
        name: name.to_owned(),
        space_key: space.map(str::to_owned),
        body,
        blueprint,
    };
    let global = image_of(&attachment_in("letterhead.png", &page("MKT", "Press kit")));
    writer.site.templates = vec![
        template("884737", "Job opening", Some("HR"), body, false),
        template("884738", "Letter", None, global, false),
        // a name without a container means the page created from the template, so it is not a use of an existing file
        template("884739", "Incident report", Some("ENG"), image("incident-timeline.png"), false),
        template("884740", "Decision", None, paragraph("Context, decision, consequences"), true),
    ];
    writer.file(&scorecard, "job-ad-layout.docx", 75 * KB, LinkedElsewhere, "template with explicit container");
    let press = writer.id_of("Press kit");
    writer.file(&press, "letterhead.png", 60 * KB, LinkedElsewhere, "global template");
    let incidents = writer.id_of("Incidents");
    writer.file(
        &incidents,
        "incident-timeline.png",
        130 * KB,
        Unreferenced,
        "name without container in a template only",
    );
}

fn drafts(writer: &mut Writer) {
    for (title, name) in [("Spring 2026: Offices", "offices-key-visual.png"), ("Roadmap 2026", "roadmap-draft.png")] {
        let owner = writer.id_of(title);
        let saved_at = writer.days_ago(0);
        let body = writer.site.contents.iter().find(|content| content.id == owner).map(|content| content.body.clone());
        let body = body.unwrap_or_default() + &image(name);
        let draft = Draft { title: title.to_owned(), body, saved_at };
        writer.change(&owner, |content| content.draft = Some(draft));
        let id = writer.file(&owner, name, 3 * MB, LinkedElsewhere, "used by the unpublished draft only");
        writer.change_file(&id, |file| {
            if let Some(version) = file.versions.last_mut() {
                version.created_at = saved_at;
            }
        });
        // generated markup would have to be added to the draft as well
        writer.closed.push(owner);
    }
}

fn remarks(writer: &mut Writer) {
    let owners: Vec<String> = writer
        .site
        .contents
        .iter()
        .filter(|content| content.kind.is_page_or_post() && !content.status.is_trash())
        .map(|content| content.id.clone())
        .collect();
    let mut root = None;
    let mut on = String::new();
    let mut kind = ContentType::FooterComment;
    while writer.site.contents.iter().filter(|content| content.kind.is_comment()).count() < COMMENTS {
        let remark = REMARKS[usize::try_from(writer.rng.below(REMARKS.len() as u64)).unwrap_or_default()];
        let is_reply = root.is_some() && writer.rng.below(3) == 0;
        if !is_reply {
            let at = usize::try_from(writer.rng.below(owners.len() as u64)).unwrap_or_default();
            owners[at].clone_into(&mut on);
            root = None;
        }
        if !is_reply {
            kind = if writer.rng.below(4) == 0 { ContentType::InlineComment } else { ContentType::FooterComment };
        }
        let id = writer.comment(kind, &on, root.as_deref(), &paragraph(remark));
        root.get_or_insert(id);
    }
}
