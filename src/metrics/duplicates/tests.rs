use super::*;
use storage_format::{Body, OwnSite, ParseDepth, TodoMarkers, parse_with_depth};

/// Returns a text with this number of words.
fn text(words: usize, word: impl Fn(usize) -> String) -> String {
    (0..words).map(word).collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> Body {
    parse_with_depth(
        text,
        &OwnSite::new("https://acme.atlassian.net/wiki", &[]),
        ParseDepth::Measures(&TodoMarkers::default()),
    )
}

fn fingerprints(bodies: &[Body]) -> Vec<Fingerprint<'_>> {
    assert!(bodies.iter().all(|body| body.measures.is_some()));
    bodies
        .iter()
        .map(|body| {
            let measures = body.measures.as_deref();
            Fingerprint {
                hash: measures.and_then(|measures| measures.text_hash.as_deref()),
                sketch: measures.and_then(|measures| measures.sketch.as_ref()),
            }
        })
        .collect()
}

fn groups_of(texts: &[String]) -> Vec<Option<u64>> {
    let bodies: Vec<Body> = texts.iter().map(|text| read(text)).collect();
    groups(&fingerprints(&bodies))
}

/// Compares fifty pairs of texts of 400 words, unique to each pair. The second text of a pair has other words at
/// `changed`. Returns how many pairs are found.
fn pairs_found(changed: impl Fn(usize) -> bool) -> usize {
    let one = |pair: usize| text(400, |at| format!("p{pair}word{at}"));
    let other = |pair: usize| text(400, |at| format!("p{pair}{}{at}", if changed(at) { "other" } else { "word" }));
    let texts: Vec<String> = (0..50).flat_map(|pair| [one(pair), other(pair)]).collect();
    let groups = groups_of(&texts);
    groups.chunks(2).filter(|pair| pair[0].is_some() && pair[0] == pair[1]).count()
}

#[test]
fn pages_that_share_nine_tenths_are_found_and_halves_are_not() {
    // one changed word changes the five runs of words that contain it: 4 leave 376 of 416 runs in common
    assert!(pairs_found(|at| at % 100 == 50) >= 48, "{}", pairs_found(|at| at % 100 == 50));
    // 132 words at the end leave 264 of 528
    assert_eq!(pairs_found(|at| at >= 268), 0);
    assert_eq!(groups_of(&["too short".to_owned(), "too short".to_owned()]), [None, None]);
    assert_eq!(groups_of(&[]), []);
}

#[test]
fn groups_are_numbered_by_their_first_pages() {
    let text = |name: &str| text(30, |at| format!("{name}{at}"));
    let order = ["c", "alone", "a", "b", "a", "c", "b"].map(text);
    assert_eq!(groups_of(&order), [Some(1), None, Some(2), Some(3), Some(2), Some(1), Some(3)]);
}

/// A template can produce thousands of equal pages. Here two templates alternate that are half alike, so that their pages
/// share bands again and again.
#[test]
fn the_work_for_thousands_of_copies_is_nearly_linear() {
    let word = |at| format!("word{at}");
    let (one, other) =
        (read(&text(400, word)), read(&text(400, |at| if at > 300 { format!("other{at}") } else { word(at) })));
    let unique: Vec<Body> = (0..1_000).map(|page| read(&text(60, |at| format!("p{page}w{at}")))).collect();
    let (copies, others) = (fingerprints(std::slice::from_ref(&one)), fingerprints(std::slice::from_ref(&other)));
    let unique = fingerprints(&unique);
    let pages: Vec<Fingerprint<'_>> = (0..15_000)
        .map(|at| {
            let page = if at < 1_000 { &unique[at] } else { [&copies[0], &others[0]][at % 2] };
            Fingerprint { hash: page.hash, sketch: page.sketch }
        })
        .collect();
    let mut search = DuplicateSearch {
        pages: &pages,
        sets: DisjointSets::new(pages.len()),
        by_band: HashMap::new(),
        comparisons: 0,
    };
    search.run();
    assert!(search.comparisons < 15_000, "{}", search.comparisons);
    let groups = search.sets.numbered();
    assert_eq!(groups.iter().filter(|group| group.is_none()).count(), 1_000);
    assert_eq!(groups.iter().flatten().max(), Some(&2));
}

/// As above, but no two pages are equal: every page fills one word into the template.
#[test]
fn the_work_for_thousands_of_near_copies_is_nearly_linear() {
    let pages = 2_000;
    // two templates share their first two thirds
    let filled = |page: usize| {
        text(300, |at| match at {
            150 => format!("page{page}"),
            at if at < 200 => format!("word{at}"),
            at => format!("template{}word{at}", page % 2),
        })
    };
    let bodies: Vec<Body> = (0..pages).map(|page| read(&filled(page))).collect();
    let prints = fingerprints(&bodies);
    let mut search =
        DuplicateSearch { pages: &prints, sets: DisjointSets::new(pages), by_band: HashMap::new(), comparisons: 0 };
    search.run();
    let most = (pages * 16 * 2 * MAX_PER_GROUP) as u64;
    assert!(search.comparisons < most, "{} comparisons", search.comparisons);
    let groups = search.sets.numbered();
    assert_eq!((groups[0], groups[1]), (Some(1), Some(2)));
    assert!(groups.iter().enumerate().all(|(at, group)| *group == Some(at as u64 % 2 + 1)));
}
