#!/usr/bin/env bash
# PostgreSQL 15 with pgvector on loopback, for tests and benchmarks only: durability is off. Needs Debian and root.
#   postgres.sh start   installs what is missing, starts it, and prints its DATABASE_URL as the last line
#   postgres.sh stop
# Port: POSTGRES_TEST_PORT (default 55439). Files: SERVICES_FOLDER (default a folder below the temporary one).
set -euo pipefail
version=15
port=${POSTGRES_TEST_PORT:-55439}
home=${SERVICES_FOLDER:-${TMPDIR:-/tmp}/showrunner-test-services}/postgres
data=$home/data-$port
bin=/usr/lib/postgresql/$version/bin
account=showrunner-test-db

as_account() { setpriv --reuid "$account" --regid "$account" --clear-groups "$@"; }

install_server() {
  [[ -x $bin/postgres ]] && return
  apt-get -qq update
  # The package would start a cluster of its own; this one is ours alone.
  mkdir -p /etc/postgresql-common
  [[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "postgresql-$version"
}

# Debian 12 has no pgvector for version 15: the newer release's source package builds against it in under a minute.
install_vector() {
  [[ -e /usr/share/postgresql/$version/extension/vector.control ]] && return
  local build=$home/pgvector mirror
  rm -rf "$build"
  mkdir -p "$build/lists/partial" "$build/archives/partial"
  mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
  [[ -n $mirror ]] || mirror=$(awk '$1 == "deb" {print $2; exit}' /etc/apt/sources.list)
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$build/source.list"
  (
    cd "$build"
    options=(-qq -o Dir::Etc::SourceList="$build/source.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$build/lists"
      -o Dir::Cache::Archives="$build/archives" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    apt-get "${options[@]}" --download-only source pgvector
    tar xzf pgvector_*.orig.tar.gz
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "postgresql-server-dev-$version" make gcc
    cd pgvector-*/
    make -s -j2 OPTFLAGS='' with_llvm=no PG_CONFIG="$bin/pg_config"
    make -s install with_llvm=no PG_CONFIG="$bin/pg_config"
  )
}

start() {
  install_server
  install_vector
  id "$account" >/dev/null 2>&1 || useradd --system --no-create-home "$account"
  if [[ ! -e $data/PG_VERSION ]]; then
    mkdir -p "$data"
    chown "$account" "$data"
    (cd "$data" && as_account "$bin/initdb" -D "$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8)
    cat >>"$data/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
CONF
  fi
  cd "$data"
  as_account "$bin/pg_ctl" -D "$data" status >/dev/null || as_account "$bin/pg_ctl" -D "$data" -l "$data/server.log" -w start
}

case ${1:-} in
  start)
    start >&2
    echo "DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres"
    ;;
  stop) cd "$data" && as_account "$bin/pg_ctl" -D "$data" -m fast stop ;;
  *)
    sed -n '2,5p' "$0"
    exit 2
    ;;
esac
