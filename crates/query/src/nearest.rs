//! Did you mean: names that are close to what was written.

/// At most two names whose similarity to `word` is at least 0.6, the closest first. Each
/// candidate is a spelling and the main name that is shown for it.
pub(crate) fn nearest(
    word: &str,
    candidates: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Vec<&'static str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut close: Vec<(usize, &'static str)> = Vec::new();
    for (spelling, name) in candidates {
        let spelling: Vec<char> = spelling.chars().collect();
        let longest = word.len().max(spelling.len());
        let changes = distance(&word, &spelling);
        // Similarity in thousandths: 1 less the share of changed characters.
        let similarity = 1_000 - 1_000 * changes / longest.max(1);
        if similarity >= 600 && changes < longest {
            close.push((similarity, name));
        }
    }
    close.sort_by_key(|(similarity, _)| std::cmp::Reverse(*similarity));
    let mut names: Vec<&'static str> = Vec::new();
    for (_, name) in close {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(2);
    names
}

/// `duration`, or `input or output`.
pub(crate) fn join(names: &[&str]) -> String {
    names.join(" or ")
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    // A filter may hold a word of thousands of characters; nothing that long is a slip.
    if left.len() > 64 {
        return left.len();
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut current = vec![row];
        for column in 1..=right.len() {
            let is_same = left[row - 1] == right[column - 1];
            let mut changes = last[column - 1] + usize::from(!is_same);
            changes = changes.min(last[column] + 1).min(current[column - 1] + 1);
            let is_swap = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if is_swap {
                changes = changes.min(before_last[column - 2] + 1);
            }
            current.push(changes);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        let fields = [("duration", "duration"), ("latency", "duration"), ("user", "user")];
        assert_eq!(nearest("durration", fields), ["duration"]);
        assert_eq!(nearest("latncy", fields), ["duration"]);
        assert_eq!(nearest("usre", fields), ["user"]);
        assert_eq!(nearest("url", fields), [""; 0]);
    }
}
