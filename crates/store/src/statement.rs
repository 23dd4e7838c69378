//! Statements: SQL from a file beside the code, whose `$1`, `$2`, … are bound by position with
//! their types, prepared once per connection. (Planned anew each time, the hot ones would cost
//! 0.6–0.9 ms more.) Each is checked against the migrated schema by a test of its own name.

#[cfg(test)]
pub(crate) mod check;
pub(crate) mod composed;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;

/// Defines a statement type whose SQL is a file beside this one, or several one after the other, and
/// the test that checks it. The answer is a tuple of SQL types, `()`, or `named Row` with a row of [`row`].
///
/// An `uncached` one is planned anew each time, by the tables' sizes and the values of that moment.
/// So is what runs once in a while, or reads tables that are empty one minute and full the next: a
/// plan that was kept would be the wrong one then, and 1 ms of planning is nothing there.
macro_rules! statement {
    (uncached $name:ident = $($rest:tt)*) => {
        crate::statement::statement!(@false $name = $($rest)*);
    };
    (@$cached:literal $name:ident = $($file:literal)+, ($($parameters:tt)*) -> ()) => {
        crate::statement::defined!($cached $name = $($file)+, ($($parameters)*), ());
        crate::statement::checked!($name = $($file)+, ($($parameters)*), |_| None);
    };
    (@$cached:literal $name:ident = $($file:literal)+, ($($parameters:tt)*) -> named $row:ty) => {
        crate::statement::defined!(
            $cached $name = $($file)+, ($($parameters)*), diesel::sql_types::Untyped);
        crate::statement::checked!($name = $($file)+, ($($parameters)*), |lookup| {
            Some(<$row>::columns(lookup))
        });
    };
    (@$cached:literal $name:ident = $($file:literal)+, ($($parameters:tt)*) -> $row:ty) => {
        crate::statement::defined!($cached $name = $($file)+, ($($parameters)*), $row);
        crate::statement::checked!($name = $($file)+, ($($parameters)*), |lookup| {
            Some(crate::statement::check::columns_of::<$row>(lookup))
        });
    };
    ($name:ident = $($rest:tt)*) => {
        crate::statement::statement!(@true $name = $($rest)*);
    };
}
pub(crate) use statement;

/// The type of a statement.
macro_rules! defined {
    (
        $cached:literal $name:ident = $($file:literal)+,
        ($($field:ident: $sql:ty => $rust:ty),* $(,)?), $row:ty
    ) => {
        struct $name<'a> {
            $($field: $rust,)*
            lifetime: std::marker::PhantomData<&'a ()>,
        }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = $cached;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                if !$cached {
                    out.unsafe_to_cache_prepared();
                }
                let sql = concat!($(include_str!($file)),+);
                crate::statement::walk(&mut out, sql, |_out, wanted| {
                    let mut _position = 0;
                    $(
                        _position += 1;
                        if _position == wanted {
                            return _out.push_bind_param::<$sql, _>(&self.$field);
                        }
                    )*
                    unreachable!("{} has no parameter ${wanted}", concat!($($file),+))
                })
            }
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $row;
        }

        impl diesel::RunQueryDsl<diesel::PgConnection> for $name<'_> {}
    };
}
pub(crate) use defined;

/// The test of a statement.
macro_rules! checked {
    (
        $name:ident = $($file:literal)+,
        ($($field:ident: $sql:ty => $rust:ty),* $(,)?), $columns:expr
    ) => {
        #[cfg(test)]
        #[test]
        #[expect(non_snake_case, reason = "it has the name of its statement")]
        fn $name() {
            let parameters = |_lookup: &mut crate::statement::check::Lookup| {
                vec![$(crate::statement::check::oid_of::<$sql>(_lookup)),*]
            };
            let (files, sql) = (concat!($($file, " "),+), concat!($(include_str!($file)),+));
            crate::statement::check::statement(files, sql, parameters, $columns);
        }
    };
}
pub(crate) use checked;

/// Defines the row of a statement, whose columns are found by name.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $visible:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $sql:ty => $rust:ty),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(diesel::QueryableByName)]
        $visible struct $name {
            $($(#[$field_meta])* #[diesel(sql_type = $sql)] $visible $field: $rust,)*
        }

        #[cfg(test)]
        impl $name {
            /// Names and types of the columns.
            pub(crate) fn columns(
                lookup: &mut crate::statement::check::Lookup,
            ) -> Vec<crate::statement::check::Column> {
                vec![$(crate::statement::check::Column {
                    name: Some(stringify!($field)),
                    oid: crate::statement::check::oid_of::<$sql>(lookup),
                }),*]
            }
        }
    };
}
pub(crate) use row;

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
            match position.parse() {
                Ok(position) => bind(out, position)?,
                // Not a parameter: the root of a JSON path, or the end of a regular expression.
                Err(_) => out.push_sql("$"),
            }
            out.push_sql(text);
        }
        out.push_sql("\n");
    }
    Ok(())
}
