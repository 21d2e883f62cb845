//! Expressions as people write them: tokens alone stand apart.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The text of an expression, for explanations.
pub(super) fn written(tokens: impl ToTokens) -> String {
    let mut writer = Writer::default();
    writer.stream(tokens.to_token_stream());
    writer.text
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Whether the next token stands apart from what was written.
    apart: bool,
    /// Whether an operand was written last, so that an operator has two sides.
    operand: bool,
    /// Whether the parameters of a closure were begun.
    closure: bool,
}

impl Writer {
    fn push(&mut self, text: &str, apart: bool) {
        if self.apart && apart {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    fn stream(&mut self, tokens: TokenStream) {
        let mut operator = String::new();
        for token in tokens {
            match token {
                TokenTree::Punct(punct) => {
                    operator.push(punct.as_char());
                    if punct.spacing() == Spacing::Alone {
                        self.operator(&std::mem::take(&mut operator));
                    }
                }
                TokenTree::Group(group) => self.group(&group),
                other => {
                    self.push(&other.to_string(), true);
                    (self.apart, self.operand) = (true, true);
                }
            }
        }
    }

    fn group(&mut self, group: &proc_macro2::Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis | Delimiter::None => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{ ", " }"),
        };
        // A call or an index stands with what it is of.
        self.push(open, !self.operand || group.delimiter() == Delimiter::Brace);
        let closure = std::mem::take(&mut self.closure);
        (self.apart, self.operand) = (false, false);
        self.stream(group.stream());
        self.push(close, false);
        (self.apart, self.operand, self.closure) = (true, true, closure);
    }

    fn operator(&mut self, operator: &str) {
        match operator {
            "." | "::" | "?" => {
                self.push(operator, false);
                (self.apart, self.operand) = (false, operator == "?");
            }
            "," | ";" => {
                self.push(operator, false);
                (self.apart, self.operand) = (true, false);
            }
            "|" if self.closure => {
                self.push("|", false);
                (self.apart, self.operand, self.closure) = (true, false, false);
            }
            "|" if !self.operand => {
                self.push("|", true);
                (self.apart, self.closure) = (false, true);
            }
            // One side, or the mark of a macro.
            "!" if self.operand => {
                self.push("!", false);
                self.apart = false;
            }
            "!" | "-" | "&" | "*" if !self.operand => {
                self.push(operator, true);
                self.apart = false;
            }
            _ => {
                self.push(operator, true);
                (self.apart, self.operand) = (true, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn expressions_are_written_as_people_do() {
        for text in [
            "owner_id == actor",
            "status.is_in([Status::Draft, Status::Review])",
            "owner_id.any(|owner| owner.role == actor.role && !owner.admin)",
            "!(locked || title == \"a . b ( c\")",
            "matches!(actor.role, Role::Admin | Role::Owner)",
            "level > actor.level + 1 && -1 < level",
            "actor.teams[0].admin",
            "is_mine()",
        ] {
            let expr: syn::Expr = syn::parse_str(text).expect("an expression");
            assert_eq!(written(expr), text);
        }
    }
}
