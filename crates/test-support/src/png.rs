//! Reads the size of PNG pictures, and reduces their colours.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The last chunk: it is empty, so its length and checksum are always the same.
const END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// The most colours that one byte per pixel can name.
const MOST_COLOURS: usize = 256;

type Colour = [u8; 3];

/// Returns width and height in pixels; `None` if this is not a complete PNG file.
pub fn dimensions(file: &[u8]) -> Option<(u32, u32)> {
    let chunks = file.strip_prefix(SIGNATURE)?.strip_suffix(END)?;
    let number = |at: usize| Some(u32::from_be_bytes(chunks.get(at..at + 4)?.try_into().ok()?));
    (chunks.get(4..8)? == b"IHDR").then_some((number(8)?, number(12)?))
}

/// Returns the picture with its 256 most frequent colours; any other colour becomes the nearest of these. A screenshot
/// with little but text and boxes then takes about 40 % of its size, and looks the same.
///
/// Reads what Chromium writes: 8 bits per channel, without interlacing. Transparency is dropped.
pub fn reduce_colours(file: &[u8]) -> Vec<u8> {
    let (width, height) = dimensions(file).expect("a complete PNG file");
    let chunks = chunks(file);
    let header = chunks[0].1;
    let channels = match header[8..13] {
        [8, 2, 0, 0, 0] => 3,
        [8, 6, 0, 0, 0] => 4,
        _ => panic!("a PNG file of another kind: {header:?}"),
    };
    let packed: Vec<u8> =
        chunks.iter().filter(|(kind, _)| kind == b"IDAT").flat_map(|(_, data)| *data).copied().collect();
    let mut filtered = Vec::new();
    ZlibDecoder::new(&packed[..]).read_to_end(&mut filtered).expect("zlib data");
    let pixels: Vec<Colour> =
        unfilter(&filtered, width as usize * channels, channels).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let (palette, number_of) = palette(&pixels);

    let mut rows = Vec::with_capacity(pixels.len() + height as usize);
    for row in pixels.chunks(width as usize) {
        rows.push(0); // filter type "none"
        rows.extend(row.iter().map(|colour| number_of[colour]));
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&rows).expect("written to memory");
    let mut out = SIGNATURE.to_vec();
    push_chunk(&mut out, *b"IHDR", &[&header[..8], &[8, 3, 0, 0, 0]].concat());
    push_chunk(&mut out, *b"PLTE", palette.as_flattened());
    push_chunk(&mut out, *b"IDAT", &encoder.finish().expect("written to memory"));
    push_chunk(&mut out, *b"IEND", &[]);
    out
}

/// Returns the chunks of a file, each with its kind.
fn chunks(file: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut rest = &file[SIGNATURE.len()..];
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (kind, after) = after.split_first_chunk::<4>().expect("the kind of a chunk");
        let (data, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        chunks.push((*kind, data));
        rest = &after[4..]; // without the checksum
    }
    chunks
}

fn push_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut checksum = Crc::new();
    checksum.update(&kind);
    checksum.update(data);
    file.extend(u32::try_from(data.len()).expect("a small file").to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(checksum.sum().to_be_bytes());
}

/// Returns the pixels of all rows, each as its channels. In the file, every byte is the difference to the value that
/// the filter of its row predicts from the bytes to the left (`a`), above (`b`) and above left (`c`).
fn unfilter(filtered: &[u8], row_length: usize, channels: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut above = vec![0_u8; row_length];
    let mut pixels = Vec::with_capacity(filtered.len() / channels);
    for line in filtered.chunks(row_length + 1) {
        let mut row = line[1..].to_vec();
        for at in 0..row_length {
            let a = at.checked_sub(channels).map_or(0, |left| row[left]);
            let (b, c) = (above[at], at.checked_sub(channels).map_or(0, |left| above[left]));
            let predicted = match line[0] {
                0 => 0,
                1 => a,
                2 => b,
                3 => u16::midpoint(a.into(), b.into()) as u8,
                4 => paeth(a, b, c),
                other => panic!("no such filter: {other}"),
            };
            row[at] = row[at].wrapping_add(predicted);
        }
        pixels.extend(row.chunks(channels).map(<[u8]>::to_vec));
        above = row;
    }
    pixels.into_iter()
}

/// Returns the one of the three that is nearest to `a + b - c`; in a tie the first.
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let estimate = i16::from(a) + i16::from(b) - i16::from(c);
    [a, b, c].into_iter().min_by_key(|byte| (estimate - i16::from(*byte)).abs()).unwrap_or_default()
}

/// Returns the most frequent colours, and for every colour of the picture the number of the nearest of them.
fn palette(pixels: &[Colour]) -> (Vec<Colour>, HashMap<Colour, u8>) {
    let mut counts: HashMap<Colour, u32> = HashMap::new();
    for colour in pixels {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut palette: Vec<Colour> = counts.keys().copied().collect();
    palette.sort_unstable_by_key(|colour| (Reverse(counts[colour]), *colour));
    palette.truncate(MOST_COLOURS);
    let distance = |one: &Colour, other: &Colour| -> u32 {
        one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
    };
    let nearest = |colour: &Colour| {
        let numbers = 0..palette.len();
        numbers.min_by_key(|number| distance(&palette[*number], colour)).map_or(0, |number| number as u8)
    };
    let number_of = counts.keys().map(|colour| (*colour, nearest(colour))).collect();
    (palette, number_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a picture of two rows of `width` pixels; each row has its filter type.
    fn picture(width: u32, rows: [(u8, &[u8]); 2]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        for (filter, bytes) in rows {
            encoder.write_all(&[filter]).unwrap();
            encoder.write_all(bytes).unwrap();
        }
        let mut file = SIGNATURE.to_vec();
        push_chunk(&mut file, *b"IHDR", &[&width.to_be_bytes()[..], &2_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat());
        push_chunk(&mut file, *b"IDAT", &encoder.finish().unwrap());
        push_chunk(&mut file, *b"IEND", &[]);
        file
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        // red, then the same plus one step of blue; below the same row, by the filter "above"
        let file = picture(2, [(1, &[200, 0, 0, 0, 0, 1]), (2, &[0; 6])]);
        let reduced = reduce_colours(&file);
        assert_eq!(dimensions(&reduced), Some((2, 2)));
        let chunks = chunks(&reduced);
        assert_eq!(chunks[1].1, [200, 0, 0, 200, 0, 1]);
        let mut rows = Vec::new();
        ZlibDecoder::new(chunks[2].1).read_to_end(&mut rows).unwrap();
        assert_eq!(rows, [0, 0, 1, 0, 0, 1]);
    }

    #[test]
    fn rare_colours_become_the_nearest_of_the_palette() {
        let row: Vec<u8> = (0..300_u32).flat_map(|number| [(number % 256) as u8, (number / 256) as u8, 0]).collect();
        let file = picture(300, [(0, &row), (0, &row)]);
        let reduced = reduce_colours(&file);
        assert_eq!(chunks(&reduced)[1].1.len(), 3 * MOST_COLOURS);
    }

    #[test]
    fn a_file_that_was_cut_or_is_something_else_is_not_a_picture() {
        let file = picture(1, [(0, &[1, 2, 3]), (0, &[1, 2, 3])]);
        assert_eq!(dimensions(&file), Some((1, 2)));
        assert_eq!(dimensions(&file[..file.len() - 1]), None);
        assert_eq!(dimensions(b"<html>"), None);
    }
}
