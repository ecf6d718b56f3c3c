//! Generates the remaining texts, files, labels and content states of the sample.

use serde_json::json;

use super::SampleUsage::{self, Embedded, Linked, NotJudged, Unreferenced};
use super::markup::{image, link, paragraph, table};
use super::writer::Writer;
use crate::site::{ContentType, Status};

/// Number of attachments after this step.
const ATTACHMENTS: usize = 400;
const KB: u64 = 1024;

const SENTENCES: [&str; 12] = [
    "This page is the place to look first; if something is missing, add it.",
    "We agreed on this in the weekly meeting and will look at it again in a quarter.",
    "The numbers come from the field test and are rounded.",
    "Ask in the team channel before you change anything here.",
    "Two people know the details, and one of them is usually on call.",
    "The old way still works, but please do not use it for anything new.",
    "Wir prüfen das einmal im Quartal und halten das Ergebnis hier fest.",
    "Customers notice this within minutes, so it comes before everything else.",
    "There is a shorter version for people outside the company.",
    "We tried three variants and kept the simplest.",
    "測定値は一時間ごとに更新されます。",
    "If in doubt, write down what you decided and why.",
];

/// Name, extension, minimum and maximum size in kilobytes.
const FILE_KINDS: [(&str, &str, u64, u64); 12] = [
    ("overview", "png", 80, 1_900),
    ("screenshot", "png", 60, 900),
    ("photo", "jpg", 900, 9_000),
    ("notes", "docx", 30, 600),
    ("figures", "xlsx", 40, 4_000),
    ("slides", "pptx", 1_200, 60_000),
    ("report", "pdf", 200, 12_000),
    ("export", "csv", 20, 30_000),
    ("backup", "zip", 4_000, 160_000),
    ("recording", "mp4", 30_000, 320_000),
    ("draft", "pdf", 100, 5_000),
    ("sketch", "svg", 8, 300),
];

pub(super) fn write(writer: &mut Writer) {
    texts(writer);
    files(writer);
    labels_and_states(writer);
}

fn texts(writer: &mut Writer) {
    let ids: Vec<String> = writer
        .site
        .contents
        .iter()
        .filter(|content| content.kind.is_page_or_post())
        .map(|content| content.id.clone())
        .collect();
    for id in ids {
        let count = 1 + writer.rng.below(5);
        let mut text = String::new();
        for number in 0..count {
            if number == 2 {
                text.push_str("<h2>Details</h2>");
            }
            text.push_str(&paragraph(sentence(writer)));
        }
        if writer.rng.below(6) == 0 {
            let (left, right) = (sentence(writer), sentence(writer));
            text.push_str(&table(&[("Question", "Answer"), ("What changed?", left), ("What now?", right)]));
        }
        if writer.rng.below(8) == 0 {
            text.push_str("<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Review this page</ac:task-body></ac:task></ac:task-list>");
        }
        writer.change(&id, |content| {
            content.body.insert_str(0, &text);
            if let Some(draft) = &mut content.draft {
                draft.body.insert_str(0, &text);
            }
        });
    }
}

fn sentence(writer: &mut Writer) -> &'static str {
    let at = usize::try_from(writer.rng.below(SENTENCES.len() as u64)).unwrap_or_default();
    SENTENCES.get(at).copied().unwrap_or_default()
}

fn files(writer: &mut Writer) {
    let owners: Vec<(String, String, Status)> = writer
        .site
        .contents
        .iter()
        .filter(|content| content.kind.is_page_or_post() && !writer.closed.contains(&content.id))
        .map(|content| (content.id.clone(), short(&content.title), content.status))
        .collect();
    let mut round = 0_usize;
    while writer.site.attachments.len() < ATTACHMENTS && !owners.is_empty() {
        // 61 has no factor in common with the number of owners, so each is visited once before any is visited again
        let (owner, title, status) = &owners[round * 61 % owners.len()];
        let (noun, extension, least, most) = FILE_KINDS[round % FILE_KINDS.len()];
        let size = (least + writer.rng.below(most - least)) * KB + writer.rng.below(KB);
        let name = name(writer, round, title, noun, extension);
        let (usage, why) = usage_of(round, extension, *status);
        let id = writer.file(owner, &name, size, usage, why);
        match usage {
            Embedded => writer.write(owner, &image(&name)),
            Linked => writer.write(owner, &link(&name, &name)),
            _ => {}
        }
        let versions = match writer.rng.below(20) {
            0 => 8 + writer.rng.below(9),
            1..=5 => 2 + writer.rng.below(4),
            _ => 1,
        };
        if size < 40_000 * KB && versions > 1 {
            writer.versions(&id, u32::try_from(versions).unwrap_or(1));
        }
        round += 1;
    }
}

