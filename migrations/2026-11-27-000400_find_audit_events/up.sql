-- What the audit is read by, beside the organisation. Accepting an export writes the first two: their
-- entries go to the end of an actor's and of the newest objects', and cost about 2 µs each. Its own
-- action is left out of the action's: wherever there is much in the audit, it is found without an index. One
-- finds organisations that are not here any more, one the people of the support desk, who accept no exports.
-- Built in one go, which blocks whatever writes to the audit meanwhile, accepting exports too: nobody has run
-- a release with a long one. Where that is not so, build the same for each month CONCURRENTLY beforehand: these
-- statements attach what they find (docs/operation.md, "Releases").
CREATE INDEX audit_events_actor_idx ON audit_events (organisation_id, actor_id, id);
CREATE INDEX audit_events_object_idx ON audit_events (object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_events_removed_idx ON audit_events (organisation_id) WHERE action = 'organisation.removed';
CREATE INDEX audit_events_support_idx ON audit_events (actor_id, id) WHERE actor_type = 'support';
CREATE INDEX audit_events_action_idx ON audit_events (organisation_id, action, id) WHERE action <> 'export.requested';
-- By the type of its object, but for exports, of which accepting tells.
CREATE INDEX audit_events_object_type_idx ON audit_events (organisation_id, object_type, id) WHERE object_type <> 'export';
