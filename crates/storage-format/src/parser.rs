//! Streaming parser for bodies. No other file uses types of the XML library.
//!
//! The strict pass checks that the body is well-formed. If it is not, the lenient tokenizer parses it again, and what
//! it cannot parse after the first error is kept as residue: a name in the residue does not prove a use, but its file
//! is never called unreferenced. A parse error never means "no references".

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::attributes::Attributes;
use crate::blank_body::is_blank;
use crate::body::{Body, ParseDepth, ParseOutcome};
use crate::lenient_pass;
use crate::macros::may_show_unnamed_files;
use crate::measures::Measures;
use crate::scanner::Scanner;
use crate::steps::{CountedSite, Steps, prefix};
use crate::tokenizer::swallows_markup;
use crate::url::OwnSite;

/// Deepest nesting of elements that the strict pass accepts. Real pages stay below a hundred levels.
const MAX_DEPTH: usize = 10_000;

/// Longest description of a problem, in bytes: it may contain the name of an element.
const MAX_PROBLEM_BYTES: usize = 300;

/// Where and why a body is not well-formed.
struct SyntaxFault {
    offset: usize,
    problem: String,
}

/// Parses a body in storage format and returns its references. Never fails.
///
/// For a body that is not well-formed, the result has the references that could be found, and the part that could not
/// be parsed:
///
/// ```
/// use storage_format::{OwnSite, ParseOutcome, parse};
///
/// let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
/// let body = parse(r#"<p><ac:image><ri:attachment ri:filename="a.png"/></p> b.png"#, &site);
/// assert_eq!(body.references.len(), 1);
/// let ParseOutcome::Lenient { problem, residue } = body.reading else { unreachable!() };
/// assert!(problem.contains("line 1, column 50"), "{problem}");
/// assert!(residue.unwrap().contains("b.png"));
/// ```
pub fn parse(body: &str, site: &OwnSite) -> Body {
    parse_with_depth(body, site, ParseDepth::References)
}

/// Parses a body in storage format and extracts as much as `depth` asks for. Never fails.
///
/// ```
/// use storage_format::{OwnSite, PageLink, ParseDepth, TodoMarkers, parse_with_depth};
///
/// let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
/// let markup = r#"<h1>Plan</h1><p>TODO: ask <a href="/wiki/spaces/OPS/pages/98319/Team">the team</a>.</p>"#;
/// let body = parse_with_depth(markup, &site, ParseDepth::Measures(&TodoMarkers::default()));
/// assert_eq!(body.page_links, [PageLink::Id("98319".to_owned())]);
/// let measures = body.measures.expect("requested");
/// assert_eq!((measures.words, measures.headings, measures.todo_markers), (5, 1, 1));
/// ```
pub fn parse_with_depth(body: &str, site: &OwnSite, depth: ParseDepth<'_>) -> Body {
    let steps = Steps::for_bytes(body.len());
    let read = read(body, CountedSite::new(site, &steps), depth);
    if steps.are_exhausted() { given_up(body, &steps, depth) } else { read }
}

/// Parses a body to its end, or until its steps are used up.
pub(crate) fn read(body: &str, site: CountedSite<'_>, depth: ParseDepth<'_>) -> Body {
    let bytes = body.len();
    // the XML library skips a byte order mark without counting it
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut scanner = Scanner::new(site, depth, body.len());
    scanner.data(body);
    match strict_pass(body, &mut scanner, site.steps) {
        Ok(()) => {
            let read = scanner.finish(ParseOutcome::WellFormed, bytes);
            Body { is_blank: read.references.is_empty() && is_blank(body), ..read }
        }
        Err(fault) => {
            drop(scanner);
            let mut scanner = Scanner::new(site, depth, body.len());
            scanner.data(body);
            let residue = Some(lenient_pass::pass(body, fault.offset, &mut scanner, site.steps));
            let location = line_and_column(body, fault.offset);
            let problem = format!("{} at {location}", prefix(&fault.problem, MAX_PROBLEM_BYTES));
            scanner.finish(ParseOutcome::Lenient { problem, residue }, bytes)
        }
    }
}

/// Result for a body whose steps are used up: without the references found so far, because the others are missing.
pub(crate) fn given_up(body: &str, steps: &Steps, depth: ParseDepth<'_>) -> Body {
    let measures = match depth {
        ParseDepth::References => None,
        ParseDepth::Measures(_) => Some(Box::new(Measures { body_bytes: body.len() as u64, ..Measures::default() })),
    };
    let reading = ParseOutcome::GivenUp {
        problem: format!("parsing its {} bytes takes more than {} steps", body.len(), steps.limit()),
        text: Some(body.to_owned()),
        shows_unnamed_files: may_show_unnamed_files(body),
    };
    Body { measures, reading, ..Body::default() }
}

