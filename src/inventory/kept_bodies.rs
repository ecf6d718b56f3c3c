//! What bodies name and measure, kept from run to run.
//!
//! Confluence rewrites the references of other pages when a file is renamed or moved, without a new version of those
//! pages. So a body is never known by the number of its version, only by a checksum of its text:
//! what is kept is what reading that very text would give.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

use crate::cache::{Cache, ValueKey};
use storage_format::{Body, Depth, OwnSite, READER, parse_to};

/// Below this length, in bytes, finding the references again takes no longer than looking them up (see CONTRIBUTING.md,
/// "What is kept of bodies").
const LONG_FOR_REFERENCES: usize = 16 << 10;

/// What a body names, and measures if asked to: as an earlier run found it in the very same text, or found now.
pub fn read_body(cache: Option<&Cache>, text: &str, site: &OwnSite, depth: Depth<'_>) -> Body {
    match cache {
        Some(cache) if depth != Depth::References || text.len() >= LONG_FOR_REFERENCES => {
            kept_or_read(cache, text, site, depth)
        }
        _ => parse_to(text, site, depth),
    }
}

fn kept_or_read(cache: &Cache, text: &str, site: &OwnSite, depth: Depth<'_>) -> Body {
    let key = key(READER, text, site, depth);
    if let Some(body) = cache.find(&key).and_then(|value| unpack(&value).ok()) {
        return body;
    }
    let body = parse_to(text, site, depth);
    if let Ok(value) = pack(&body) {
        cache.keep(&key, &value);
    }
    body
}

/// Everything that what is read depends on: the text, the program's way of reading, the hosts that are the site's own, and
/// how much was asked for.
fn key(reader: &str, text: &str, site: &OwnSite, depth: Depth<'_>) -> ValueKey {
    let asked = match depth {
        Depth::References => "references".to_owned(),
        // no word holds a blank
        Depth::Measures(todo) => todo.words().fold("measures".to_owned(), |asked, word| asked + " " + word),
    };
    let mut hash = Sha256::new();
    for part in [reader, &asked, &site.identity(), text] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn pack(body: &Body) -> io::Result<Vec<u8>> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&serde_json::to_vec(body)?)?;
    packed.finish()
}

fn unpack(value: &[u8]) -> io::Result<Body> {
    let mut json = Vec::with_capacity(value.len() * 4);
    DeflateDecoder::new(value).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage_format::TodoMarkers;

    const BASE: &str = "https://acme.atlassian.net/wiki";

    fn site(hosts: &[&str]) -> OwnSite {
        OwnSite::new(BASE, &hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())
    }

    fn open(folder: &tempfile::TempDir) -> Cache {
        Cache::open(folder.path(), BASE, "ann@acme.example").unwrap()
    }

    /// Every construct of references and measures, a damaged body and an empty one.
    fn bodies() -> Vec<String> {
        let rich = r#"<h1>Plan</h1><p>Rollout – 添付 <ac:link><ri:page ri:space-key="OPS" ri:content-title="A &amp; B"/></ac:link>
            <a href="/wiki/download/attachments/1001/a%20b.png?version=2">x</a> <a href="https://example.org/">y</a>
            <a href="https://wiki.acme.example/download/attachments/7/a+b.png">x</a></p>
            <ac:image><ri:attachment ri:filename="k.png"><ri:page ri:content-id="7" ri:content-title="Old"/></ri:attachment></ac:image>
            <ac:structured-macro ac:name="unmigrated-wiki-markup"><ac:plain-text-body><![CDATA[{viewpdf:a.pdf} see b.pdf]]></ac:plain-text-body></ac:structured-macro>
            <ac:image ac:alt="z"><ri:attachment ri:filename="ü.png"><ri:page ri:content-title="Other"/></ri:attachment></ac:image>
            <ac:structured-macro ac:name="gallery"><ac:parameter ac:name="include">*.png</ac:parameter></ac:structured-macro>
            <ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status></ac:task></ac:task-list>"#;
        let words = "Every team keeps its own copy of the plan, reviewed at the end of each quarter. ".repeat(8);
        let long = format!("<p>{words}</p>{}", rich.repeat(40));
        let damaged = format!("{long}<p>cut <ac:image><ri:attachment ri:filename=\"lost.png");
        vec![rich.to_owned(), long, damaged, String::new()]
    }

    #[test]
    fn what_is_found_again_is_what_reading_gives() {
        let usual = TodoMarkers::default();
        let measures = Depth::Measures(&usual);
        let folder = tempfile::tempdir().unwrap();
        let site = site(&[]);
        for depth in [Depth::References, measures] {
            for run in 0..3 {
                let cache = open(&folder);
                for body in bodies() {
                    assert_eq!(
                        read_body(Some(&cache), &body, &site, depth),
                        parse_to(&body, &site, depth),
                        "run {run}"
                    );
                }
            }
        }
        // of the references only those of the two long bodies are worth keeping
        assert_eq!(open(&folder).values(), bodies().len() + 2);
    }

    #[test]
    fn a_kept_body_is_the_one_that_is_used() {
        let usual = TodoMarkers::default();
        let measures = Depth::Measures(&usual);
        let folder = tempfile::tempdir().unwrap();
        let (cache, site, text) = (open(&folder), site(&[]), "<p>one</p>");
        let other = parse_to("<p>one two three</p>", &site, measures);
        cache.keep(&key(READER, text, &site, measures), &pack(&other).unwrap());
        assert_eq!(read_body(Some(&cache), text, &site, measures), other);
        // what cannot be unpacked is read, and kept in its place
        cache.keep(&key(READER, text, &site, measures), b"not what was packed");
        let read = parse_to(text, &site, measures);
        assert_eq!(read_body(Some(&cache), text, &site, measures), read);
        assert_eq!(unpack(&cache.find(&key(READER, text, &site, measures)).unwrap()).unwrap(), read);
    }

    #[test]
    fn another_text_site_depth_or_program_has_another_key() {
        let usual = TodoMarkers::default();
        let measures = Depth::Measures(&usual);
        let acme = site(&[]);
        let mut keys = vec![key("1", "a", &acme, measures)];
        keys.push(key("2", "a", &acme, measures));
        keys.push(key("1", "a ", &acme, measures));
        keys.push(key("1", "a", &site(&["old.example.org"]), measures));
        keys.push(key("1", "a", &OwnSite::new("https://acme.atlassian.net", &[]), measures));
        keys.push(key(
            "1",
            "a",
            &OwnSite::new("https://old.example.org/wiki", &["acme.atlassian.net".to_owned()]),
            measures,
        ));
        keys.push(key("1", "a", &acme, Depth::References));
        for words in [&["TODO"][..], &["TODO", "TBD"], &["TODOTBD"], &[]] {
            let todo = TodoMarkers::new(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
            keys.push(key("1", "a", &acme, Depth::Measures(&todo)));
        }
        keys.push(key("1a", "", &acme, measures));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
        assert_eq!(key("1", "a", &acme, measures), key("1", "a", &site(&["acme.atlassian.net"]), measures));
    }
}
