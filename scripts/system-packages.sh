#!/usr/bin/env bash
# Installs what the integration tests start: strace, PostgreSQL, a GStreamer RTSP server, Java and Maven for Kafka, Chromium, Prometheus.
# Does nothing where all of it is there.
set -euo pipefail
packages=(strace postgresql gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-bad gstreamer1.0-rtsp openjdk-17-jdk-headless maven chromium prometheus)
commands_there() { command -v javac >/dev/null && command -v mvn >/dev/null; }
missing=()
for package in "${packages[@]}"; do
    case $package in openjdk-*|maven) commands_there && continue ;; esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
exec "${0%/*}/install-packages.sh" "${missing[@]}"
