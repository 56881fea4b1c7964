//! The stemmer on the examples of its description, beyond ASCII, and on noise.

use super::*;

fn stem(word: &str) -> String {
    let mut bytes = word.as_bytes().to_vec();
    Stemmer::default().stem(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn examples_of_the_published_description() {
    let cases = [
        ("consigned", "consign"),
        ("consistency", "consist"),
        ("consolatory", "consolatori"),
        ("knightly", "knight"),
        ("caresses", "caress"),
        ("ties", "tie"),
        ("cries", "cri"),
        ("gas", "gas"),
        ("kiwis", "kiwi"),
        ("luxuriated", "luxuri"),
        ("hopping", "hop"),
        ("hoping", "hope"),
        ("by", "by"),
        ("say", "say"),
        ("cry", "cri"),
        ("generate", "generat"),
        ("generic", "generic"),
        ("dying", "die"),
        ("evening", "evening"),
        ("exceed", "exceed"),
        ("geologist", "geolog"),
        ("skies", "sky"),
        ("added", "add"),
        ("pasted", "paste"),
        ("youth", "youth"),
        ("boyish", "boyish"),
    ];
    for (word, expected) in cases {
        assert_eq!(stem(word), expected, "{word}");
    }
}

#[test]
fn letters_outside_ascii_are_consonants_that_stay() {
    let cases = [
        ("œuvres", "œuvr"),
        ("straßen", "straßen"),
        ("ßßing", "ßßing"),
        ("øing", "øing"),
        ("maßing", "maße"),
        ("привет", "привет"),
        ("'øver", "øver"),
        ("aßyation", "aßyat"),
    ];
    for (word, expected) in cases {
        assert_eq!(stem(word), expected, "{word}");
    }
}

#[test]
fn no_word_traps() {
    let mut random = crate::random::Random::new(7);
    let parts = [
        "y", "e", "ed", "ing", "'", "s", "past", "ø", "日", "li", "ation", "e", "ss", "at", "bb",
    ];
    for _ in 0..20_000 {
        let count = 1 + random.below(6);
        let word: String = (0..count).map(|_| parts[random.below(parts.len())]).collect();
        let stemmed = stem(&word);
        assert!(stemmed.len() <= word.len() + 1, "{word} {stemmed}");
        let kept = |text: &str| text.chars().filter(|c| !c.is_ascii()).collect::<String>();
        assert_eq!(kept(&word), kept(&stemmed), "{word}");
    }
}