fn usage_of(round: usize, extension: &str, status: Status) -> (SampleUsage, &'static str) {
    let is_picture = matches!(extension, "png" | "jpg" | "svg");
    if status.is_trash() {
        (NotJudged, "on a page in the trash")
    } else if is_picture && !round.is_multiple_of(5) {
        (Embedded, "image on its own page")
    } else if !is_picture && round.is_multiple_of(3) {
        (Linked, "link on its own page")
    } else {
        (Unreferenced, "not named anywhere")
    }
}

/// Returns a file name as people, cameras and screenshot tools choose them. `round` keeps names without a title unique.
fn name(writer: &mut Writer, round: usize, title: &str, noun: &str, extension: &str) -> String {
    let age = 100 + writer.rng.below(900);
    let day = writer.days_ago(age);
    match (noun, round % 4) {
        ("photo", _) => format!("IMG_{:04}.jpg", 2_100 + round * 7),
        ("screenshot", 0 | 1) => format!("Screenshot {}.{:03}.png", day.format("%Y-%m-%d at %H.%M.%S"), round),
        ("notes" | "slides", 0 | 2) => format!("{} {title} {noun}.{extension}", day.format("%Y-%m-%d")),
        ("report" | "draft", 1) => format!("{title} {noun} FINAL v{}.{extension}", 2 + round / FILE_KINDS.len()),
        ("backup" | "export", _) => {
            format!("{}_{}_{round:03}.{extension}", title.to_lowercase().replace(' ', "_"), day.format("%Y%m%d"))
        }
        (_, 3) => format!("{title} - {noun}.{extension}"),
        _ => format!("{title} {noun} {}.{extension}", day.format("%b %Y")),
    }
}

/// Returns the first words of a title, without characters that file names cannot have.
fn short(title: &str) -> String {
    let words = title.split([' ', ':', '/', ',']).filter(|word| !word.is_empty());
    words.take(4).collect::<Vec<_>>().join(" ")
}

/// Adds labels and content states, as pages of a real company have them.
fn labels_and_states(writer: &mut Writer) {
    const LABELS: [&str; 6] = ["howto", "meeting-notes", "policy", "runbook", "customer", "review-2026"];
    const STATES: [(u32, &str, &str); 3] =
        [(101, "Rough draft", "#ff7452"), (102, "In review", "#2684ff"), (103, "Verified", "#57d9a3")];
    let pages: Vec<String> = writer
        .site
        .contents
        .iter()
        .filter(|content| content.kind == ContentType::Page && !content.status.is_trash())
        .map(|content| content.id.clone())
        .collect();
    for page in pages {
        let (label, state) = (writer.rng.below(18), writer.rng.below(9));
        let label = usize::try_from(label).ok().and_then(|at| LABELS.get(at));
        let state = usize::try_from(state).ok().and_then(|at| STATES.get(at));
        writer.change(&page, |content| {
            content.labels.extend(label.map(|label| (*label).to_owned()));
            if let Some((id, name, color)) = state {
                let value = json!({"id": id, "name": name, "color": color});
                content.properties.insert("content-state-published".to_owned(), value);
            }
        });
    }
    // files that an administrator may want to protect although nothing names them
    for title in ["icons-v1.zip", "housing-v6.step", "breathe-spot-raw-cut.mov"] {
        let files = &mut writer.site.attachments;
        if let Some(file) = files.iter_mut().find(|file| file.current().is_some_and(|version| version.title == title)) {
            file.labels.push("keep".to_owned());
        }
    }
}