/// Formats the line and column of a byte offset, both from 1.
fn line_and_column(body: &str, offset: usize) -> String {
    let before = body.get(..offset).unwrap_or(body);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Feeds the scanner. Ends early, and without a fault, if the steps are used up.
fn strict_pass<'a>(body: &'a str, scanner: &mut Scanner<'a>, steps: &'a Steps) -> Result<(), SyntaxFault> {
    let mut reader = Reader::from_str(body);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_end_names = true;
    // outermost element that is still open: a body that ends inside it was truncated there
    let mut outermost = 0;
    let mut depth = 0usize;
    let mut last = 0;
    while !steps.are_exhausted() {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        steps.count_read(offset.saturating_sub(last));
        last = offset;
        let fault = |problem: &str| SyntaxFault { offset, problem: problem.to_owned() };
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let (name, attributes) = split_tag(body, offset, &tag, steps).ok_or_else(|| fault("broken tag"))?;
                if depth == 0 {
                    outermost = offset;
                }
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(fault("elements nested too deeply"));
                }
                if !scanner.open(name, attributes) {
                    return Err(fault("elements nested too deeply"));
                }
            }
            Ok(Event::Empty(tag)) => {
                let (name, attributes) = split_tag(body, offset, &tag, steps).ok_or_else(|| fault("broken tag"))?;
                if !scanner.open(name, attributes) {
                    return Err(fault("elements nested too deeply"));
                }
                scanner.close(name);
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                // `</name`: borrowed from the body, so that it outlives the event
                let name = body.get(offset + 2..offset + 2 + tag.name().as_ref().len()).unwrap_or_default();
                scanner.close(name);
            }
            Ok(Event::Text(text)) => scanner.text(body.get(offset..offset + text.len()).unwrap_or_default()),
            Ok(Event::CData(text)) => {
                let text = body.get(offset + 9..offset + 9 + text.len()).unwrap_or_default();
                if swallows_markup(text) {
                    return Err(fault("CDATA section that contains markup"));
                }
                scanner.cdata(text);
            }
            Ok(Event::GeneralRef(name)) => scanner.text(body.get(offset..offset + name.len() + 2).unwrap_or_default()),
            Ok(Event::DocType(_)) => return Err(fault("document type declaration")),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::Eof) if depth == 0 => return Ok(()),
            Ok(Event::Eof) => {
                return Err(SyntaxFault { offset: outermost, problem: "element without an end tag".to_owned() });
            }
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(offset);
                return Err(SyntaxFault { offset: at.min(offset), problem: error.to_string() });
            }
        }
    }
    Ok(())
}

/// Splits the tag at `offset` into name and attributes. Returns `None` if it cannot be a tag: `a < b` in text, or a
/// missing quote that swallowed the next attribute or tag.
fn split_tag<'a>(
    body: &'a str,
    offset: usize,
    tag: &BytesStart<'_>,
    steps: &'a Steps,
) -> Option<(&'a str, Attributes<'a>)> {
    let content = body.get(offset + 1..offset + 1 + tag.len())?;
    let (name, attributes) = content.split_at_checked(tag.name().as_ref().len())?;
    let first = name.as_bytes().first()?;
    let is_name = first.is_ascii_alphabetic() || *first == b'_' || !first.is_ascii();
    let attributes = Attributes(attributes, steps);
    // a loop is fast enough for a name, and most tags have no attributes
    let is_tag = is_name
        // only the lenient pass splits a tag at a form feed
        && name.bytes().all(|byte| !matches!(byte, b'<' | b'\x0c'))
        && (attributes.0.is_empty()
            || (memchr::memchr(b'<', attributes.0.as_bytes()).is_none() && attributes.are_well_formed()));
    is_tag.then_some((name, attributes))
}

// the CPU clock of a thread exists on Unix only
#[cfg(all(test, unix))]
mod tests {
    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    /// CPU time of this thread, which does not depend on the load of the machine; the best of three.
    fn cpu_seconds(body: &str) -> f64 {
        let now = || {
            let time = clock_gettime(ClockId::ThreadCPUTime);
            time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
        };
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let times = (0..3).map(|_| {
            let began = now();
            std::hint::black_box(parse(body, &site));
            now() - began
        });
        times.fold(f64::MAX, f64::min)
    }

    #[test]
    fn parsing_time_grows_in_proportion_to_the_length_of_the_body() {
        type Payload = (&'static str, fn(usize) -> String);
        let payloads: [Payload; 9] = [
            ("nested elements", |n| "<div>".repeat(n) + &"</div>".repeat(n)),
            ("nested macros", |n| "<ac:structured-macro ac:name=\"x\">".repeat(n)),
            ("unmatched end tags", |n| "<ac:link>".repeat(n / 5) + &"</ac:image><a href='/x'>".repeat(n)),
            ("entities", |n| format!("<p>{}</p>", "&amp;".repeat(n))),
            ("attributes", |n| format!("<p {}/>", "a=\"1\" ".repeat(n))),
            ("comments", |n| "<!--".repeat(n)),
            ("character data", |n| "<![CDATA[".repeat(n)),
            ("unfinished tags", |n| "<a \"".repeat(n)),
            ("addresses", |n| "<a href='/wiki/download/attachments/1001/a.png'>x</a>".repeat(n)),
        ];
        for (name, payload) in payloads {
            let (short, long) = (cpu_seconds(&payload(10_000)), cpu_seconds(&payload(80_000)));
            // 8 is proportional, 64 is quadratic
            assert!(long / short < 24.0, "{name}: {short} s, and {long} s for a body eight times as long");
        }
    }
}
