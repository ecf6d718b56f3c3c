//! What holds of the readings before a server is asked.

use super::{MetricGroups, read_facts, take_pages};
use crate::inventory::CrawlOptions;
use crate::progress::Progress;
use confluence_client::{Api, ConnectionSettings};

fn assert_send<T: Send>(_: &T) {}

#[test]
fn readings_can_be_spawned() {
    let settings = ConnectionSettings::new("http://localhost:1", "me", "token".into());
    let api = Api::new(settings).unwrap();
    let (options, groups, progress) = (CrawlOptions::default(), MetricGroups::default(), Progress::silent());
    let taking = take_pages(&api, &options, &groups, &progress);
    assert_send(&taking);
    let whole = async {
        let mut inventory = taking.await.unwrap();
        read_facts(&api, &mut inventory, &options, &groups, &[], &progress).await
    };
    assert_send(&whole);
}
