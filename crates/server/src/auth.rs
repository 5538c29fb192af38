//! Who is asking, and what they may do (rulings 3 to 5).

pub mod credential;
