//! Cache of parsed bodies: references and measures, shared between runs.
//!
//! When a file is renamed or moved, Confluence rewrites the references in other pages without creating a new version of
//! those pages. The key of a body is therefore a checksum of its text, never its version number, and a cached value is
//! exactly what parsing that text would return.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

use crate::cache::{Cache, ValueKey};
use storage_format::{Body, OwnSite, PARSER_CHECKSUM, ParseDepth, parse_with_depth};

/// Below this length in bytes, parsing the references again is as fast as a cache lookup (see `docs/benchmarks.md`).
const MIN_LENGTH_FOR_REFERENCES: usize = 16 << 10;

/// Returns the references of a body, and its measures if `depth` includes them: from the cache if an earlier run parsed
/// the same text, else by parsing it now.
pub fn read_body(cache: Option<&Cache>, text: &str, site: &OwnSite, depth: ParseDepth<'_>) -> Body {
    match cache {
        Some(cache) if depth != ParseDepth::References || text.len() >= MIN_LENGTH_FOR_REFERENCES => {
            read_cached(cache, text, site, depth)
        }
        _ => parse_with_depth(text, site, depth),
    }
}

fn read_cached(cache: &Cache, text: &str, site: &OwnSite, depth: ParseDepth<'_>) -> Body {
    let key = key(PARSER_CHECKSUM, text, site, depth);
    if let Some(body) = cache.find(&key).and_then(|value| unpack(&value).ok()) {
        return body;
    }
    let body = parse_with_depth(text, site, depth);
    if let Ok(value) = pack(&body) {
        cache.keep(&key, &value);
    }
    body
}

/// Hashes everything that the result depends on: the text, the version of the parser, the site's own hosts and the
/// depth.
fn key(parser: &str, text: &str, site: &OwnSite, depth: ParseDepth<'_>) -> ValueKey {
    let depth_key = match depth {
        ParseDepth::References => "references".to_owned(),
        // no word contains a space character
        ParseDepth::Measures(todo) => {
            todo.words().fold("measures".to_owned(), |depth_key, word| depth_key + " " + word)
        }
    };
    let mut hash = Sha256::new();
    for part in [parser, &depth_key, &site.identity(), text] {
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

    /// Bodies with every construct of references and measures, a damaged body and an empty one.
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
    fn a_cached_body_equals_a_parsed_one() {
        let usual = TodoMarkers::default();
        let measures = ParseDepth::Measures(&usual);
        let folder = tempfile::tempdir().unwrap();
        let site = site(&[]);
        for depth in [ParseDepth::References, measures] {
            for run in 0..3 {
                let cache = open(&folder);
                for body in bodies() {
                    assert_eq!(
                        read_body(Some(&cache), &body, &site, depth),
                        parse_with_depth(&body, &site, depth),
                        "run {run}"
                    );
                }
            }
        }
        // without measures, only the two long bodies are cached
        assert_eq!(open(&folder).values(), bodies().len() + 2);
    }

    #[test]
    fn a_cached_body_is_used() {
        let usual = TodoMarkers::default();
        let measures = ParseDepth::Measures(&usual);
        let folder = tempfile::tempdir().unwrap();
        let (cache, site, text) = (open(&folder), site(&[]), "<p>one</p>");
        let other = parse_with_depth("<p>one two three</p>", &site, measures);
        cache.keep(&key(PARSER_CHECKSUM, text, &site, measures), &pack(&other).unwrap());
        assert_eq!(read_body(Some(&cache), text, &site, measures), other);
        // a value that cannot be unpacked is parsed again and replaced
        cache.keep(&key(PARSER_CHECKSUM, text, &site, measures), b"not what was packed");
        let read = parse_with_depth(text, &site, measures);
        assert_eq!(read_body(Some(&cache), text, &site, measures), read);
        assert_eq!(unpack(&cache.find(&key(PARSER_CHECKSUM, text, &site, measures)).unwrap()).unwrap(), read);
    }

    #[test]
    fn every_text_site_depth_and_program_has_its_own_key() {
        let usual = TodoMarkers::default();
        let measures = ParseDepth::Measures(&usual);
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
        keys.push(key("1", "a", &acme, ParseDepth::References));
        for words in [&["TODO"][..], &["TODO", "TBD"], &["TODOTBD"], &[]] {
            let todo = TodoMarkers::new(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
            keys.push(key("1", "a", &acme, ParseDepth::Measures(&todo)));
        }
        keys.push(key("1a", "", &acme, measures));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
        assert_eq!(key("1", "a", &acme, measures), key("1", "a", &site(&["acme.atlassian.net"]), measures));
    }
}
