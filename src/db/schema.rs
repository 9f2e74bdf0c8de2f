//! The tables of `migrations/` as diesel sees them, the same on both engines.
//!
//! The kinds' own tables are not here: `records::projection` and `reading::list` write and read them from the kind's
//! declaration of its members.

use crate::db::types::{Instant, Uid};

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    records (id) {
        id -> Uid,
        kind -> Text,
        code -> Text,
        state -> Text,
        revision -> BigInt,
        content_number -> BigInt,
        digest -> Text,
        joint -> Bool,
        province -> Text,
        owner_id -> Uid,
        created_by -> Uid,
        submission -> Nullable<BigInt>,
        submitted_by -> Nullable<Uid>,
        source_system -> Nullable<Text>,
        source_id -> Nullable<Text>,
        name_zh -> Text,
        name_en -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        published_at -> Nullable<Instant>,
        withdrawn_at -> Nullable<Instant>,
        state_reason -> Nullable<Text>,
        document -> Text,
        public_document -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    contents (record_id, number) {
        record_id -> Uid,
        number -> BigInt,
        text -> Text,
        digest -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    revisions (record_id, number) {
        record_id -> Uid,
        number -> BigInt,
        content_number -> BigInt,
        state -> Text,
        action -> Text,
        client_id -> Uid,
        client -> Text,
        org_id -> Nullable<Uid>,
        province -> Nullable<Text>,
        reason -> Nullable<Text>,
        request_id -> Uid,
        at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    confirmations (record_id, submission, province) {
        record_id -> Uid,
        submission -> BigInt,
        province -> Text,
        decision -> Text,
        digest -> Text,
        revision -> BigInt,
        client_id -> Uid,
        client -> Text,
        org_id -> Nullable<Uid>,
        signatory_zh -> Nullable<Text>,
        signatory_en -> Nullable<Text>,
        reason -> Nullable<Text>,
        request_id -> Uid,
        at -> Instant,
        signatory_id -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    proposals (id) {
        id -> Uid,
        record_id -> Uid,
        number -> BigInt,
        kind -> Text,
        purpose -> Text,
        state -> Text,
        client_id -> Uid,
        client -> Text,
        org_id -> Nullable<Uid>,
        province -> Text,
        reason -> Nullable<Text>,
        request_id -> Uid,
        base_revision -> BigInt,
        base_number -> BigInt,
        patch -> Nullable<Text>,
        content -> Nullable<Text>,
        to_state -> Nullable<Text>,
        successor_id -> Nullable<Uid>,
        merges -> Bool,
        digest -> Text,
        concerns_chongqing -> Bool,
        concerns_sichuan -> Bool,
        awaits_chongqing -> Bool,
        awaits_sichuan -> Bool,
        conflicts -> Nullable<Text>,
        opened_at -> Instant,
        settled_at -> Nullable<Instant>,
        settled_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;

    figures_proofs (question) {
        question -> Text,
        document -> Text,
        kind -> Text,
        as_of_seq -> BigInt,
        client -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    successions (record_id) {
        record_id -> Uid,
        successor_id -> Uid,
        merged -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    parties (record_id, position) {
        record_id -> Uid,
        position -> Integer,
        org_id -> Uid,
        province -> Text,
        role -> Text,
        joined_on -> Nullable<Date>,
        left_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    classifications (scheme, code, record_id) {
        scheme -> Text,
        code -> Text,
        record_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    links (record_id, pointer) {
        record_id -> Uid,
        pointer -> Text,
        target_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    identifiers (scheme, value) {
        scheme -> Text,
        value -> Text,
        record_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    serials (prefix, year) {
        prefix -> Text,
        year -> Integer,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    feed (one) {
        one -> Integer,
        seq -> BigInt,
        restores -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;

    restores (number) {
        number -> BigInt,
        true_until -> BigInt,
        position -> BigInt,
        at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    changes (seq) {
        seq -> BigInt,
        record_id -> Uid,
        kind -> Text,
        code -> Text,
        revision -> BigInt,
        action -> Text,
        state -> Text,
        joint -> Bool,
        province -> Text,
        owner_id -> Uid,
        created_by -> Uid,
        published -> Bool,
        at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    clients (id) {
        id -> Uid,
        name -> Text,
        org_id -> Nullable<Uid>,
        province -> Nullable<Text>,
        scopes -> Text,
        source_system -> Text,
        created_at -> Instant,
        disabled_at -> Nullable<Instant>,
        for_province -> Bool,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    agencies (org_id) {
        org_id -> Uid,
        since -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    client_secrets (id) {
        id -> Uid,
        client_id -> Uid,
        hash -> Text,
        created_at -> Instant,
        expires_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    idempotency_keys (client_id, key) {
        client_id -> Uid,
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    audit_events (seq) {
        seq -> BigInt,
        at -> Instant,
        action -> Text,
        actor -> Text,
        kind -> Nullable<Text>,
        record_id -> Nullable<Uid>,
        code -> Nullable<Text>,
        client_id -> Nullable<Uid>,
        client -> Nullable<Text>,
        org_id -> Nullable<Uid>,
        province -> Nullable<Text>,
        concerns -> Text,
        request_id -> Nullable<Uid>,
        from_revision -> Nullable<BigInt>,
        to_revision -> Nullable<BigInt>,
        from_digest -> Nullable<Text>,
        to_digest -> Nullable<Text>,
        changed -> Text,
        detail -> Nullable<Text>,
        reason -> Nullable<Text>,
        prev_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    audit_head (one) {
        one -> Integer,
        seq -> BigInt,
        hash -> Text,
        began_after -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Instant, Uid};

    jobs (id) {
        id -> Uid,
        name -> Text,
        state -> Text,
        input -> Text,
        position -> Nullable<Text>,
        token -> BigInt,
        attempts -> BigInt,
        careful -> BigInt,
        at_row -> Nullable<Text>,
        due_at -> Instant,
        leased_until -> Nullable<Instant>,
        worker -> Nullable<Text>,
        cancelling -> Bool,
        done -> BigInt,
        total -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        only_one -> Nullable<Text>,
        client_id -> Nullable<Uid>,
        client -> Nullable<Text>,
        org_id -> Nullable<Uid>,
        province -> Nullable<Text>,
        request_id -> Nullable<Uid>,
        kind -> Nullable<Text>,
        created_at -> Instant,
        started_at -> Nullable<Instant>,
        finished_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use super::Uid;

    job_items (job_id, item_id) {
        job_id -> Uid,
        item_id -> Uid,
    }
}

diesel::joinable!(client_secrets -> clients (client_id));
diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    accepted_spellings (id) {
        id -> Uid,
        source_system -> Text,
        spelling -> Text,
        normal -> Text,
        organization_id -> Uid,
        client -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    introductions (id) {
        id -> Uid,
        code -> Text,
        revision -> BigInt,
        state -> Text,
        demand_id -> Uid,
        offer_id -> Uid,
        proposed_by -> Text,
        client_id -> Uid,
        client -> Text,
        org_id -> Nullable<Uid>,
        note -> Nullable<Text>,
        proposed_at -> Instant,
        demand_accepted_at -> Nullable<Instant>,
        offer_accepted_at -> Nullable<Instant>,
        contracted_at -> Nullable<Instant>,
        finished_at -> Nullable<Instant>,
        declined_at -> Nullable<Instant>,
        failed_at -> Nullable<Instant>,
        updated_at -> Instant,
        reason_code -> Nullable<Text>,
        reason -> Nullable<Text>,
        ended_by -> Nullable<Text>,
        contract_no -> Nullable<Text>,
        amount -> Nullable<BigInt>,
        signed_on -> Nullable<Date>,
        project_id -> Nullable<Uid>,
        result -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Instant;
    use super::Uid;

    introduction_steps (introduction_id, number) {
        introduction_id -> Uid,
        number -> BigInt,
        state -> Text,
        party -> Text,
        client_id -> Uid,
        client -> Text,
        org_id -> Nullable<Uid>,
        province -> Nullable<Text>,
        reason_code -> Nullable<Text>,
        reason -> Nullable<Text>,
        request_id -> Uid,
        at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    records,
    introductions,
    introduction_steps,
    accepted_spellings,
    contents,
    revisions,
    confirmations,
    proposals,
    successions,
    parties,
    classifications,
    links,
    identifiers,
    serials,
    feed,
    changes,
    restores,
    agencies,
    clients,
    client_secrets,
    idempotency_keys,
    audit_events,
    audit_head,
    jobs,
    job_items,
);
