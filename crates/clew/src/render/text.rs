//! Text that came from a sender, made safe for a terminal and cut to a width in cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One line of at most `cells` cells: white space folded, control characters and those
/// that change the direction of text shown as marks, so that nothing a sender writes can
/// move the cursor, change colours or turn a line around.
pub(crate) fn one_line(text: &str, cells: usize) -> String {
    let mut line = String::with_capacity(text.len().min(256));
    let mut space = false;
    let mut used = 0;
    for character in text.chars() {
        if character.is_whitespace() {
            space = !line.is_empty();
            continue;
        }
        let shown = visible(character);
        let width = shown.width().unwrap_or(0) + usize::from(space);
        if used + width > cells {
            return ellipsis(line, used, cells);
        }
        if space {
            line.push(' ');
            space = false;
        }
        line.push(shown);
        used += width;
    }
    line
}

/// Lines of a longer text, each safe, tabs widened, wrapped at `cells`.
pub(crate) fn lines(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for raw in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for character in raw.replace('\t', "    ").chars() {
            let shown = if character == ' ' { ' ' } else { visible(character) };
            let width = shown.width().unwrap_or(0);
            if used + width > cells.max(1) {
                // Break after the last word where there is one.
                let cut = line.rfind(' ').filter(|at| *at > 0 && line.len() - at < cells / 2 + 1);
                let rest = cut.map(|at| line.split_off(at + 1)).unwrap_or_default();
                lines.push(line.trim_end().to_owned());
                used = rest.width();
                line = rest;
            }
            line.push(shown);
            used += width;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// `text` with spaces up to `cells`; a longer one stays.
pub(crate) fn pad(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(text.width())))
}

/// `text` with spaces before it up to `cells`.
pub(crate) fn pad_left(text: &str, cells: usize) -> String {
    format!("{}{text}", " ".repeat(cells.saturating_sub(text.width())))
}

/// Cells that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

fn visible(character: char) -> char {
    match character {
        // C0 has its own pictures in Unicode.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // Marks that turn text around, and line separators.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\u{2028}' | '\u{2029}' | '\u{feff}' => '\u{fffd}',
        other => other,
    }
}

fn ellipsis(mut line: String, mut used: usize, cells: usize) -> String {
    if cells == 0 {
        return String::new();
    }
    while used + 1 > cells {
        match line.pop() {
            Some(last) => used -= last.width().unwrap_or(0),
            None => break,
        }
    }
    // A space before the mark would only be lost.
    while line.ends_with(' ') {
        line.pop();
    }
    line.push('…');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_cannot_move_the_cursor_or_turn_text_around() {
        assert_eq!(one_line("a\x1b[31mred\x07\u{202e}b", 40), "a␛[31mred␇\u{fffd}b");
        assert_eq!(one_line("nul\0here", 40), "nul␀here");
    }

    #[test]
    fn white_space_is_folded_and_long_text_cut_by_cells() {
        assert_eq!(one_line("  two\n\n lines\t", 40), "two lines");
        assert_eq!(one_line("abcdef", 6), "abcdef");
        assert_eq!(one_line("abcdefg", 6), "abcde…");
        assert_eq!(one_line("検索エラー", 6), "検索…");
    }

    #[test]
    fn long_lines_break_after_words() {
        assert_eq!(lines("one two three\nfour", 8), ["one two", "three", "four"]);
        assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }
}
