//! Hot statements: SQL from a file whose `$1`, `$2`, … are bound by position, prepared once per
//! connection. (`sql_query` is planned anew each time: 0.6–0.8 ms for a claim.)

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;

/// Defines a statement type whose SQL is a file beside this one.
macro_rules! statement {
    ($name:ident = $file:literal, ($($field:ident: $sql:ty => $rust:ty),* $(,)?) -> $row:ty) => {
        struct $name<'a> {
            $($field: $rust,)*
            lifetime: std::marker::PhantomData<&'a ()>,
        }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                crate::queue::statement::walk(&mut out, include_str!($file), |out, wanted| {
                    let mut position = 0;
                    $(
                        position += 1;
                        if position == wanted {
                            return out.push_bind_param::<$sql, _>(&self.$field);
                        }
                    )*
                    unreachable!("{} has no parameter ${wanted} of {position}", $file)
                })
            }
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $row;
        }

        impl diesel::RunQueryDsl<diesel::PgConnection> for $name<'_> {}
    };
}
pub(crate) use statement;

/// Pushes the text of a statement, and at each `$n` outside a comment line its parameter.
pub(crate) fn walk<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    sql: &str,
    mut bind: impl FnMut(&mut AstPass<'_, 'b, Pg>, usize) -> QueryResult<()>,
) -> QueryResult<()> {
    for line in sql.lines().filter(|line| !line.trim_start().starts_with("--")) {
        let mut pieces = line.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (position, text) = piece.split_at(digits);
            bind(out, position.parse().unwrap_or(0))?;
            out.push_sql(text);
        }
        out.push_sql("\n");
    }
    Ok(())
}
