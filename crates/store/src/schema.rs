//! The tables as diesel sees them. Generated from the migrated database by `tests/schema`,
//! which rewrites this file when it is stale; do not edit.

diesel::table! {
    api_keys (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        name -> Text,
        role -> Text,
        secret_sha256 -> Bytea,
        created_by_id -> Text,
        created_by_name -> Text,
        created_by_email -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    applications (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        reference -> Text,
        vacancy_id -> Uuid,
        candidate_id -> Uuid,
        status -> Text,
        stage -> Text,
        stage_entered_at -> Nullable<Timestamptz>,
        applied_at -> Timestamptz,
        source -> Nullable<Text>,
        cover_letter -> Nullable<Text>,
        answers -> Jsonb,
        rating -> Nullable<Jsonb>,
        assessments -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        counts -> Bool,
        search_text -> Nullable<Text>,
    }
}

diesel::table! {
    attempt_days (organisation_id, span, day, webhook_id, outcome) {
        organisation_id -> Uuid,
        span -> Text,
        day -> Date,
        webhook_id -> Uuid,
        outcome -> Text,
        attempts -> Integer,
        exports -> Integer,
        first_tries -> Integer,
        first_at -> Timestamptz,
        last_at -> Timestamptz,
        newest -> Text,
    }
}

diesel::table! {
    attempts (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        export_id -> Uuid,
        webhook_id -> Uuid,
        webhook_name -> Text,
        host -> Text,
        requested_by_id -> Text,
        attempt_number -> Integer,
        outcome -> Text,
        ambiguous -> Bool,
        http_status -> Nullable<SmallInt>,
        started_at -> Timestamptz,
        duration_ms -> Integer,
        dns_ms -> Nullable<Integer>,
        connect_ms -> Nullable<Integer>,
        first_byte_ms -> Nullable<Integer>,
        request_bytes_sent -> Integer,
        payload_bytes -> Integer,
        payload_sha256 -> Bytea,
        response_headers -> Jsonb,
        response_body -> Nullable<Bytea>,
        response_truncated -> Bool,
        response_too_large -> Bool,
        facts -> Jsonb,
        resolved_address -> Nullable<Text>,
        worker -> Text,
        next_attempt_at -> Nullable<Timestamptz>,
        late_outcome -> Nullable<Text>,
        late_http_status -> Nullable<SmallInt>,
        late_recorded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        actor_type -> Text,
        actor_id -> Text,
        actor_name -> Nullable<Text>,
        actor_email -> Nullable<Text>,
        actor_role -> Nullable<Text>,
        action -> Text,
        object_type -> Text,
        object_id -> Nullable<Uuid>,
        details -> Jsonb,
        request_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    candidates (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        reference -> Text,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        full_name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        can_contact -> Nullable<Bool>,
        consent_expires_at -> Nullable<Timestamptz>,
        restricted -> Bool,
        contact -> Jsonb,
        qualifications -> Jsonb,
        experience -> Jsonb,
        skills -> Jsonb,
        tags -> Jsonb,
        attachments -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        search_text -> Nullable<Text>,
    }
}

diesel::table! {
    carry_overs (organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        webhook_id -> Uuid,
        stood -> Text,
        retry_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    days_counted (what) {
        what -> Text,
        until -> Timestamptz,
    }
}

diesel::table! {
    days_to_recount (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        what -> Text,
        webhook_id -> Uuid,
        day -> Date,
    }
}

diesel::table! {
    erased_references (organisation_id, reference_hmac) {
        organisation_id -> Uuid,
        reference_hmac -> Bytea,
        erased_at -> Timestamptz,
    }
}

diesel::table! {
    erasure_cuts (organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        noted_at -> Nullable<Timestamptz>,
        retry_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    erasures (organisation_id, candidate_id) {
        organisation_id -> Uuid,
        candidate_id -> Uuid,
        erased_at -> Timestamptz,
        applications -> Integer,
        same_email -> Array<Uuid>,
        look_again_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    export_applications (organisation_id, export_id, sequence) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        sequence -> Integer,
        application_id -> Uuid,
        candidate_id -> Uuid,
        webhook_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    export_days (organisation_id, span, day, webhook_id, end_state, outcome) {
        organisation_id -> Uuid,
        span -> Text,
        day -> Date,
        webhook_id -> Uuid,
        end_state -> Text,
        outcome -> Text,
        exports -> Integer,
        candidates -> BigInt,
        first_at -> Timestamptz,
        last_at -> Timestamptz,
        newest -> Text,
    }
}

diesel::table! {
    export_ends (organisation_id, end_state, export_id) {
        organisation_id -> Uuid,
        end_state -> Text,
        export_id -> Uuid,
        written_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    export_flags (organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        flags -> Jsonb,
        flagged_at -> Timestamptz,
    }
}

diesel::table! {
    export_hours (organisation_id, week, hour) {
        organisation_id -> Uuid,
        week -> Date,
        hour -> SmallInt,
        exports -> BigInt,
    }
}

diesel::table! {
    export_jobs (organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        webhook_id -> Uuid,
        run_at -> Timestamptz,
        enqueued_at -> Timestamptz,
        attempt_number -> Integer,
        schedule_position -> Integer,
        ambiguous_count -> Integer,
        payload_bytes -> Integer,
        stop_after_attempt -> Nullable<Text>,
        attempt_id -> Nullable<Uuid>,
        started_at -> Nullable<Timestamptz>,
        lease_until -> Nullable<Timestamptz>,
        worker -> Nullable<Text>,
    }
}

diesel::table! {
    export_payloads (organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        body -> Bytea,
    }
}

diesel::table! {
    exports (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        #[sql_name = "type"]
        type_ -> Text,
        webhook_id -> Uuid,
        webhook_name -> Text,
        host -> Text,
        vacancy_id -> Nullable<Uuid>,
        vacancy_title -> Nullable<Text>,
        requested_by_type -> Text,
        requested_by_id -> Text,
        requested_by_name -> Text,
        requested_by_email -> Text,
        requested_at -> Timestamptz,
        candidate_count -> Integer,
        payload_bytes -> Integer,
        payload_sha256 -> Bytea,
        payload_kept_until -> Nullable<Timestamptz>,
        end_state -> Nullable<Text>,
        ended_by -> Nullable<Text>,
        outcome -> Nullable<Text>,
        ambiguous -> Bool,
        attempt_count -> Integer,
        finished_at -> Nullable<Timestamptz>,
        first_accepted_at -> Nullable<Timestamptz>,
        resent_from -> Nullable<Uuid>,
        left_out -> Integer,
        continued_as -> Nullable<Uuid>,
        left_out_withdrawn -> Integer,
        left_out_restricted -> Integer,
        left_out_erased -> Integer,
        held_until -> Nullable<Timestamptz>,
        bodies_dropped_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    flag_rounds (until) {
        since -> Uuid,
        until -> Uuid,
        judged -> Array<Uuid>,
        looks -> Integer,
        look_again_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (organisation_id, caller, operation, key) {
        organisation_id -> Uuid,
        caller -> Text,
        operation -> Text,
        key -> Text,
        request_sha256 -> Bytea,
        resource_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    lanes (organisation_id, webhook_id) {
        organisation_id -> Uuid,
        webhook_id -> Uuid,
        in_flight -> Integer,
        cap -> Nullable<Integer>,
        next_run_at -> Timestamptz,
        last_claimed_at -> Timestamptz,
        blocked_until -> Timestamptz,
        failures_in_a_row -> Integer,
        failing_since -> Nullable<Timestamptz>,
        last_delivered_at -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        disabled_reason -> Nullable<Text>,
        due_from -> Timestamptz,
        asked_until -> Nullable<Timestamptz>,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    mails (organisation_id, member_id, id) {
        organisation_id -> Uuid,
        member_id -> Text,
        id -> Uuid,
        made_at -> Timestamptz,
        run_at -> Timestamptz,
        tries -> Integer,
        sent_at -> Nullable<Timestamptz>,
        given_up_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    member_days (organisation_id, requested_by_id, day) {
        organisation_id -> Uuid,
        requested_by_id -> Text,
        day -> Date,
        people -> BigInt,
    }
}

diesel::table! {
    members (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Text,
        name -> Text,
        email -> Text,
        role -> Text,
        preferences -> Jsonb,
        last_seen_at -> Timestamptz,
        mail_due_at -> Nullable<Timestamptz>,
        mailed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    news (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        action -> Text,
        object_id -> Uuid,
        details -> Jsonb,
    }
}

diesel::table! {
    notifications (organisation_id, member_id, id) {
        organisation_id -> Uuid,
        member_id -> Text,
        id -> Uuid,
        kind -> Text,
        at -> Timestamptz,
        export_id -> Nullable<Uuid>,
        webhook_id -> Uuid,
        facts -> Jsonb,
        seen_at -> Nullable<Timestamptz>,
        unresolved -> Bool,
        to_mail -> Bool,
        mail_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        name -> Text,
        created_at -> Timestamptz,
        people_changed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    payload_ends (kept_until, organisation_id, export_id) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        kept_until -> Timestamptz,
    }
}

diesel::table! {
    payload_parts (organisation_id, export_id, part) {
        organisation_id -> Uuid,
        export_id -> Uuid,
        part -> Integer,
        bytes -> Bytea,
    }
}

diesel::table! {
    receipt_keys (id) {
        id -> Text,
        public_key -> Bytea,
        first_used_at -> Timestamptz,
    }
}

diesel::table! {
    reference_keys (organisation_id) {
        organisation_id -> Uuid,
        key_sealed -> Bytea,
    }
}

diesel::table! {
    requesters (organisation_id, id, email) {
        organisation_id -> Uuid,
        id -> Text,
        email -> Text,
        email_key -> Nullable<Text>,
        asked_on -> Date,
    }
}

diesel::table! {
    stage_counts (organisation_id, vacancy_id, stage) {
        organisation_id -> Uuid,
        vacancy_id -> Uuid,
        stage -> Text,
        applications -> BigInt,
    }
}

diesel::table! {
    url_marks (organisation_id, webhook_id, mark) {
        organisation_id -> Uuid,
        webhook_id -> Uuid,
        mark -> Bytea,
    }
}

diesel::table! {
    vacancies (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        reference -> Text,
        title -> Text,
        department -> Nullable<Text>,
        location -> Nullable<Text>,
        url -> Nullable<Text>,
        status -> Text,
        stages -> Array<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_reviews (organisation_id, webhook_id) {
        organisation_id -> Uuid,
        webhook_id -> Uuid,
        owner -> Nullable<Text>,
        review_by -> Nullable<Timestamptz>,
        reviewed_at -> Nullable<Timestamptz>,
        reviewed_by_type -> Nullable<Text>,
        reviewed_by_id -> Nullable<Text>,
        reviewed_by_name -> Nullable<Text>,
        reviewed_by_email -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_secrets (organisation_id, webhook_id, id) {
        organisation_id -> Uuid,
        webhook_id -> Uuid,
        id -> Uuid,
        secret_sealed -> Bytea,
        created_at -> Timestamptz,
        signs_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhooks (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        name -> Text,
        purpose -> Nullable<Text>,
        host -> Text,
        url_sealed -> Nullable<Bytea>,
        url_hmac -> Nullable<Bytea>,
        include -> Array<Text>,
        replaces -> Nullable<Uuid>,
        created_at -> Timestamptz,
        created_by_type -> Text,
        created_by_id -> Text,
        created_by_name -> Text,
        created_by_email -> Text,
        deleted_at -> Nullable<Timestamptz>,
        name_key -> Nullable<Text>,
        carried_failed -> Nullable<Integer>,
        carried_waiting -> Nullable<Integer>,
        carried_sending -> Nullable<Integer>,
        carried_cancelled -> Nullable<Integer>,
        carried_gone -> Nullable<Integer>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_keys,
    applications,
    attempt_days,
    attempts,
    audit_events,
    candidates,
    carry_overs,
    days_counted,
    days_to_recount,
    erased_references,
    erasure_cuts,
    erasures,
    export_applications,
    export_days,
    export_ends,
    export_flags,
    export_hours,
    export_jobs,
    export_payloads,
    exports,
    flag_rounds,
    idempotency_keys,
    lanes,
    mails,
    member_days,
    members,
    news,
    notifications,
    organisations,
    payload_ends,
    payload_parts,
    receipt_keys,
    reference_keys,
    requesters,
    stage_counts,
    url_marks,
    vacancies,
    webhook_reviews,
    webhook_secrets,
    webhooks,
);
