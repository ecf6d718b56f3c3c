//! Encoding and separator of a CSV file that a spreadsheet may have saved: Excel saves a table that was UTF-8 with commas
//! in other encodings and with other separators.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Possible separators: the comma, that of Excel in locales with a decimal comma, and that of Excel's format
/// *Unicode Text*.
pub const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
const UTF_16_LE: [u8; 2] = [0xFF, 0xFE];
const UTF_16_BE: [u8; 2] = [0xFE, 0xFF];

/// The decoded text of a file, with random access.
#[derive(Debug)]
pub enum SavedText {
    /// UTF-8, read from the disk because it may be large.
    File(File),
    /// Decoded in memory. A spreadsheet saves at most 1,048,576 rows.
    Text(Cursor<Vec<u8>>),
}

/// Why the text of a file cannot be read.
#[derive(Debug)]
pub enum SavedTextError {
    Io(io::Error),
    /// The encoding is not known.
    Encoding(&'static str),
}

impl From<io::Error> for SavedTextError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl SavedText {
    /// Detects the encoding. Returns the text and a remark for people about how it was read.
    pub fn of(mut file: File) -> Result<(Self, Option<&'static str>), SavedTextError> {
        let mut mark = [0; 2];
        let length = read_up_to(&mut file, &mut mark)?;
        file.rewind()?;
        let decode: fn(&[u8]) -> Option<String> = match mark {
            UTF_16_LE if length == 2 => |bytes| utf_16(&bytes[2..], u16::from_le_bytes),
            UTF_16_BE if length == 2 => |bytes| utf_16(&bytes[2..], u16::from_be_bytes),
            _ => match utf_8(&mut file)? {
                Utf8Check::Yes => {
                    file.rewind()?;
                    return Ok((Self::File(file), None));
                }
                Utf8Check::WithNul => {
                    return Err(SavedTextError::Encoding("it contains NUL characters, so it is not a UTF-8 CSV file"));
                }
                Utf8Check::No => windows_1252,
            },
        };
        let mut bytes = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        let is_utf_16 = [UTF_16_LE, UTF_16_BE].contains(&mark);
        let text = decode(&bytes).ok_or(SavedTextError::Encoding(if is_utf_16 {
            "it begins like UTF-16, but is not valid UTF-16"
        } else {
            "it is not UTF-8, and its encoding cannot be determined"
        }))?;
        let remark = (!is_utf_16).then_some("it is not UTF-8 and was read as Windows-1252, as Excel saves CSV files");
        Ok((Self::Text(Cursor::new(text.into_bytes())), remark))
    }

    /// Returns the separator with which the first line has most of these columns.
    pub fn separator(&mut self, columns: &[&str]) -> io::Result<u8> {
        let mut found = (0, SEPARATORS[0]);
        for separator in SEPARATORS {
            self.rewind()?;
            let mut names = csv::StringRecord::new();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(&mut *self);
            // an error is reported later, when the header is read
            let _ = reader.read_record(&mut names);
            let known =
                names.iter().filter(|name| columns.contains(&name.trim().trim_start_matches('\u{FEFF}'))).count();
            if known > found.0 {
                found = (known, separator);
            }
        }
        self.rewind()?;
        Ok(found.1)
    }

    /// Returns whether lines end with CR LF. If they do, the CSV reader begins each row after the CR of the line before, and
    /// reports the number of that line.
    pub fn has_crlf(&mut self) -> io::Result<bool> {
        self.rewind()?;
        let mut begin = vec![0; 1 << 16];
        let length = read_up_to(self, &mut begin)?;
        self.rewind()?;
        let end = begin[..length].iter().position(|byte| *byte == b'\n').and_then(|end| end.checked_sub(1));
        Ok(end.is_some_and(|end| begin[end] == b'\r'))
    }
}

impl Read for SavedText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Text(text) => text.read(buffer),
        }
    }
}

impl Seek for SavedText {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Text(text) => text.seek(to),
        }
    }
}

