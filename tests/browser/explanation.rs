//! The details of a file explain it in the sentences of the command `explain`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use confluence_storage_analyzer::audit::{Audit, FileVerdict, ReasonKind, Usage, Use};
use confluence_storage_analyzer::inventory::{AttachmentId, Container, ContentId, Inventory, OldVersion};
use confluence_storage_analyzer::report::explanation::{Explainer, Topic};
use confluence_storage_analyzer::report::{ReportInput, RunFacts};
use serde_json::Value;
use storage_format::{Certainty, Construct, Display};

use crate::{ALL, Report};
use test_support::sample;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async details_have_the_sentences_of_the_command,
        async the_dialog_shows_the_explanation_with_links;
}

/// Script that returns the explanation of every file: id, topic, and each sentence with its links.
const EXPLANATIONS: &str = "const seen = window.explanationParts; let all; \
    window.explanationParts = (rows, row) => { all = rows; return seen(rows, row) }; \
    document.querySelector('#table tbody .name').click(); \
    const explain = (row) => seen(all, row).filter(part => part.tagName === 'UL').map(list => \
    [list.dataset.topic, ...[...list.children].map(item => item.textContent)]); \
    return { now: Date.now(), files: Object.fromEntries(Array.from({ length: all.length }, (_, row) => [all.id(row), explain(row)])) }";

fn used(content: usize, construct: Construct, name: &str, display: Display, certainty: Certainty) -> Use {
    Use { content, on_owner: false, construct, name: name.to_owned(), display, certainty }
}

/// Gives files of the sample what it lacks: every construct, certainty and name of a use, every kind of reason, many
/// contents, unknown sizes and owners, protection, rules of apps.
fn with_every_kind((mut inventory, mut audit): (Inventory, Audit)) -> (Inventory, Audit) {
    let used_files: Vec<usize> = indexes(&audit, |verdict| verdict.usage == Usage::LinkedElsewhere);
    let constructs = [
        (Construct::Image, Display::Shown),
        (Construct::Link, Display::Linked),
        (Construct::BareIdentifier, Display::Linked),
        (Construct::Macro("gallery".into()), Display::Shown),
        (Construct::Macro("attachments".into()), Display::Listed),
        (Construct::Extension("drawio\u{202E}".into()), Display::Shown),
        (Construct::Url, Display::Shown),
        (Construct::Fallback, Display::Shown),
        (Construct::UrlInText, Display::Linked),
        (Construct::HeaderImage, Display::Shown),
        (Construct::Property("cw-data".into()), Display::Linked),
        (Construct::Media, Display::Shown),
    ];
    let [everything, many, both] = *used_files.first_chunk().expect("three used files");
    let old = OldVersion {
        number: 1,
        title: Some("former <b>name</b>.png".to_owned()),
        size: None,
        file_id: None,
        created_at: None,
        author: None,
    };
    inventory.attachments[everything].old_versions.insert(0, old);
    let names =
        ["", "former <b>name</b>.png", "other.png", "att70123", "62149a0b-9e5d-4e56-bab5-17b8a0d84da5", "attic"];
    audit.files[everything].uses = constructs
        .into_iter()
        .enumerate()
        .flat_map(|(at, (construct, display))| {
            let name = names[at % names.len()];
            let one = |content, certainty| used(content, construct.clone(), name, display, certainty);
            [one(at, Certainty::Proven), one(at + 12, Certainty::Possible)]
        })
        .collect();
    let link = |content, certainty| used(content, Construct::Link, "x", Display::Linked, certainty);
    audit.files[many].uses = (0..31).map(|content| link(content, Certainty::Proven)).collect();
    audit.files[many].protected = Some("name *.\u{202E}gnp".to_owned());
    audit.files[both].uses =
        vec![link(1, Certainty::Possible), link(1, Certainty::Proven), link(32, Certainty::Possible)];
    audit.files[both].kept_by_app = Some("draw.io copy");
    let undetermined = indexes(&audit, |verdict| verdict.usage == Usage::Undetermined);
    for (kind, file) in ReasonKind::ALL.into_iter().zip(undetermined) {
        audit.files[file].reasons = vec![kind.because(format!("reason \"{kind:?}\" {{reason}} \u{202E}"))];
        if file % 4 == 0 {
            let more = [ReasonKind::NamedInTrash.because("named only in the trash"), kind.because("another one")];
            audit.files[file].reasons.extend(more);
        }
        audit.files[file].protected = (file % 3 == 0).then(|| "label keep".to_owned());
    }
    let trashed = indexes(&audit, |verdict| verdict.usage == Usage::NotJudged);
    let [on_trashed_page, without_page] = *trashed.first_chunk().expect("two files in the trash");
    audit.files[on_trashed_page].reasons = vec![ReasonKind::OwnerInTrash.because("its page is in the trash")];
    audit.files[without_page].reasons = vec![ReasonKind::NotOfPage.because("does not belong to a page or blog post")];
    inventory.attachments[without_page].container = Container::None;
    let unreferenced = indexes(&audit, |verdict| verdict.usage == Usage::Unreferenced);
    inventory.attachments[unreferenced[0]].container = Container::Page(ContentId::new("99"));
    inventory.attachments[unreferenced[1]].size = None;
    audit.files[unreferenced[2]].kept_by_app = Some("draw.io copy");
    (inventory, audit)
}

