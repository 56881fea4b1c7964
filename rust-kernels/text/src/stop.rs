//! The stop words: English function words, which say little about what a text is about.
//!
//! They are matched before stemming, in the form that the word rules give them: lower case, without apostrophes.
//! Forms that are content words as well ("ill", "well", "may", "hell") are not among them. Negations are: the
//! bigrams keep them. The reference implementation holds the same list.

/// All of them, ascending.
#[rustfmt::skip]
pub static STOP_WORDS: [&str; 175] = [
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "among", "an", "and", "any",
    "are", "around", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "cannot", "cant", "could", "couldnt", "did", "didnt", "do", "does", "doesnt", "doing",
    "done", "dont", "down", "during", "each", "few", "for", "from", "further", "had", "hadnt", "has", "hasnt",
    "have", "havent", "having", "he", "hence", "her", "here", "hers", "herself", "hes", "him", "himself",
    "his", "how", "however", "i", "if", "im", "in", "into", "is", "isnt", "it", "its", "itself", "ive",
    "just", "let", "lets", "me", "might", "more", "most", "much", "must", "my", "myself", "no", "nor", "not",
    "now", "of", "off", "often", "on", "once", "only", "onto", "or", "other", "our", "ours", "ourselves",
    "out", "over", "own", "same", "shall", "shant", "she", "shes", "should", "shouldnt", "since", "so",
    "some", "such", "than", "that", "thats", "the", "their", "theirs", "them", "themselves", "then", "there",
    "theres", "these", "they", "theyre", "theyve", "this", "those", "through", "to", "too", "under", "until",
    "unto", "up", "upon", "us", "very", "was", "wasnt", "we", "were", "werent", "weve", "what", "when",
    "where", "whether", "which", "while", "who", "whom", "why", "will", "with", "within", "without", "wont",
    "would", "wouldnt", "yet", "you", "your", "youre", "yours", "yourself", "yourselves", "youve",
];

/// Whether a lower-case word is a stop word.
pub fn is_stop_word(word: &[u8]) -> bool {
    STOP_WORDS
        .binary_search_by_key(&word, |stop| stop.as_bytes())
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_ascends_and_every_word_is_found() {
        assert!(STOP_WORDS.is_sorted_by(|a, b| a < b));
        assert!(STOP_WORDS.iter().all(|word| is_stop_word(word.as_bytes())));
        assert!(!["", "server", "zzz", "aa"]
            .iter()
            .any(|word| is_stop_word(word.as_bytes())));
    }
}
