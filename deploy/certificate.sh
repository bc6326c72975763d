#!/usr/bin/env bash
# The certificate of the portal's own authority: certificate.sh make NAME, certificate.sh renew.
#
# A browser trusts it where the authority (http://NAME/plan-portal-ca.crt) has been installed; elsewhere
# it warns, and the offline parts do not work (docs/cai-dat.md says how to install it on Android and
# Windows). 800 days, renewed by itself in its last 60; the authority's is for ten years.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
umask 077

make_authority() {
    [ ! -f "$tls/ca.key" ] || return 0
    openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -keyout "$tls/ca.key" -out "$tls/ca.crt" \
        -subj "/O=Plan Portal/CN=Plan Portal $1" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
}

make_certificate() {
    local name=$1 kind=DNS
    [[ ! $name =~ ^[0-9.]+$|: ]] || kind=IP
    make_authority "$name"
    openssl req -newkey rsa:3072 -nodes -keyout "$tls/new.key" -out "$tls/new.csr" \
        -subj "/O=Plan Portal/CN=$name" 2>/dev/null
    openssl x509 -req -in "$tls/new.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 800 \
        -out "$tls/new.crt" 2>/dev/null -extfile <(
            echo "subjectAltName=$kind:$name"
            echo "extendedKeyUsage=serverAuth"
            echo "basicConstraints=critical,CA:FALSE"
        )
    mv "$tls/new.key" "$tls/portal.key"
    cat "$tls/new.crt" "$tls/ca.crt" >"$tls/portal.crt"
    rm "$tls/new.crt" "$tls/new.csr"
    echo "$name" >"$tls/name"
    install -m 644 "$tls/ca.crt" /var/www/html/plan-portal-ca.crt
}

days=$((60 * 24 * 3600))
case ${1:-} in
    make)
        install -d -m 700 "$tls" /var/www/html
        chmod 755 /var/www/html
        if [ "$(cat "$tls/name" 2>/dev/null)" != "$2" ]; then make_certificate "$2"; fi
        ;;
    renew)
        [ -f "$tls/name" ] || exit 0 # a certificate from elsewhere
        openssl x509 -checkend "$days" -noout -in "$tls/portal.crt" >/dev/null && exit 0
        make_certificate "$(cat "$tls/name")"
        start_nginx
        say "the certificate is renewed."
        ;;
    *) stop "certificate.sh make NAME, or certificate.sh renew." ;;
esac
