//! The columns of a list are the members of its items, as the document of the API names them.

use std::collections::BTreeSet;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Source;

/// Fails unless the columns are the members of an item but these, those of a member that is an object with
/// its name before theirs. A new member of an item needs a column, or a reason to have none.
pub(crate) fn columns_are_of<S: Source>(left_out: &[&str])
where
    S::Item: ToSchema + PartialSchema,
{
    let mut schemas = Vec::new();
    S::Item::schemas(&mut schemas);
    let members = members(&S::Item::schema(), &schemas).expect("an object");
    let expected: BTreeSet<String> = members
        .into_iter()
        .filter(|(name, _)| !left_out.contains(&name.as_str()))
        .flat_map(|(name, inner)| match inner {
            Some(inner) => inner.into_iter().map(|it| format!("{name}_{it}")).collect(),
            None => vec![name],
        })
        .collect();
    let columns: BTreeSet<String> = S::COLUMNS.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(columns.len(), S::COLUMNS.len(), "each once");
    assert_eq!(columns, expected);
}

type Schemas = [(String, RefOr<Schema>)];

/// The members of an object, each with the names of its own where it is one whose members are known.
fn members(
    schema: &RefOr<Schema>,
    schemas: &Schemas,
) -> Option<Vec<(String, Option<Vec<String>>)>> {
    let object = object(schema, schemas)?;
    let inner = |schema: &RefOr<Schema>| {
        let names = members(schema, schemas)?.into_iter().map(|(name, _)| name);
        Some(names.collect())
    };
    Some(object.properties.iter().map(|(name, schema)| (name.clone(), inner(schema))).collect())
}

fn object<'a>(
    schema: &'a RefOr<Schema>,
    schemas: &'a Schemas,
) -> Option<&'a utoipa::openapi::Object> {
    match schema {
        RefOr::T(Schema::Object(object)) => Some(object).filter(|it| !it.properties.is_empty()),
        // What may be null is null or that.
        RefOr::T(Schema::OneOf(one)) => one.items.iter().find_map(|it| object(it, schemas)),
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            let (_, schema) = schemas.iter().find(|(known, _)| known == name)?;
            object(schema, schemas)
        }
        RefOr::T(_) => None,
    }
}