fn read_up_to(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

enum Utf8Check {
    Yes,
    /// UTF-8 with NUL characters: UTF-16 without a byte order mark, never a text in UTF-8.
    WithNul,
    No,
}

fn utf_8(file: &mut File) -> io::Result<Utf8Check> {
    let mut buffer = vec![0; 1 << 16];
    let mut carried = 0;
    loop {
        let length = carried + read_up_to(file, &mut buffer[carried..])?;
        if buffer[carried..length].contains(&0) {
            return Ok(Utf8Check::WithNul);
        }
        let is_end = length < buffer.len();
        carried = match std::str::from_utf8(&buffer[..length]) {
            Ok(_) => 0,
            // a character that continues in the next block
            Err(error) if error.error_len().is_none() && !is_end => {
                buffer.copy_within(error.valid_up_to()..length, 0);
                length - error.valid_up_to()
            }
            Err(_) => return Ok(Utf8Check::No),
        };
        if is_end {
            return Ok(Utf8Check::Yes);
        }
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

/// Characters of Windows-1252 in place of the C1 controls; `\0` for undefined ones.
const AT_0X80: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];
/// Characters that Windows-1250 and Windows-1254 have at the same code points, or that are not letters.
const SAME_ELSEWHERE: &str = "ÁÂÄÇÉËÍÎÓÔÖÚÜßáâäçéëíîóôöúü€‚„…†‡‰‹‘’“”•–—™›\u{A0}¤¦§¨©«¬\u{AD}®°±´µ¶·¸»×÷";
/// The other letters of the languages that use Windows-1252. Czech, Polish, Hungarian or Turkish text that is decoded as
/// Windows-1252 has letters that do not all belong to one of these languages.
const LANGUAGES: [&str; 5] =
    ["ÀàÆæÈèÊêÏïÙùÛûŒœŸÿ", "ªºÑñ¿¡ÏïÀàÈèÒò", "ÀàÃãÊêÕõªºÌìÒòÙùÈè", "ÅåÆæØøÀàÈè", "£½²ÈèÊêÏïÀà"];

/// Decodes Windows-1252 if the letters show that it is this encoding.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let decoded = bytes.iter().map(|&byte| match byte {
        0x80..=0x9F => Some(AT_0X80[usize::from(byte) - 0x80]).filter(|known| *known != '\0'),
        _ => Some(char::from(byte)),
    });
    let text: String = decoded.collect::<Option<_>>()?;
    let mut letters: Vec<char> = text.chars().filter(|c| !c.is_ascii() && !SAME_ELSEWHERE.contains(*c)).collect();
    letters.sort_unstable();
    letters.dedup();
    let is_western = LANGUAGES.iter().any(|language| letters.iter().all(|letter| language.contains(*letter)));
    // in other alphabets entire words consist of such bytes
    let is_latin = !text
        .as_bytes()
        .split(u8::is_ascii)
        .any(|run| std::str::from_utf8(run).is_ok_and(|run| run.chars().filter(|c| c.is_alphabetic()).count() > 3));
    (is_western && is_latin && !text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn western_text_is_distinguished_from_that_of_other_code_pages() {
        for (bytes, text) in [
            (&b"Gr\xFC\xDFe \x96 M\xFCller"[..], Some("Grüße – Müller")),
            (b"D\xE9j\xE0 vu, na\xEFve, \x9Cuvre", Some("Déjà vu, naïve, œuvre")),
            (b"ma\xF1ana \xBFqu\xE9?", Some("mañana ¿qué?")),
            (b"S\xF8ren \xC5se", Some("Søren Åse")),
            // Polish, Czech, Hungarian and Turkish in their own code pages
            (b"za\xBF\xF3\xB3\xE6 g\xEA\x9Cl\xB9 ja\x9F\xF1", None),
            (b"p\xF8\xEDli\x9A \x9Elu\x9Dou\xE8k\xFD k\xF9\xF2", None),
            (b"\xE1rv\xEDzt\xFBr\xF5 t\xFCk\xF6rf\xFAr\xF3g\xE9p", None),
            (b"\xFEarj a\xF0ac\xFD", None),
            // Russian and Greek
            (b"\xCF\xF0\xE8\xE2\xE5\xF2", None),
            (b"\xEA\xE1\xEB\xE7\xEC\xDD\xF1\xE1", None),
            // Shift JIS
            (b"\x93\xFA\x96{\x8C\xEA\x82\xCC\x83y\x81[\x83W", None),
            // German as Macintosh programs save it
            (b"Gr\x9F\xA7e, M\x8Arz", None),
        ] {
            assert_eq!(windows_1252(bytes).as_deref(), text, "{bytes:?}");
        }
    }
}
