# 1. An organisation admin creates a webhook. Its secret is shown this once; the demo receiver gets it too.
WEBHOOK=$(curl -sS "$TALENTATS_URL/v1/webhooks" -H "Authorization: Bearer $TALENTATS_ADMIN_TOKEN" -H 'Content-Type: application/json' -d "{\"url\": \"$RECEIVER_URL/$(date +%s)\"}"); echo "$WEBHOOK"; echo "$WEBHOOK" | grep -o 'whsec_[^"]*' >> "$RECEIVER_SECRETS"

# 2. A recruiter lists who is shortlisted for {TITLE}.
APPLICATIONS=$(curl -sS "$TALENTATS_URL/v1/vacancies/{VACANCY}/applications?stage=Shortlisted" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN"); echo "$APPLICATIONS"

# 3. The recruiter exports them: one request with all of them, in this order.
EXPORT=$(curl -sS "$TALENTATS_URL/v1/exports" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN" -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)" -d "{\"vacancy_id\": \"{VACANCY}\", \"webhook_id\": \"$(echo "$WEBHOOK" | grep -o '"id":"[^"]*' | head -n 1 | cut -d '"' -f 4)\", \"application_ids\": [$(echo "$APPLICATIONS" | grep -o '"id":"[^"]*"' | cut -d : -f 2 | paste -s -d , -)]}"); echo "$EXPORT"

# 4. Watch it.
sleep 1; EXPORT_ID=$(echo "$EXPORT" | grep -o '"id":"[^"]*' | head -n 1 | cut -d '"' -f 4); curl -sS -w '\n' "$TALENTATS_URL/v1/exports/$EXPORT_ID" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN"

# 5. Read the log: each try, and what came of it.
curl -sS -w '\n' "$TALENTATS_URL/v1/exports/$EXPORT_ID/attempts" -H "Authorization: Bearer $TALENTATS_RECRUITER_TOKEN"
