show() { grep -oE "\"($1)\":(\"[^\"]*\"|[0-9]+)"; }

# 1. An organisation admin creates a webhook. Its signing secret is shown this once ...
WEBHOOK=$(curl -sS "$TALENTATS_URL/v1/webhooks" -H "Authorization: Bearer $TALENTATS_ADMIN_TOKEN" -H 'Content-Type: application/json' -d "{\"url\": \"$RECEIVER_URL/$(date +%s)\"}"); echo "$WEBHOOK" | show 'secret|url|health'

#    ... and goes to whoever verifies: the demo receiver reads this file.
echo "$WEBHOOK" | grep -o 'whsec_[^"]*' >> "$RECEIVER_SECRETS"

# 2. A recruiter lists who is shortlisted for {TITLE}.
APPLICATIONS=$(curl -sS "$TALENTATS_URL/v1/vacancies/{VACANCY}/applications?stage=Shortlisted" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN"); echo "$APPLICATIONS" | show 'full_name'

# 3. The recruiter looks at what would be sent: how many, how large, who cannot go, and what to know.
BATCH="\"vacancy_id\": \"{VACANCY}\", \"webhook_id\": \"$(echo "$WEBHOOK" | grep -o '"id":"[^"]*' | head -n 1 | cut -d '"' -f 4)\", \"application_ids\": [$(echo "$APPLICATIONS" | grep -o '"id":"[^"]*"' | cut -d : -f 2 | paste -s -d , -)]"
PREVIEW=$(curl -sS "$TALENTATS_URL/v1/exports/preview" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" -H 'Content-Type: application/json' -d "{$BATCH, \"sample\": 1}"); echo "$PREVIEW" | show 'candidate_count|payload_bytes|cannot_go_total|message'

# 4. The recruiter exports exactly that: one request with all of them, in this order.
EXPORT=$(curl -sS "$TALENTATS_URL/v1/exports" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)" -d "{$BATCH, $(echo "$PREVIEW" | grep -o '"selection_digest":"[^"]*"')}"); echo "$EXPORT" | show 'status_label|candidate_count|explanation'

# 5. Follow it until it has ended ...
EXPORT_ID=$(echo "$EXPORT" | grep -o '"id":"[^"]*' | head -n 1 | cut -d '"' -f 4); curl -sSN "$TALENTATS_URL/v1/exports/$EXPORT_ID/events" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN"

#    ... and read what became of it.
curl -sS "$TALENTATS_URL/v1/exports/$EXPORT_ID" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" | show 'status_label|explanation|advice'

# 6. Read the log: each try, and what came of it.
curl -sS "$TALENTATS_URL/v1/exports/$EXPORT_ID/attempts" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" | show 'attempt_number|outcome|http_status|duration_ms'

# 7. Take the receipt: a signed proof, without a person in it.
curl -sS "$TALENTATS_URL/v1/exports/$EXPORT_ID/receipt" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" | show 'payload_sha256|finished_at|jws' | cut -c 1-120
