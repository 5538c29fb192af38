//! JSON of no fixed shape, as attribute values.

use clew_model::value::Value;

use super::{Json, Kind};
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed};

impl Json<'_> {
    /// The next value, whatever it is, `depth` levels deep. Whole numbers that fit are
    /// integers, all others doubles.
    pub(crate) fn any(&mut self, tally: &mut Tally, depth: usize) -> Parsed<Value> {
        tally.take_value()?;
        if depth > tally.limits.attribute_depth {
            let limit = tally.limits.attribute_depth;
            return Err(Fault::content(format!("nests deeper than {limit} levels")));
        }
        match self.kind()? {
            Kind::Null => self.take_null().map(|_| Value::Empty),
            Kind::Bool => self.boolean().map(Value::Bool),
            Kind::Text => self.text().map(Value::String),
            Kind::Number => self.any_number(),
            Kind::Array => {
                let mut values = Vec::new();
                self.array(|json, _| {
                    values.push(json.any(tally, depth + 1)?);
                    Ok(())
                })?;
                Ok(Value::Array(values))
            }
            Kind::Object => {
                let mut pairs = Vec::new();
                self.object(|json, key| {
                    tally.check_attributes(pairs.len())?;
                    tally.check_bytes(key.len(), tally.limits.key_bytes)?;
                    pairs.push((key.to_owned(), json.any(tally, depth + 1)?));
                    Ok(())
                })?;
                Ok(Value::Map(pairs))
            }
        }
    }

    fn any_number(&mut self) -> Parsed<Value> {
        let token = self.number_token()?;
        if let Ok(number) = token.parse() {
            return Ok(Value::Int(number));
        }
        token
            .parse()
            .map(Value::Double)
            .map_err(|_| Fault::body("no JSON: bad number", self.position))
    }
}
