//! One streaming pass over a body. Every type of the XML library stays in this file.
//!
//! The strict pass checks that the body is well-formed. Where it is not, the body is read again by the lenient
//! tokenizer, and what comes after the first fault is kept as residue: names in it prove no use, but they keep a file
//! from being called unreferenced. A reading problem never means "no references".

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::attributes::Attributes;
use crate::blank::is_blank;
use crate::body::{Body, Depth, Reading};
use crate::lenient;
use crate::macros::may_show_unnamed_files;
use crate::measures::Measures;
use crate::scanner::Scanner;
use crate::steps::{Site, Steps, beginning};
use crate::tokens::swallows_markup;
use crate::url::OwnSite;

/// Elements nested deeper than this are not followed by the strict pass. Real pages stay below a hundred.
const MAX_DEPTH: usize = 10_000;

/// The longest description of a problem, in bytes: it may hold the name of an element.
const LONGEST_PROBLEM: usize = 300;

/// Where and why a body is not well-formed.
struct Fault {
    offset: usize,
    problem: String,
}

/// Reads a body in storage format: what it names, and how well it could be read. Never fails.
///
/// A body that is not well-formed keeps what it names; the part that was not understood is told:
///
/// ```
/// use storage_format::{OwnSite, Reading, parse};
///
/// let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
/// let body = parse(r#"<p><ac:image><ri:attachment ri:filename="a.png"/></p> b.png"#, &site);
/// assert_eq!(body.references.len(), 1);
/// let Reading::Lenient { problem, residue } = body.reading else { unreachable!() };
/// assert!(problem.contains("line 1, column 50"), "{problem}");
/// assert!(residue.unwrap().contains("b.png"));
/// ```
pub fn parse(body: &str, site: &OwnSite) -> Body {
    parse_to(body, site, Depth::References)
}

/// Reads a body in storage format as deep as wanted. Never fails.
///
/// ```
/// use storage_format::{Depth, OwnSite, PageLink, TodoMarkers, parse_to};
///
/// let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
/// let markup = r#"<h1>Plan</h1><p>TODO: ask <a href="/wiki/spaces/OPS/pages/98319/Team">the team</a>.</p>"#;
/// let body = parse_to(markup, &site, Depth::Measures(&TodoMarkers::default()));
/// assert_eq!(body.page_links, [PageLink::Id("98319".to_owned())]);
/// let measures = body.measures.expect("asked for");
/// assert_eq!((measures.words, measures.headings, measures.todo_markers), (5, 1, 1));
/// ```
pub fn parse_to(body: &str, site: &OwnSite, depth: Depth<'_>) -> Body {
    let steps = Steps::for_bytes(body.len());
    let read = read(body, Site::new(site, &steps), depth);
    if steps.are_used_up() { given_up(body, &steps, depth) } else { read }
}

/// Reads a body, to its end or until its steps are used up.
pub(crate) fn read(body: &str, site: Site<'_>, depth: Depth<'_>) -> Body {
    let bytes = body.len();
    // the XML library skips a byte order mark without counting it
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut scanner = Scanner::new(site, depth, body.len());
    scanner.data(body);
    match strict_pass(body, &mut scanner, site.steps) {
        Ok(()) => {
            let read = scanner.finish(Reading::WellFormed, bytes);
            Body { is_blank: read.references.is_empty() && is_blank(body), ..read }
        }
        Err(fault) => {
            drop(scanner);
            let mut scanner = Scanner::new(site, depth, body.len());
            scanner.data(body);
            let residue = Some(lenient::pass(body, fault.offset, &mut scanner, site.steps));
            let place = place(body, fault.offset);
            let problem = format!("{} at {place}", beginning(&fault.problem, LONGEST_PROBLEM));
            scanner.finish(Reading::Lenient { problem, residue }, bytes)
        }
    }
}

/// A body whose steps are used up: nothing of what was found is told, for the rest is not.
pub(crate) fn given_up(body: &str, steps: &Steps, depth: Depth<'_>) -> Body {
    let measures = match depth {
        Depth::References => None,
        Depth::Measures(_) => Some(Box::new(Measures { body_bytes: body.len() as u64, ..Measures::default() })),
    };
    let reading = Reading::GivenUp {
        problem: format!("it takes more than {} steps to read its {} bytes", steps.most(), body.len()),
        text: Some(body.to_owned()),
        shows_unnamed_files: may_show_unnamed_files(body),
    };
    Body { measures, reading, ..Body::default() }
}