fn indexes(audit: &Audit, wanted: impl Fn(&FileVerdict) -> bool) -> Vec<usize> {
    audit.files.iter().filter(|verdict| wanted(verdict)).map(|verdict| verdict.attachment).collect()
}

/// Returns what the page says about each file, and the time by its clock.
async fn said_by_page(browser: &Browser, report: &Report) -> (DateTime<Utc>, BTreeMap<String, Value>) {
    browser.open(&report.page(ALL)).await;
    let said = browser.run(EXPLANATIONS).await;
    let now = DateTime::from_timestamp_millis(said["now"].as_i64().expect("a time")).expect("a time");
    (now, serde_json::from_value(said["files"].clone()).expect("files"))
}

async fn details_have_the_sentences_of_the_command() {
    let browser = Browser::start().await;
    let complete = with_every_kind(sample::complete(300));
    let mut within_spaces = with_every_kind(sample::complete(120));
    within_spaces.0.scan.references_within = true;
    // older than a week by any clock
    let mut old = with_every_kind(sample::complete(120));
    old.0.scan.started_at -= chrono::TimeDelta::days(400);
    let incomplete = with_every_kind(sample::incomplete(300));
    let failed = RunFacts { exit_code: 3, ..sample::run_facts() };
    let mut topics = 0;
    for (run, site) in [
        (&sample::run_facts(), &complete),
        (&sample::run_facts(), &within_spaces),
        (&sample::run_facts(), &old),
        (&failed, &incomplete),
    ] {
        let report = Report::of(run, site);
        let (now, said) = said_by_page(&browser, &report).await;
        let (inventory, audit) = site;
        let explainer = Explainer::new(ReportInput { run, inventory, audit }).expect("an explainer");
        assert_eq!(said.len(), inventory.attachments.len());
        for (at, file) in inventory.attachments.iter().enumerate() {
            let explanation = explainer.explain(at, now).expect("an explanation");
            let on_page = explanation.explanation.iter().filter(|topic| Topic::ON_PAGE.contains(&topic.topic));
            let expected: Vec<Vec<String>> = on_page
                .map(|topic| {
                    let name = serde_json::to_value(topic.topic).expect("a name").as_str().expect("a name").to_owned();
                    let sentences = topic.sentences.iter().map(|sentence| sentence.text.clone());
                    std::iter::once(name).chain(sentences).collect()
                })
                .collect();
            let said: Vec<Vec<String>> = serde_json::from_value(said[file.id.as_str()].clone()).expect("topics");
            for (page, command) in said.iter().zip(&expected) {
                assert_eq!(page, command, "{} of {}", file.id, report.folder.display());
                topics += 1;
            }
            assert_eq!(said.len(), expected.len());
        }
    }
    assert_eq!(topics, (300 + 120 + 120 + 300) * Topic::ON_PAGE.len());
    browser.stop().await;
}

async fn the_dialog_shows_the_explanation_with_links() {
    let browser = Browser::start().await;
    let site = with_every_kind(sample::complete(300));
    let report = Report::of(&sample::run_facts(), &site);
    let file = indexes(&site.1, |verdict| verdict.usage == Usage::LinkedElsewhere)[0];
    let id: &AttachmentId = &site.0.attachments[file].id;
    browser.open_at(&report.page(ALL), &format!("?open={id}")).await;
    browser.wait_for("return document.querySelector('#details').open").await;
    let headings = browser.texts("return [...document.querySelectorAll('#details h3')].map(h => h.textContent)").await;
    let mut expected: Vec<&str> = Topic::ON_PAGE.map(Topic::heading).to_vec();
    expected.push("Versions");
    assert_eq!(headings, expected);
    let links = browser
        .texts("return [...document.querySelectorAll('#details [data-topic=used] a')].map(a => a.getAttribute('href'))")
        .await;
    let run = sample::run_facts();
    let explainer = Explainer::new(ReportInput { run: &run, inventory: &site.0, audit: &site.1 }).expect("one");
    let explanation = explainer.explain(file, sample::moment()).expect("an explanation");
    let used = explanation.explanation.iter().find(|topic| topic.topic == Topic::Used).expect("uses");
    let urls: Vec<&str> = used.sentences.iter().filter_map(|sentence| sentence.url.as_deref()).collect();
    assert_eq!(links, urls);
    assert!(urls.len() > 20);
    browser.stop().await;
}
