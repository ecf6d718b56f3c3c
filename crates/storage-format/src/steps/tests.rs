//! Hostile bodies: the steps of parsing grow in proportion to the length of a body.

mod shapes;

use shapes::SHAPES;

use super::*;
use crate::body::{Body, ParseDepth, ParseOutcome};
use crate::measures::TodoMarkers;
use crate::parser::{parse_with_depth, read};

const BASE: &str = "https://acme.atlassian.net/wiki";

fn own() -> OwnSite {
    OwnSite::new(BASE, &["wiki.acme.example".to_owned()]).with_former_hosts(&["old.acme.example".to_owned()])
}

/// Steps of parsing the entire body, without a limit.
fn steps_of(body: &str, depth: ParseDepth<'_>) -> u64 {
    let (own, steps) = (own(), Steps::unlimited());
    read(body, CountedSite::new(&own, &steps), depth);
    steps.taken()
}

/// Longer than every window in which an address is searched.
const SIZE: usize = 12 << 10;

/// Compares the steps of what is added to a body with the steps of what was added before: superlinear growth shows in
/// these differences long before it shows in the total.
#[test]
fn each_further_byte_takes_as_many_steps_as_those_before() {
    let todo = TodoMarkers::default();
    let mut failed = Vec::new();
    for (name, shape) in SHAPES {
        // measuring includes everything that an audit does
        let read = [SIZE, 2 * SIZE, 4 * SIZE].map(|size| {
            let body = shape(size);
            (body.len() as u64, steps_of(&body, ParseDepth::Measures(&todo)))
        });
        // every byte is counted at least once
        assert!(read.iter().all(|(bytes, steps)| steps >= bytes), "{name}: {read:?}");
        let rate = |at: usize| {
            let (before, now): ((u64, u64), (u64, u64)) = (read[at], read[at + 1]);
            (now.1 - before.1) as f64 / (now.0 - before.0) as f64
        };
        if rate(1) > 1.2 * rate(0) {
            failed.push(format!("{name}: bytes and steps {read:?}, steps per byte {}, then {}", rate(0), rate(1)));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn no_body_takes_more_steps_than_its_length_allows() {
    for (name, shape) in SHAPES {
        let (own, body) = (own(), shape(4 * SIZE));
        let steps = Steps::for_bytes(body.len());
        read(&body, CountedSite::new(&own, &steps), ParseDepth::References);
        // the limit may be exceeded by one more address, or one more pass over the body
        let most = steps.limit() + 32 * (MAX_ADDRESS_BYTES + body.len()) as u64;
        assert!(steps.taken() <= most, "{name}: {} steps of {}", steps.taken(), steps.limit());
        assert_eq!(given_up(&parse_with_depth(&body, &own, ParseDepth::References)), steps.are_exhausted(), "{name}");
    }
}

fn given_up(body: &Body) -> bool {
    matches!(body.reading, ParseOutcome::GivenUp { .. })
}

#[test]
fn real_pages_stay_far_below_the_limit() {
    let section = r#"<h2>Rollout &amp; checks</h2><p>The service accepts requests from <strong>clients</strong>, see the
        <a href="https://docs.example.org/guide?a=1&amp;b=2">guide</a> and <ac:link><ri:page ri:content-title="Runbook"/></ac:link>.</p>
        <ac:image><ri:attachment ri:filename="diagram.png"/><ac:caption><p>Flow</p></ac:caption></ac:image>
        <ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment ri:filename="a.pdf"/></ac:parameter></ac:structured-macro>
        <ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[![x](/wiki/download/attachments/1/x.png)]]></ac:plain-text-body></ac:structured-macro>"#;
    let page = section.repeat(20);
    let taken = steps_of(&page, ParseDepth::Measures(&TodoMarkers::default()));
    assert!(taken < 24 * page.len() as u64, "{taken} steps for {} bytes", page.len());
}

/// The densest realistic bodies: one construct after the other, and lists in the parameter of an app.
#[test]
fn dense_pages_stay_below_the_limit() {
    let in_app = |list: String| {
        let parameter = format!(r#"<ac:parameter ac:name="files">{list}</ac:parameter>"#);
        format!(r#"<ac:structured-macro ac:name="acme">{parameter}</ac:structured-macro>"#)
    };
    let each = |one: &dyn Fn(usize) -> String| (0..500).map(one).collect::<String>();
    let dense = [
        ("images", each(&|at| format!(r#"<ac:image><ri:attachment ri:filename="a{at}.png"/></ac:image>"#))),
        ("attachments", each(&|at| format!(r#"<ri:attachment ri:filename="{at}"/>"#))),
        ("previews", each(&|at| format!(r#"<a href="?preview=/1/2/{at}">x</a>"#))),
        ("names", in_app(each(&|at| format!("file {at}.png,")))),
        ("short names", in_app(each(&|at| format!("{at}.c,")))),
        ("numbers", in_app(each(&|at| format!("{at},")))),
        ("digits", in_app(each(&|at| format!("{},", at % 10)))),
    ];
    for (name, body) in dense {
        let taken = steps_of(&body, ParseDepth::Measures(&TodoMarkers::default()));
        assert!(taken < 100 * body.len() as u64, "{name}: {taken} steps for {} bytes", body.len());
    }
}
