//! Several files change together: all of them or none, wherever a run is killed (F-80).
//!
//! New files are written beside the old ones, in a folder of their own, through to the disk. Then a list of who takes
//! whose place gets its name there, with one rename: that is the moment that counts. Before it, whatever lies in the
//! folder is removed by the next run; from then on, the next run does what is left of the list. Every move names the
//! checksum of what is moved, so that what is done already is told from what is not.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::HistoryError;
use super::disk::{Disk, Fill, Measure};
use super::manifest::Manifest;
use super::names::{self, MANIFEST, PENDING};

/// The list of moves.
const LIST: &str = ".history_pending/moves.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    from: String,
    to: String,
    measure: Measure,
}

impl Move {
    fn is_sound(&self) -> bool {
        let is_place = |path: &str| path == MANIFEST || names::is_data(path);
        (is_place(&self.to) || names::set_aside(&self.to).is_some_and(is_place))
            && (is_place(&self.from) || is_staged(&self.from))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    checksum: String,
    moves: Vec<Move>,
}

impl List {
    fn checksum_of(moves: &[Move]) -> Option<String> {
        Some(Measure::of(&serde_json::to_vec(moves).ok()?).sha256)
    }
}

/// Files in the making that will take their places together.
pub(super) struct Pending<'d> {
    disk: &'d Disk,
    moves: Vec<Move>,
}

impl<'d> Pending<'d> {
    /// Begins anew. What an earlier run left has to be dealt with before, see [`recover`].
    pub(super) fn begin(disk: &'d Disk) -> Result<Self, HistoryError> {
        disk.create_folder(PENDING)?;
        Ok(Self { disk, moves: Vec::new() })
    }

    /// Writes a file that will take the place of `to`. Gives where it is until then, and its measure.
    pub(super) fn write(
        &mut self,
        to: &str,
        content: impl FnOnce(&mut dyn Write) -> Result<(), Fill>,
    ) -> Result<(String, Measure), HistoryError> {
        let from = format!("{PENDING}/{}.new", self.moves.len());
        let measure = self.disk.write(&from, content)?;
        self.moves.push(Move { from: from.clone(), to: to.to_owned(), measure: measure.clone() });
        Ok((from, measure))
    }

    /// A file that is there will get another name, before anything that is added later takes its place.
    pub(super) fn rename(&mut self, from: &str, to: &str, measure: &Measure) {
        self.moves.push(Move { from: from.to_owned(), to: to.to_owned(), measure: measure.clone() });
    }

    /// Makes it count, together with what the manifest says from then on, and puts everything in place.
    pub(super) fn commit(mut self, manifest: &Manifest) -> Result<(), HistoryError> {
        let bytes = manifest.to_bytes();
        self.write(MANIFEST, |sink| Ok(sink.write_all(&bytes.map_err(io::Error::from)?)?))?;
        let Self { disk, moves } = self;
        let list = List { checksum: List::checksum_of(&moves).unwrap_or_default(), moves };
        let partial = format!("{LIST}{}", names::PARTIAL);
        disk.write(&partial, |sink| serde_json::to_writer(sink, &list).map_err(|error| Fill::Io(error.into())))?;
        disk.rename(&partial, LIST)?;
        carry_out(disk, &list.moves).map_err(|cause| HistoryError::Unfinished { cause: Box::new(cause) })
    }
}

/// Finishes what an earlier run had made count, or removes what it had not.
pub(super) fn recover(disk: &Disk) -> Result<(), HistoryError> {
    if !disk.exists(PENDING) {
        return Ok(());
    }
    match read(disk)? {
        Some(moves) => carry_out(disk, &moves),
        None => clear(disk),
    }
}

/// Where files are that an earlier run had not yet put in place.
pub(super) fn whereabouts(disk: &Disk) -> Result<HashMap<String, String>, HistoryError> {
    let mut instead = HashMap::new();
    for step in read(disk)?.unwrap_or_default() {
        if !disk.is_as(&step.to, &step.measure)? {
            instead.insert(step.to, step.from);
        }
    }
    Ok(instead)
}

fn read(disk: &Disk) -> Result<Option<Vec<Move>>, HistoryError> {
    let Some(bytes) = disk.read(LIST)? else { return Ok(None) };
    let list: Option<List> = serde_json::from_slice(&bytes).ok();
    match list.filter(|list| List::checksum_of(&list.moves).as_ref() == Some(&list.checksum)) {
        Some(list) if list.moves.iter().all(Move::is_sound) => Ok(Some(list.moves)),
        _ => Err(disk.damaged(
            LIST,
            None,
            "the list of what an earlier run was putting in place is not as it was written",
        )),
    }
}

fn carry_out(disk: &Disk, moves: &[Move]) -> Result<(), HistoryError> {
    for step in moves {
        if disk.is_as(&step.to, &step.measure)? {
            continue;
        }
        if !disk.is_as(&step.from, &step.measure)? {
            let problem = format!("an earlier run was to put it in the place of {}, but it is not as written", step.to);
            return Err(disk.damaged(&step.from, None, problem));
        }
        if step.to.starts_with(names::ARCHIVE) {
            disk.create_folder(names::ARCHIVE)?;
        }
        disk.rename(&step.from, &step.to)?;
    }
    disk.remove(LIST)?;
    clear(disk)
}

/// Removes files of the folder that never counted, or no longer do.
fn clear(disk: &Disk) -> Result<(), HistoryError> {
    for name in disk.list(PENDING)? {
        let path = format!("{PENDING}/{name}");
        if is_staged(&path) || path.strip_suffix(names::PARTIAL) == Some(LIST) {
            disk.remove(&path)?;
        }
    }
    disk.remove_folder(PENDING)
}

fn is_staged(path: &str) -> bool {
    let number = path.strip_prefix(PENDING).and_then(|rest| rest.strip_prefix('/')?.strip_suffix(".new"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
