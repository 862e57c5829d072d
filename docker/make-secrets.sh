#!/bin/bash
# Makes the secrets that compose.yaml names; those that exist are left as they are.
#   docker/make-secrets.sh [HOSTNAME]
# The folder is closed to others; the files inside must be readable for the users of the
# containers, because Docker hands them over with their permissions. Without a certificate
# a self-signed one is made, for a trial only.
set -euo pipefail

hostname=${1:-localhost}
folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/secrets

umask 077
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres_password db_password master_password admin_password; do
    [ -e "$folder/$name" ] || openssl rand -base64 24 | tr -d '\n' >"$folder/$name"
done
if [ ! -e "$folder/tls_key" ] && [ ! -e "$folder/tls_certificate" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 90 -nodes \
        -subj "/CN=$hostname" -addext "subjectAltName=DNS:$hostname" \
        -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null
    echo "A self-signed certificate for $hostname was made: replace it before going live."
fi
chmod 444 "$folder"/*
echo "The secrets are in $folder. The login is admin, its password is in admin_password."
