//! Pages of lists under names of their own (`AttemptList`), whose items are the named type: what
//! utoipa makes of `List<Attempt>` repeats the item's members, so that generated code would have
//! a second type for each.

use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Response, Schema};

use super::operations;

/// How utoipa names a page.
const GENERIC: &str = "List_";
const SCHEMAS: &str = "#/components/schemas/";

/// Renames the pages, in the schemas and where operations answer them.
pub(super) fn name(document: &mut OpenApi) {
    name_schemas(document.components.get_or_insert_default());
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.values_mut().for_each(rename);
    }
}

fn rename(response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    for content in response.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::Ref(reference)) = &mut content.schema
            && let Some(name) = reference.ref_location.strip_prefix(SCHEMAS)
            && let Some(item) = name.strip_prefix(GENERIC)
        {
            *reference = Ref::from_schema_name(list_of(item));
        }
    }
}

fn name_schemas(components: &mut Components) {
    let generic = components.schemas.keys().filter(|name| name.starts_with(GENERIC));
    let generic: Vec<_> = generic.cloned().collect();
    for name in generic {
        let Some(mut list) = components.schemas.remove(&name) else { continue };
        let item = &name[GENERIC.len()..];
        if let RefOr::T(Schema::Object(list)) = &mut list
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            let named = Ref::from_schema_name(item);
            items.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(named)));
        }
        components.schemas.insert(list_of(item), list);
    }
}

fn list_of(item: &str) -> String {
    format!("{item}List")
}
