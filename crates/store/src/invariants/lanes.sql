SELECT organisation_id, webhook_id, in_flight FROM lanes
