//! Hash, sketch and language of texts.

use super::super::Sketch;
use super::measure;

const TEXT: &str = "The service accepts requests from clients and answers within two hundred milliseconds. Every team \
                    keeps its own copy of the plan, which is reviewed at the end of each quarter.";

fn sketch(text: &str) -> Sketch {
    measure(text).sketch.expect("enough words")
}

/// `number` different words, numbered from `from`.
fn numbered(from: usize, number: usize) -> String {
    (from..from + number).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ")
}

/// Other versions and machines have saved these values: changing them requires a new column.
#[test]
fn hash_and_sketch_are_the_same_everywhere() {
    let measures = measure(TEXT);
    assert_eq!(measures.text_hash.as_deref(), Some("475f1ec133f23468e229cb3bc95b77a2"));
    let numbers = Vec::<u32>::from(measures.sketch.expect("enough words"));
    assert_eq!(numbers.len(), 64);
    assert_eq!(numbers[..4], [12_277_456, 1_019_663, 197_863_558, 78_732_706]);
    assert_eq!(numbers.iter().fold(0u32, |sum, number| sum.wrapping_add(*number)), 921_464_955);
}

#[test]
fn case_markup_whitespace_and_punctuation_do_not_matter() {
    let plain = measure(&format!("<p>{TEXT} Größe</p>"));
    let upper = TEXT.to_uppercase().replace('.', " !").replace(' ', "&nbsp; ");
    let other = measure(&format!("<h1>{upper}</h1>\n<ul><li><b>G</b>R\u{d6}\u{df}E</li></ul>"));
    assert_eq!(plain.text_hash, other.text_hash);
    assert_eq!(plain.sketch, other.sketch);
    // decomposed, as macOS types it
    assert_eq!(measure(&format!("{TEXT} Gro\u{308}\u{df}e")).text_hash, plain.text_hash);
}

#[test]
fn the_hash_changes_with_every_word() {
    assert_ne!(measure(TEXT).text_hash, measure(&TEXT.replace("quarter", "year")).text_hash);
    assert_ne!(measure(TEXT).text_hash, measure(&TEXT.replace("its own", "own its")).text_hash);
    // the position of a space matters
    let (one, other) = (format!("{TEXT} ab c"), format!("{TEXT} a bc"));
    assert_ne!(measure(&one).text_hash, measure(&other).text_hash);
}

#[test]
fn texts_below_twenty_words_have_neither_hash_nor_sketch() {
    let short = measure(&numbered(0, 19));
    assert_eq!((short.words, &short.text_hash, &short.sketch, &short.language), (19, &None, &None, &None));
    let enough = measure(&numbered(0, 20));
    assert!(enough.text_hash.is_some() && enough.sketch.is_some());
}

#[test]
fn similarity_follows_the_share_of_common_text() {
    let whole = sketch(&numbered(0, 1_000));
    let near = |similarity: f64, expected: f64| (similarity - expected).abs() < 0.15;
    assert!((whole.similarity(&whole) - 1.0).abs() < f64::EPSILON);
    // 900 of 1,000 words and 100 others: 896 of 1,096 sequences are common
    let most = sketch(&format!("{} {}", numbered(0, 900), numbered(5_000, 100)));
    assert!(near(whole.similarity(&most), 0.82), "{}", whole.similarity(&most));
    let half = sketch(&numbered(500, 1_000));
    assert!(near(whole.similarity(&half), 0.33), "{}", whole.similarity(&half));
    let none = sketch(&numbered(2_000, 1_000));
    assert!(whole.similarity(&none) < 0.05, "{}", whole.similarity(&none));
    let moved = sketch(&format!("{} {}", numbered(500, 500), numbered(0, 500)));
    assert!(whole.similarity(&moved) > 0.9, "{}", whole.similarity(&moved));
}

#[test]
fn a_sketch_of_another_length_is_rejected() {
    assert!(Sketch::try_from(vec![1; 64]).is_ok());
    assert!(Sketch::try_from(vec![1; 63]).is_err());
    assert!(serde_json::from_str::<Sketch>("[1,2,3]").is_err());
}

#[test]
fn the_language_of_long_texts_is_detected() {
    let german = "Der Dienst nimmt Anfragen von Kunden an und antwortet innerhalb von zweihundert Millisekunden. Jede \
                  Gruppe hält ihre eigene Fassung des Plans, die am Ende jedes Quartals geprüft wird.";
    let japanese =
        "このページでは、添付ファイルの保存形式を確認する方法について説明します。測定値は一時間ごとに更新されます。";
    let thai = "หลังจากเปิดเครื่อง ให้รอห้านาทีเพื่อให้ค่าที่วัดได้คงที่ หากไฟสีแดงยังกะพริบ กรุณาติดต่อฝ่ายบริการลูกค้า";
    let korean = "이 문서는 첨부 파일을 저장하는 형식을 확인하는 방법을 설명합니다. 모든 팀은 분기마다 자기 계획을 다시 \
                  검토하고 변경 사항을 일주일 전에 알려야 합니다. 문제가 생기면 되돌립니다.";
    let texts = [(TEXT, "eng"), (german, "deu"), (japanese, "jpn"), (thai, "tha"), (korean, "kor")];
    for (text, expected) in texts {
        assert_eq!(measure(text).language.as_deref(), Some(expected), "{text}");
    }
    assert_eq!(measure("Der Dienst nimmt Anfragen von Kunden an.").language, None, "too short");
    let mixed = "lorem 12 xk qz 7 vv ".repeat(6);
    assert_eq!(measure(&mixed).language, None, "no single language");
}