/// Line and column of a byte offset, both from 1, for people.
fn place(body: &str, offset: usize) -> String {
    let before = body.get(..offset).unwrap_or(body);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Ends early, and without a fault, when the steps are used up.
fn strict_pass<'a>(body: &'a str, scanner: &mut Scanner<'a>, steps: &'a Steps) -> Result<(), Fault> {
    let mut reader = Reader::from_str(body);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_end_names = true;
    // outermost element that is still open: a body that ends inside it was cut there
    let mut outermost = 0;
    let mut depth = 0usize;
    let mut last = 0;
    while !steps.are_used_up() {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        steps.look(offset.saturating_sub(last));
        last = offset;
        let fault = |problem: &str| Fault { offset, problem: problem.to_owned() };
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
                // `</name`: the name in the body itself, so that it outlives the event
                let name = body.get(offset + 2..offset + 2 + tag.name().as_ref().len()).unwrap_or_default();
                scanner.close(name);
            }
            Ok(Event::Text(text)) => scanner.text(body.get(offset..offset + text.len()).unwrap_or_default()),
            Ok(Event::CData(text)) => {
                let text = body.get(offset + 9..offset + 9 + text.len()).unwrap_or_default();
                if swallows_markup(text) {
                    return Err(fault("CDATA section that swallows markup"));
                }
                scanner.cdata(text);
            }
            Ok(Event::GeneralRef(name)) => scanner.text(body.get(offset..offset + name.len() + 2).unwrap_or_default()),
            Ok(Event::DocType(_)) => return Err(fault("document type declaration")),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::Eof) if depth == 0 => return Ok(()),
            Ok(Event::Eof) => {
                return Err(Fault { offset: outermost, problem: "element that never ends".to_owned() });
            }
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(offset);
                return Err(Fault { offset: at.min(offset), problem: error.to_string() });
            }
        }
    }
    Ok(())
}

/// Name and attributes of the tag at `offset`, or `None` when it cannot be a tag: `a < b` in text, or a quote that
/// swallowed the next attribute or tag.
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
    // most tags have no attributes to look at, and a name is too short for more than a loop
    let is_tag = is_name
        // a form feed parts attributes for the lenient pass only
        && name.bytes().all(|byte| !matches!(byte, b'<' | b'\x0c'))
        && (attributes.0.is_empty()
            || (memchr::memchr(b'<', attributes.0.as_bytes()).is_none() && attributes.are_well_formed()));
    is_tag.then_some((name, attributes))
}

// the clock of a thread is one of Unix
#[cfg(all(test, unix))]
mod tests {
    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    /// Processor time of this thread, so that a busy machine does not count; the best of three.
    fn processor_seconds(body: &str) -> f64 {
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
    fn a_body_eight_times_as_long_takes_time_in_proportion() {
        type Payload = (&'static str, fn(usize) -> String);
        let payloads: [Payload; 9] = [
            ("nested elements", |n| "<div>".repeat(n) + &"</div>".repeat(n)),
            ("nested macros", |n| "<ac:structured-macro ac:name=\"x\">".repeat(n)),
            ("ends of nothing", |n| "<ac:link>".repeat(n / 5) + &"</ac:image><a href='/x'>".repeat(n)),
            ("entities", |n| format!("<p>{}</p>", "&amp;".repeat(n))),
            ("attributes", |n| format!("<p {}/>", "a=\"1\" ".repeat(n))),
            ("comments", |n| "<!--".repeat(n)),
            ("character data", |n| "<![CDATA[".repeat(n)),
            ("half tags", |n| "<a \"".repeat(n)),
            ("addresses", |n| "<a href='/wiki/download/attachments/1001/a.png'>x</a>".repeat(n)),
        ];
        for (name, payload) in payloads {
            let (short, long) = (processor_seconds(&payload(10_000)), processor_seconds(&payload(80_000)));
            // 8 is in proportion, 64 is quadratic
            assert!(long / short < 24.0, "{name}: {short} s, and {long} s for eight times as much");
        }
    }
}
