//! The stretch of a text around the words that were looked for.

use clew_query::{WordPattern, each_token};

/// Characters of a snippet.
const CHARACTERS: usize = 200;
/// Of these, before the first word.
const BEFORE: usize = 60;

/// A stretch of text and where the words stand in it, in characters.
pub(crate) fn snippet(text: &str, words: &[WordPattern]) -> (String, Vec<(usize, usize)>) {
    let characters: Vec<char> = text.chars().collect();
    let wanted = wanted(words);
    let marks = marks(&characters, &wanted);
    let first = marks.first().map_or(0, |mark| mark.0);
    let from = first.saturating_sub(BEFORE).min(characters.len().saturating_sub(CHARACTERS));
    let to = (from + CHARACTERS).min(characters.len());
    let mut snippet: String = characters[from..to]
        .iter()
        .map(|character| if character.is_whitespace() { ' ' } else { *character })
        .collect();
    let shift = usize::from(from > 0);
    if from > 0 {
        snippet.insert(0, '…');
    }
    if to < characters.len() {
        snippet.push('…');
    }
    let inside = |mark: &&(usize, usize)| mark.0 >= from && mark.0 + mark.1 <= to;
    let moved = |mark: &(usize, usize)| (mark.0 - from + shift, mark.1);
    (snippet, marks.iter().filter(inside).map(moved).collect())
}

/// The single words of the patterns, folded, and whether more may follow.
fn wanted(words: &[WordPattern]) -> Vec<(String, bool)> {
    let mut wanted = Vec::new();
    for word in words {
        let mut tokens = Vec::new();
        each_token(word.text(), |token| tokens.push(token.to_owned()));
        let last = tokens.len().saturating_sub(1);
        let pair = |(place, token)| (token, word.is_prefix() && place == last);
        wanted.extend(tokens.into_iter().enumerate().map(pair));
    }
    wanted
}

/// Where the words stand. Runs of letters and digits are compared folded; scripts without spaces
/// by the stretch itself.
fn marks(characters: &[char], wanted: &[(String, bool)]) -> Vec<(usize, usize)> {
    let mut marks = Vec::new();
    let mut place = 0;
    while place < characters.len() && marks.len() < 32 {
        let run = characters[place..].iter().take_while(|c| c.is_alphanumeric()).count();
        if run == 0 {
            place += 1;
            continue;
        }
        let text: String = characters[place..place + run].iter().collect();
        let folded = text.to_lowercase();
        for (word, is_prefix) in wanted {
            let is_word = folded == *word || *is_prefix && folded.starts_with(word);
            if is_word {
                marks.push((place, run));
                break;
            }
            if !word.is_ascii()
                && let Some(at) = folded.find(word)
            {
                let before = folded[..at].chars().count();
                marks.push((place + before, word.chars().count().min(run - before)));
                break;
            }
        }
        place += run;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::search::words::words;

    #[test]
    fn words_are_marked_where_they_stand() {
        let (text, marks) = snippet("Our Refund\npolicy, refunds too", &words("refund policy"));
        assert_eq!(text, "Our Refund policy, refunds too");
        assert_eq!(marks, [(4, 6), (11, 6)]);
        let (_, marks) = snippet("two refunds", &words("ref*"));
        assert_eq!(marks, [(4, 7)]);
        let (_, marks) = snippet("全文検索エラー", &words("検索"));
        assert_eq!(marks, [(2, 2)]);
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_word() {
        let long = format!("{} needle {}", "hay ".repeat(100), "hay ".repeat(100));
        let (text, marks) = snippet(&long, &words("needle"));
        assert_eq!(text.chars().count(), 202);
        assert!(text.starts_with('…') && text.ends_with('…'));
        let (from, length) = marks[0];
        let marked: String = text.chars().skip(from).take(length).collect();
        assert_eq!(marked, "needle");
    }
}
